package io.sqlassist.trace;

/**
 * Exact totals of all statements of one engine that differ only in literals, binds, comments, case
 * of keywords, white space and length of lists. Complete also where details were dropped.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param fingerprint 16 hexadecimal digits
 * @param engine name of the engine
 * @param text the statement without what differs
 * @param kind what it does
 * @param count executions
 * @param failures executions that failed
 * @param totalNanos time of all
 * @param maxNanos time of the longest
 * @param rows rows read and changed by all
 * @param firstStatement number of the first execution
 */
public record FingerprintTotal(
    String fingerprint,
    String engine,
    String text,
    StatementKind kind,
    long count,
    long failures,
    long totalNanos,
    long maxNanos,
    long rows,
    int firstStatement) {}
