package io.sqlassist.transaction;

/**
 * What became of one engine's part of a unit of work.
 *
 * <p>Immutable; may be shared between threads.
 */
public enum Outcome {
  /** The database confirmed the commit. */
  COMMITTED,
  /** Nothing of this unit of work is left in the database. */
  ROLLED_BACK,
  /**
   * The connection broke while the database was committing. The work may be there or not; only the
   * database knows.
   */
  UNKNOWN
}
