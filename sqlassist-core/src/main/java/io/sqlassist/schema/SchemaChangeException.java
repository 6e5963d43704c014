package io.sqlassist.schema;

import java.io.Serial;

/**
 * The database refused to make or to drop something. The message names the statement.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class SchemaChangeException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param engine name of the engine
   * @param problem what went wrong
   * @param cause what the database said
   */
  public SchemaChangeException(String engine, String problem, Throwable cause) {
    super("Engine '" + engine + "': " + problem, cause);
  }
}
