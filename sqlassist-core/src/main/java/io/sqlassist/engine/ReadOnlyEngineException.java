package io.sqlassist.engine;

import java.io.Serial;

/**
 * A write was tried through a read-only engine. It did not reach the database.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class ReadOnlyEngineException extends UnsupportedOperationException {

  @Serial private static final long serialVersionUID = 1L;

  private final String engine;

  /**
   * Creates the exception.
   *
   * @param engine name of the read-only engine
   * @param attempt what was tried, as the subject of a sentence, for example {@code "persist of
   *     com.shop.Book"}
   */
  public ReadOnlyEngineException(String engine, String attempt) {
    super(
        "Engine '"
            + engine
            + "' is read-only: "
            + attempt
            + " was refused and did not reach the database. Use a read-write engine, such as"
            + " writer().");
    this.engine = engine;
  }

  /**
   * The engine that refused.
   *
   * @return its name
   */
  public String engine() {
    return engine;
  }
}
