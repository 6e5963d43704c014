package io.sqlassist.engine;

import java.io.Serial;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All connections of an engine's pool were in use for as long as a caller may wait for one. Nothing
 * is wrong with the database: the same work may succeed a little later.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class EngineBusyException extends TransientFailureException {

  @Serial private static final long serialVersionUID = 1L;

  private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

  private final String engine;
  private final Duration waited;
  private final transient @Nullable PoolFigures pool;

  /**
   * Creates the exception.
   *
   * @param engine the engine's name
   * @param waited how long the caller waited
   * @param pool how the pool stood then; null if that is not known
   * @param holders who holds the connections, as a sentence of its own; empty if that is not known
   * @param cause the pool's own exception; null if the pool was not asked
   */
  public EngineBusyException(
      String engine,
      Duration waited,
      @Nullable PoolFigures pool,
      String holders,
      @Nullable Throwable cause) {
    super(
        "Engine '"
            + engine
            + "' is busy: no connection became free within "
            + waited.toMillis()
            + " ms"
            + (pool == null ? "." : " (pool: " + pool + ").")
            + (holders.isEmpty() ? "" : " " + holders)
            + " Try again later; if this happens often, hold connections for a shorter time (commit"
            + " before slow work that needs no database), make the pool larger, or wait longer with"
            + " acquireTimeout(...).",
        cause);
    this.engine = engine;
    this.waited = waited;
    this.pool = pool;
  }

  /**
   * The engine that had no connection to give.
   *
   * @return its name
   */
  public String engine() {
    return engine;
  }

  /**
   * How long the caller waited.
   *
   * @return the time from the request for a connection to its refusal
   */
  public Duration waited() {
    return waited;
  }

  /**
   * How the pool stood when the caller gave up.
   *
   * @return its figures; empty if they are not known
   */
  public Optional<PoolFigures> pool() {
    return Optional.ofNullable(pool);
  }

  /**
   * When to try again, for a {@code Retry-After} header: as long as the caller waited in vain, but
   * at least 1 second and at most 30.
   *
   * @return the pause before the next attempt; a hint, not a promise
   */
  public Duration retryAfter() {
    if (waited.compareTo(SHORTEST_RETRY) < 0) {
      return SHORTEST_RETRY;
    }
    return waited.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : waited;
  }
}
