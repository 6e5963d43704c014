package io.sqlassist.jta;

import org.jspecify.annotations.Nullable;

/**
 * For which transaction this thread is getting a connection, if for any: between a session and its
 * data source there is no other way to say so.
 */
final class Acquisition {

  private static final ThreadLocal<@Nullable JtaTransaction> CURRENT = new ThreadLocal<>();

  private Acquisition() {}

  static void begin(JtaTransaction transaction) {
    CURRENT.set(transaction);
  }

  static void end() {
    CURRENT.remove();
  }

  static @Nullable JtaTransaction current() {
    return CURRENT.get();
  }
}
