package io.sqlassist.trace;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One execution of one statement. Batches are one execution.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param index its number in the trace, from 1, in the order of execution; also counts statements
 *     whose details were dropped
 * @param engine name of the engine
 * @param session number of the {@link SessionTrace}, 0 if it ran outside of any
 * @param connection number of the {@link ConnectionTrace}
 * @param transaction number of the {@link TransactionTrace}, 0 in autocommit mode
 * @param startNanos when it began, since the trace began
 * @param durationNanos how long the database took to answer, without reading rows
 * @param sql the text, masked, at most 16 KiB: beginning and end, with a note in between
 * @param truncated whether the text is not complete
 * @param fingerprint what it has in common with others of its kind: see {@link FingerprintTotal}
 * @param kind what it does
 * @param binds the values, of the first row for a batch; empty beyond the first statements
 * @param bindCount how many values were bound
 * @param batchSize number of rows in the batch, 0 if it is none
 * @param batchBinds values of the second and the following rows of a batch, at most 19
 * @param rows rows that were read of its result, -1 if it has none or nobody looked
 * @param updateCount rows that were changed, -1 if unknown
 * @param cause why Hibernate sent it, null if not known: the application's own
 * @param frames the application's call stack, innermost first; empty beyond the first statements
 * @param thread name of the thread
 * @param failure why it failed, null if it did not
 */
public record StatementTrace(
    int index,
    String engine,
    int session,
    int connection,
    int transaction,
    long startNanos,
    long durationNanos,
    String sql,
    boolean truncated,
    String fingerprint,
    StatementKind kind,
    List<Bind> binds,
    int bindCount,
    int batchSize,
    List<List<Bind>> batchBinds,
    long rows,
    long updateCount,
    @Nullable Cause cause,
    List<Frame> frames,
    String thread,
    @Nullable Failure failure) {

  /**
   * Whether every bound value is here, and complete.
   *
   * @return true if the statement could be prepared again with the same values
   */
  public boolean hasCompleteBinds() {
    return binds.size() == bindCount
        && batchSize == 0
        && binds.stream().allMatch(each -> each.state() == Bind.State.COMPLETE);
  }
}
