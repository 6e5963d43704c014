package io.sqlassist.trace;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes text of exceptions. */
final class Failures {

  private static final int LONGEST = 1_000;

  /** From here on a message may hold a password. */
  private static final Pattern UNSAFE =
      Pattern.compile(
          "(?i)jdbc:|://|pass(word|wd|phrase)?\\s*[=:]|pwd\\s*=|secret\\s*=|token\\s*=");

  private Failures() {}

  static Failure of(Throwable thrown) {
    return new Failure(thrown.getClass().getName(), message(thrown), state(thrown));
  }

  /** Of a statement that holds secrets, which databases like to repeat in their messages. */
  static Failure ofSecret(Throwable thrown) {
    return new Failure(
        thrown.getClass().getName(),
        "(not shown, since the statement holds a secret)",
        state(thrown));
  }

  private static String message(Throwable thrown) {
    String message = String.valueOf(thrown.getMessage());
    Matcher unsafe = UNSAFE.matcher(message);
    if (unsafe.find()) {
      message = message.substring(0, unsafe.start()) + "(rest not shown, it may hold a password)";
    }
    return message.length() > LONGEST ? message.substring(0, LONGEST) + " ..." : message;
  }

  private static @org.jspecify.annotations.Nullable String state(Throwable thrown) {
    return thrown instanceof SQLException sql ? sql.getSQLState() : null;
  }
}
