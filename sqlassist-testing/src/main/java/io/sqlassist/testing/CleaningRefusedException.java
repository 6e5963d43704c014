package io.sqlassist.testing;

/** A database that must not be emptied. */
final class CleaningRefusedException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  CleaningRefusedException(String message) {
    super(message);
  }
}
