package io.sqlassist.engine;

import java.io.Serial;

/**
 * A {@link EngineConfig#beforeSession} hook has failed, and so the session was not opened.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class BeforeSessionException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param engine the engine whose session was to be opened
   * @param cause what the hook has thrown
   */
  public BeforeSessionException(String engine, Throwable cause) {
    super(
        "Engine '"
            + engine
            + "': no session was opened, because its beforeSession(...) hook failed: "
            + Secrets.mask(String.valueOf(cause), null),
        Secrets.mask(cause, null));
  }
}
