package io.sqlassist.find;

import java.io.Serial;
import java.util.List;

/**
 * An entity has no attribute of that name. Nothing was sent to the database. The message lists the
 * attributes there are, the most similar first.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class UnknownAttributeException extends IllegalArgumentException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param entity the entity's class
   * @param attribute the name that was asked for
   * @param known the attributes there are, the most similar first
   */
  public UnknownAttributeException(Class<?> entity, String attribute, List<String> known) {
    super(
        entity.getSimpleName()
            + " has no attribute '"
            + attribute
            + "'. Its attributes, the most similar first: "
            + String.join(", ", known)
            + ".");
  }
}
