package io.sqlassist.engine;

import java.time.Duration;
import java.util.Optional;

/**
 * Whether an engine's database answers. Holds no text of the database's or the driver's, so that it
 * may be shown to anybody; the cause of a failure is told to the observers.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param engine the engine's name
 * @param problem what is wrong; empty if the engine is up
 * @param optional whether the application goes on without it, see {@link EngineConfig#optional()}
 * @param pool how its pool stands, without the connection of the check; empty if that is not known
 * @param elapsed how long it took to find out
 */
public record EngineHealth(
    String engine,
    Optional<Problem> problem,
    boolean optional,
    Optional<PoolFigures> pool,
    Duration elapsed) {

  /** What is wrong with an engine. Immutable, as all enums. */
  public enum Problem {
    /** It has not started yet, since its database is down; or it is closed. */
    NOT_STARTED,
    /** All connections of its pool are in use, and none became free in time. */
    BUSY,
    /** Its database did not answer in time. */
    TIMED_OUT,
    /** Its database could not be reached, or answered with an error. */
    FAILED
  }

  /**
   * Whether the engine can be used.
   *
   * @return true if its database has answered
   */
  public boolean isUp() {
    return problem.isEmpty();
  }
}
