package io.sqlassist.trace;

import java.util.Map;

/**
 * One unit of work of the request.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param id number of the unit in this JVM, as in the log
 * @param label what it is about
 * @param startNanos when its first session was opened, since the trace began
 * @param endNanos when it was over, -1 if it was not when the trace was taken
 * @param commits how many commits succeeded
 * @param rollbacks how many times it was rolled back
 * @param outcomes what became of the work of each engine at the last commit: COMMITTED, ROLLED_BACK
 *     or UNKNOWN
 */
public record UnitTrace(
    long id,
    String label,
    long startNanos,
    long endNanos,
    int commits,
    int rollbacks,
    Map<String, String> outcomes) {}
