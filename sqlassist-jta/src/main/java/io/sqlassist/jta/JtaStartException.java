package io.sqlassist.jta;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator or one of its engines can't be started with what it was given: another process
 * has the transaction log, a database refuses two-phase commit. Nothing is left running.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class JtaStartException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  JtaStartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
