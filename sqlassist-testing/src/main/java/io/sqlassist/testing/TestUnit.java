package io.sqlassist.testing;

/**
 * The unit of work that is current on the thread of a test, and how it ends.
 *
 * <p>Immutable.
 */
public enum TestUnit {

  /** It is closed without a commit: what the test has not committed itself is rolled back. */
  ROLL_BACK,

  /**
   * It is committed if the test has succeeded, so that what can't be stored fails the test; else
   * rolled back.
   */
  COMMIT,

  /**
   * There is none: {@code SqlAssist.current()} fails, as it does in a thread of the application.
   */
  NONE
}
