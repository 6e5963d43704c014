package io.sqlassist.trace;

/**
 * One flush of a session.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param engine name of the engine
 * @param session number of the {@link SessionTrace}
 * @param startNanos when it began, since the trace began
 * @param durationNanos how long it took, with its statements
 * @param auto whether Hibernate did it before a query; else it was asked for, or part of a commit
 * @param entities how many entities were looked at
 * @param collections how many collections were looked at
 */
public record FlushTrace(
    String engine,
    int session,
    long startNanos,
    long durationNanos,
    boolean auto,
    int entities,
    int collections) {}
