package io.sqlassist.engine;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Work failed for want of connections or of time, and not because of what it did: the same work may
 * succeed later. Nothing of it is durable, unless it committed some of it by itself.
 *
 * <p>Immutable; may be shared between threads.
 */
public abstract class TransientFailureException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates the exception. A cause may be given later.
   *
   * @param message what there was too little of, and what to do
   */
  protected TransientFailureException(String message) {
    super(message);
  }

  /**
   * Creates the exception.
   *
   * @param message what there was too little of, and what to do
   * @param cause what told so; null if there is none
   */
  protected TransientFailureException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
