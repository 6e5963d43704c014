package io.sqlassist.schema;

/**
 * Who names the constraints and indexes that the mapping leaves without a name.
 *
 * <p>Immutable; may be shared between threads.
 */
public enum ConstraintNaming {
  /**
   * By what they are: {@code pk_book}, {@code uq_book_title}, {@code ix_book_author_id}, {@code
   * fk_book_author_id_author}, {@code ck_book_status}. The same on every database and in every run,
   * so that a migration can name them. The default.
   */
  CONVENTION,
  /** Hibernate: {@code UK} or {@code FK} and a hash; the database names primary keys and checks. */
  HIBERNATE
}
