package io.sqlassist.find;

import java.io.Serial;

/**
 * Several rows match where one was asked for. The message tells the conditions, not their values.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class NotUniqueException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param entity the entity's class
   * @param conditions what was looked for, without values
   */
  public NotUniqueException(Class<?> entity, String conditions) {
    super(
        "More than one "
            + entity.getSimpleName()
            + " matches where one was asked for: "
            + conditions
            + ". Ask for list() or first(), add a condition, or let a unique constraint keep it to"
            + " one.");
  }
}
