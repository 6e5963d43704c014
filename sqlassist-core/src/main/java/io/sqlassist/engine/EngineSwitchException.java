package io.sqlassist.engine;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * An engine could not be moved to another data source. It stays on the one it has, which is not
 * touched.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class EngineSwitchException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param engine name of the engine
   * @param problem what is wrong with the replacement and what to do, without secrets
   * @param cause the failure beneath, whose messages must hold no secrets; null if there is none
   */
  public EngineSwitchException(String engine, String problem, @Nullable Throwable cause) {
    super("Engine '" + engine + "' stays on the data source that it has: " + problem, cause);
  }
}
