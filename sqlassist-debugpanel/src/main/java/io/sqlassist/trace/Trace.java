package io.sqlassist.trace;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request, a test or the background did to the engines: a snapshot that never changes. Times
 * are nanoseconds since the trace began.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param id 32 hexadecimal digits, random
 * @param sequence a number that grows with each finished trace, 0 while it runs
 * @param title what is traced
 * @param startedAt when it began, by the wall clock
 * @param durationNanos how long it took, or has taken so far
 * @param finished whether it has ended; later events may still be added to it
 * @param request the request, null if it is none
 * @param totals the numbers
 * @param engines all engines, used or not
 * @param units units of work
 * @param sessions sessions
 * @param connections connections
 * @param transactions transactions
 * @param statements statements, with details as far as they were kept
 * @param fingerprints statements by what they have in common, the costliest first
 * @param flushes flushes
 * @param marks commits, rollbacks and the like
 * @param dropped what is not listed
 * @param findings what should be looked at, the worst first
 */
public record Trace(
    String id,
    long sequence,
    String title,
    Instant startedAt,
    long durationNanos,
    boolean finished,
    @Nullable RequestInfo request,
    Totals totals,
    List<EngineUse> engines,
    List<UnitTrace> units,
    List<SessionTrace> sessions,
    List<ConnectionTrace> connections,
    List<TransactionTrace> transactions,
    List<StatementTrace> statements,
    List<FingerprintTotal> fingerprints,
    List<FlushTrace> flushes,
    List<Mark> marks,
    Dropped dropped,
    List<Finding> findings) {}
