package io.sqlassist.trace;

import java.time.Instant;

/**
 * The figures of a pool at one moment.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param at when
 * @param active connections in use
 * @param idle connections that wait for work
 * @param waiting threads that wait for a connection
 * @param total connections
 * @param max most connections it may have
 */
public record PoolSample(Instant at, int active, int idle, int waiting, int total, int max) {}
