package io.sqlassist.engine;

import java.io.Serial;

/**
 * An engine of that name exists already. The registry is unchanged.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class DuplicateEngineException extends IllegalArgumentException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param engine the name that is taken
   */
  public DuplicateEngineException(String engine) {
    super(
        "Engine '"
            + engine
            + "' exists already. Choose another name, or remove(\""
            + engine
            + "\") first.");
  }
}
