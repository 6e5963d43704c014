package io.sqlassist.engine;

import java.io.Serial;

/**
 * Work was cut off because its engine has moved to another data source, or was closed, and the time
 * that it was given to finish is over. It is rolled back; done again, it runs where the engine is
 * now.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class EngineMovedException extends TransientFailureException {

  @Serial private static final long serialVersionUID = 1L;

  private final String engine;

  /**
   * Creates the exception.
   *
   * @param engine the engine's name
   * @param reason what happened to the engine, as a clause that begins with a verb
   */
  public EngineMovedException(String engine, String reason) {
    super(
        "Engine '"
            + engine
            + "' "
            + reason
            + ". This work began before, took longer than it was given, and is rolled back: do it"
            + " again.");
    this.engine = engine;
  }

  /**
   * The engine that has gone from under the work.
   *
   * @return its name
   */
  public String engine() {
    return engine;
  }
}
