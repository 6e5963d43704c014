package io.sqlassist.trace;

/**
 * The numbers of a trace. Exact, also where details were dropped.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param statements executions
 * @param distinct how many of them differ, see {@link FingerprintTotal}
 * @param duplicates executions that asked again what was known
 * @param failures executions that failed
 * @param sqlNanos time of all executions
 * @param rows rows read and changed
 * @param acquisitions how many times a connection was acquired
 * @param commits of connections and of distributed branches
 * @param rollbacks of connections and of distributed branches
 */
public record Totals(
    long statements,
    int distinct,
    long duplicates,
    long failures,
    long sqlNanos,
    long rows,
    long acquisitions,
    long commits,
    long rollbacks) {}
