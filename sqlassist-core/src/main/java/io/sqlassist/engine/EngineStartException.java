package io.sqlassist.engine;

import java.io.Serial;

/**
 * An engine could not be started. Nothing of it is left, and the registry is unchanged.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class EngineStartException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final String problem;
  private final boolean unreachable;

  /**
   * Creates the exception.
   *
   * @param engine name of the engine
   * @param problem what went wrong and what to do, without secrets
   * @param cause the failure beneath; its messages must hold no secrets
   */
  public EngineStartException(String engine, String problem, Throwable cause) {
    this(engine, problem, cause, false);
  }

  /** As the other; tells whether it is the database that is to blame, and not the configuration. */
  EngineStartException(String engine, String problem, Throwable cause, boolean unreachable) {
    super("Engine '" + engine + "' did not start: " + problem, cause);
    this.problem = problem;
    this.unreachable = unreachable;
  }

  String problem() {
    return problem;
  }

  boolean isUnreachable() {
    return unreachable;
  }
}
