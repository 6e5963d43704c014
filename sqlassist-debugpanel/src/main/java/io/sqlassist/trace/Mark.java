package io.sqlassist.trace;

import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a transaction, a connection or a unit of work.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param kind what happened
 * @param engine name of the engine, empty for what concerns the unit of work
 * @param session number of the {@link SessionTrace}, 0 if none
 * @param connection number of the {@link ConnectionTrace}, 0 if none
 * @param transaction number of the {@link TransactionTrace}, 0 if none
 * @param startNanos when it began, since the trace began
 * @param durationNanos how long it took, 0 for a moment
 * @param detail the branch, the isolation level, the name of the savepoint, the commit report
 * @param failure why it failed, null if it did not
 */
public record Mark(
    Kind kind,
    String engine,
    int session,
    int connection,
    int transaction,
    long startNanos,
    long durationNanos,
    String detail,
    @Nullable Failure failure) {

  /** What can happen. */
  public enum Kind {
    /** JDBC's commit. */
    COMMIT,
    /** JDBC's rollback. */
    ROLLBACK,
    /** Autocommit was switched on. */
    AUTOCOMMIT_ON,
    /** Autocommit was switched off. */
    AUTOCOMMIT_OFF,
    /** The isolation level was set. */
    ISOLATION,
    /** The read-only mode was set. */
    READ_ONLY,
    /** A savepoint was set. */
    SAVEPOINT,
    /** A savepoint was released. */
    SAVEPOINT_RELEASED,
    /** The transaction was rolled back to a savepoint. */
    SAVEPOINT_ROLLBACK,
    /** A branch of a distributed transaction was joined. */
    XA_START,
    /** A branch of a distributed transaction was left. */
    XA_END,
    /** First phase. */
    XA_PREPARE,
    /** Second phase, or the only one. */
    XA_COMMIT,
    /** A branch was rolled back. */
    XA_ROLLBACK,
    /** The unit of work committed. */
    UNIT_COMMITTED,
    /** The unit of work could not be committed. */
    UNIT_COMMIT_FAILED,
    /** The unit of work was rolled back. */
    UNIT_ROLLED_BACK,
    /** Something failed on the way out. */
    CLEANUP_FAILED
  }
}
