package io.sqlassist.session;

import java.io.Serial;

/**
 * The current unit of work was asked for on a thread that has none.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class NoCurrentUnitException extends IllegalStateException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param thread name of the thread
   */
  public NoCurrentUnitException(String thread) {
    super(
        "There is no current unit of work on thread '"
            + thread
            + "'. It exists during a request on the request's thread, and inside of"
            + " SqlAssist.inUnit(db -> ...); a child thread does not inherit it.");
  }
}
