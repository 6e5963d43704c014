package io.sqlassist.session;

import org.jspecify.annotations.Nullable;

/** Steps that are all taken, whatever fails on the way. */
final class CleanUp {

  private CleanUp() {}

  /**
   * Takes a step.
   *
   * @return the earlier failure with this one suppressed in it, or this one, or null
   */
  static @Nullable Throwable attempt(Runnable step, @Nullable Throwable earlier) {
    try {
      step.run();
      return earlier;
    } catch (RuntimeException | Error e) {
      return add(earlier, e);
    }
  }

  static Throwable add(@Nullable Throwable earlier, Throwable failure) {
    if (earlier == null) {
      return failure;
    }
    if (earlier != failure) {
      earlier.addSuppressed(failure);
    }
    return earlier;
  }

  /** Throws what was gathered from steps that throw nothing checked. */
  static void throwIfAny(@Nullable Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
