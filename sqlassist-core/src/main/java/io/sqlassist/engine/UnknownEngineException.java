package io.sqlassist.engine;

import java.io.Serial;
import java.util.Collection;

/**
 * There is no engine of that name. The message lists the names there are.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class UnknownEngineException extends IllegalArgumentException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param engine the name that was asked for
   * @param known the names of the engines there are
   */
  public UnknownEngineException(String engine, Collection<String> known) {
    super(
        "There is no engine '"
            + engine
            + "'. "
            + (known.isEmpty()
                ? "No engine has been initialised yet: call SqlAssist.initializeEngine(\""
                    + engine
                    + "\", dataSource) at startup."
                : "Known engines: " + String.join(", ", known) + "."));
  }
}
