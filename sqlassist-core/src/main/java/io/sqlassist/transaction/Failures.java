package io.sqlassist.transaction;

import org.jspecify.annotations.Nullable;

/** Gathers failures so that one does not stop the work on the others, and none is lost. */
final class Failures {

  private Failures() {}

  static RuntimeException add(@Nullable RuntimeException first, RuntimeException next) {
    if (first == null) {
      return next;
    }
    if (first != next) {
      first.addSuppressed(next);
    }
    return first;
  }

  static void throwIfAny(@Nullable RuntimeException failure) {
    if (failure != null) {
      throw failure;
    }
  }
}
