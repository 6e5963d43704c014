package io.sqlassist.session;

import io.sqlassist.engine.TransientFailureException;
import java.io.Serial;
import java.time.Duration;

/**
 * A unit of work, or a block of it, took longer than it was given. The statement that ran was
 * cancelled, and nothing of the unit or of the block is committed.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class UnitTimeoutException extends TransientFailureException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param what what took too long, as the subject of a sentence
   * @param limit how long it was given
   */
  public UnitTimeoutException(String what, Duration limit) {
    super(
        what
            + " took longer than the "
            + limit.toMillis()
            + " ms it was given, and is rolled back. Give it more time with timeout(...), or do less"
            + " in it.");
  }
}
