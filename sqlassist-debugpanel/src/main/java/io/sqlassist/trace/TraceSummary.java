package io.sqlassist.trace;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A finished trace in short, for lists.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param id as in {@link Trace}
 * @param sequence a number that grows with each finished trace
 * @param title what was traced
 * @param startedAt when it began, by the wall clock
 * @param durationNanos how long it took
 * @param request the request, null if it is none
 * @param totals the numbers
 * @param engines all engines, used or not
 * @param findings what should be looked at, the worst first
 * @param pinned whether it stays until it is unpinned
 */
public record TraceSummary(
    String id,
    long sequence,
    String title,
    Instant startedAt,
    long durationNanos,
    @Nullable RequestInfo request,
    Totals totals,
    List<EngineUse> engines,
    List<Finding> findings,
    boolean pinned) {}
