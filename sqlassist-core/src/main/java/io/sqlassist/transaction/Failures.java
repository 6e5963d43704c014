package io.sqlassist.transaction;

import org.jspecify.annotations.Nullable;

/** Gathers failures so that one does not stop the work on the others, and none is lost. */
final class Failures {

  private Failures() {}

  static Throwable add(@Nullable Throwable first, Throwable next) {
    if (first == null) {
      return next;
    }
    if (first != next) {
      first.addSuppressed(next);
    }
    return first;
  }

  /** Throws what was gathered from code that throws nothing checked. */
  static void throwIfAny(@Nullable Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
