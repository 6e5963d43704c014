package io.sqlassist.engine;

import java.io.Serial;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * An optional engine was used that has not started yet, because its database is down. Nothing was
 * sent anywhere; the engine comes up by itself.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class EngineDownException extends TransientFailureException {

  @Serial private static final long serialVersionUID = 1L;

  private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);

  private final String engine;
  private final transient EngineState state;

  /**
   * Creates the exception.
   *
   * @param engine the engine's name
   * @param state how it stood then
   */
  public EngineDownException(String engine, EngineState state) {
    super(message(engine, state));
    this.engine = engine;
    this.state = state;
  }

  private static String message(String engine, EngineState state) {
    return "Engine '"
        + engine
        + "' is "
        + (state.status() == EngineState.Status.STARTING ? "still starting" : "down")
        + ", since "
        + seconds(state.since())
        + state.reason().map(reason -> ": " + reason).orElse("")
        + state.nextAttempt().map(next -> ". It is tried again at " + seconds(next)).orElse("")
        + ". The engine is optional: go on without it, or try again later.";
  }

  private static Instant seconds(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * The engine that is down.
   *
   * @return its name
   */
  public String engine() {
    return engine;
  }

  /**
   * How the engine stood when it was used.
   *
   * @return since when it is down, why, and when it is tried again; empty after deserialization
   */
  @SuppressWarnings("NullAway") // transient: null after deserialization
  public Optional<EngineState> state() {
    return Optional.ofNullable(state);
  }

  /**
   * When to try again, for a {@code Retry-After} header.
   *
   * @return the time until the engine's next attempt, but at least 1 second; a hint, not a promise
   */
  public Duration retryAfter() {
    return state()
        .flatMap(EngineState::nextAttempt)
        .map(next -> Duration.between(Instant.now(), next))
        .filter(left -> left.compareTo(SHORTEST_RETRY) > 0)
        .orElse(SHORTEST_RETRY);
  }
}
