package io.sqlassist.trace;

import java.time.Instant;
import java.util.List;

/**
 * Who holds a connection now.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param engine name of the engine
 * @param pool name of the pool, empty if it has none
 * @param physicalId what the database calls the connection
 * @param since when it was acquired
 * @param heldNanos for how long it has been held
 * @param idleNanos for how long no statement has run on it
 * @param traceId the trace that holds it, empty for the background
 * @param title what is traced
 * @param thread name of the thread that acquired it
 * @param frames the application's call stack when it was acquired, innermost first
 * @param lastSql its last statement, masked, empty if none
 */
public record Holder(
    String engine,
    String pool,
    String physicalId,
    Instant since,
    long heldNanos,
    long idleNanos,
    String traceId,
    String title,
    String thread,
    List<Frame> frames,
    String lastSql) {}
