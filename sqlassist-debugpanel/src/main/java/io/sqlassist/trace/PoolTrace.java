package io.sqlassist.trace;

import java.util.List;

/**
 * A pool, and how it fared in the last minutes.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param engine name of the engine that uses it
 * @param pool name of the pool, empty if it has none
 * @param kind class of the data source
 * @param url where it connects to, without passwords, empty if not known
 * @param maxSize most connections, -1 if the pool can't be asked
 * @param minIdle connections it keeps ready, -1 if the pool can't be asked
 * @param connectionTimeoutMillis how long it lets a thread wait, -1 if the pool can't be asked
 * @param maxLifetimeMillis how long it keeps a connection, -1 if the pool can't be asked
 * @param samples at most 600, oldest first; empty if the pool can't be asked
 * @param acquireP50Nanos half of the recent acquisitions took less, -1 if there were none
 * @param acquireP95Nanos 95 % of the recent acquisitions took less, -1 if there were none
 */
public record PoolTrace(
    String engine,
    String pool,
    String kind,
    String url,
    int maxSize,
    int minIdle,
    long connectionTimeoutMillis,
    long maxLifetimeMillis,
    List<PoolSample> samples,
    long acquireP50Nanos,
    long acquireP95Nanos) {}
