package io.sqlassist.trace;

/**
 * One session of a unit of work.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param number its number in the trace, from 1
 * @param engine name of the engine
 * @param unit id of its {@link UnitTrace}
 * @param id Hibernate's identifier of the session
 * @param openedNanos when it was opened, since the trace began
 * @param closedNanos when it was closed, -1 if it was open when the trace was taken
 * @param acquisitions how many times it acquired a connection
 * @param statements how many statements ran on its connections
 * @param flushes how many times it was flushed
 * @param autoFlushes how many of them before a query
 * @param entities how many entities it managed at its last flush, -1 if it never flushed
 * @param collections how many collections it managed then
 */
public record SessionTrace(
    int number,
    String engine,
    long unit,
    String id,
    long openedNanos,
    long closedNanos,
    int acquisitions,
    long statements,
    int flushes,
    int autoFlushes,
    int entities,
    int collections) {}
