package io.sqlassist.trace;

/**
 * What is not in a trace, since it was too much. Nothing of it is missing in the totals.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param bindsAndFrames statements that are listed without binds and call stack
 * @param statements statements that are not listed
 * @param fingerprints statements whose fingerprint is not listed
 * @param others sessions, connections, transactions, flushes and marks that are not listed
 * @param reason why, for people; empty if nothing is missing
 */
public record Dropped(
    long bindsAndFrames, long statements, long fingerprints, long others, String reason) {}
