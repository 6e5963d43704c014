package io.sqlassist.engine;

import java.io.Serial;

/**
 * An entity was used where it does not live, or it can't be told where it lives. The message names
 * the entity, the engines that map it, and the cure.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class EntityRoutingException extends IllegalArgumentException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message which entity, what is wrong, what to do
   */
  public EntityRoutingException(String message) {
    super(message);
  }
}
