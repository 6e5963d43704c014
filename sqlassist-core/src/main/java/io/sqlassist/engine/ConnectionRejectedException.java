package io.sqlassist.engine;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a {@link ConnectionListener} that does not want a connection: it is evicted from its
 * pool and another one is tried. Reaches the application when no connection was good enough.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class ConnectionRejectedException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Rejects a connection.
   *
   * @param reason what is wrong with it, without secrets
   */
  public ConnectionRejectedException(String reason) {
    this(reason, null);
  }

  /**
   * Rejects a connection because of a failure.
   *
   * @param reason what is wrong with it, without secrets
   * @param cause the failure, or null
   */
  public ConnectionRejectedException(String reason, @Nullable Throwable cause) {
    super(reason, cause);
  }
}
