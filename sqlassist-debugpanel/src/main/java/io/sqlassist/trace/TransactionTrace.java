package io.sqlassist.trace;

/**
 * One transaction of the database on one connection: from its first statement to its end.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param number its number in the trace, from 1
 * @param engine name of the engine
 * @param session number of the {@link SessionTrace}, 0 if none
 * @param connection number of the {@link ConnectionTrace}
 * @param startNanos when it began, since the trace began
 * @param endNanos when it had ended, -1 if it was open when the trace was taken
 * @param ending how it ended
 * @param statements how many ran in it
 * @param writes how many of them may have written
 */
public record TransactionTrace(
    int number,
    String engine,
    int session,
    int connection,
    long startNanos,
    long endNanos,
    Ending ending,
    long statements,
    long writes) {

  /** The ends of a transaction. */
  public enum Ending {
    /** It was open when the trace was taken. */
    OPEN,
    /** Committed. */
    COMMITTED,
    /** Rolled back. */
    ROLLED_BACK,
    /** The commit failed: what the database made of it is not known. */
    COMMIT_FAILED,
    /** The connection went back without a commit or a rollback. */
    ABANDONED,
    /** It belongs to a distributed transaction, whose end the marks tell. */
    DISTRIBUTED
  }
}
