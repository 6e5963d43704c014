package io.sqlassist.trace;

/**
 * What a statement does, by its first word and by what stands in it.
 *
 * <p>Immutable; may be shared between threads.
 */
public enum StatementKind {
  /** Only reads, as far as can be seen. */
  SELECT,
  /** Adds rows. */
  INSERT,
  /** Changes rows. */
  UPDATE,
  /** Removes rows. */
  DELETE,
  /** Adds or changes rows. */
  MERGE,
  /** Calls a procedure. */
  CALL,
  /** Changes tables, users or the like. */
  DDL,
  /** Ends or divides a transaction, or sets something. */
  CONTROL,
  /** Cannot be told. Counts as a write. */
  OTHER;

  /**
   * Whether the statement may change data.
   *
   * @return false only if it certainly reads
   */
  public boolean mayWrite() {
    return this != SELECT;
  }
}
