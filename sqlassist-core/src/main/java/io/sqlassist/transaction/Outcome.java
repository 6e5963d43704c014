package io.sqlassist.transaction;

/**
 * What became of one engine's part of a unit of work.
 *
 * <p>Immutable; may be shared between threads.
 */
public enum Outcome {
  /** The database confirmed the commit. */
  COMMITTED,
  /**
   * A coordinator has decided to commit and written that down, but this database has not confirmed
   * yet: its connection broke after it had prepared. The work is not lost, and can't be undone any
   * more; it becomes visible when the coordinator's recovery reaches the database again.
   */
  DECIDED,
  /** Nothing of this unit of work is left in the database. */
  ROLLED_BACK,
  /**
   * The connection broke while the database was committing. The work may be there or not; only the
   * database knows.
   */
  UNKNOWN
}
