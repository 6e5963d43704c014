package io.sqlassist.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What was said of an engine's connections: how many, how long to wait for one, how long to hold
 * it.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param maxConnections see {@link EngineConfig#maxConnections(int)}
 * @param acquireTimeout see {@link EngineConfig#acquireTimeout(Duration)}
 * @param holdBudget see {@link EngineConfig#holdBudget(Duration)}
 * @param idleInTransactionBudget see {@link EngineConfig#idleInTransactionBudget(Duration)}
 */
public record PoolOptions(
    OptionalInt maxConnections,
    Optional<Duration> acquireTimeout,
    Optional<Duration> holdBudget,
    Optional<Duration> idleInTransactionBudget) {

  /** What was said, in one line; empty if nothing was. */
  String description() {
    StringBuilder said = new StringBuilder();
    maxConnections.ifPresent(max -> said.append(", at most ").append(max).append(" connections"));
    acquireTimeout.ifPresent(
        longest -> said.append(", waits ").append(longest.toMillis()).append(" ms for one"));
    holdBudget.ifPresent(
        budget -> said.append(", hold budget ").append(budget.toMillis()).append(" ms"));
    idleInTransactionBudget.ifPresent(
        budget ->
            said.append(", idle-in-transaction budget ").append(budget.toMillis()).append(" ms"));
    return said.toString();
  }
}
