package io.sqlassist.testing;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Steps that are all taken, whatever fails on the way. */
final class CleanUp {

  /** Gives something back. */
  @FunctionalInterface
  interface Step {
    void take() throws SQLException;
  }

  private CleanUp() {}

  /**
   * Takes a step.
   *
   * @return the earlier failure with this one suppressed in it, or this one, or null
   */
  static @Nullable Throwable attempt(Step step, @Nullable Throwable earlier) {
    try {
      step.take();
      return earlier;
    } catch (SQLException | RuntimeException | Error e) {
      if (earlier == null) {
        return e;
      }
      if (earlier != e) {
        earlier.addSuppressed(e);
      }
      return earlier;
    }
  }

  /** Throws what was gathered from steps. */
  static void throwIfAny(@Nullable Throwable failure) throws SQLException {
    if (failure instanceof SQLException exception) {
      throw exception;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    if (failure instanceof Error error) {
      throw error;
    }
  }
}
