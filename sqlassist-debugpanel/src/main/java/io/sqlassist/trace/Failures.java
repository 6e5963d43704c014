package io.sqlassist.trace;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes text of exceptions. Of a message only the first line is shown: what follows, PostgreSQL's
 * detail for one, may be a row with all its values.
 */
final class Failures {

  private static final int LONGEST = 1_000;
  private static final int DEEPEST = 20;

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

  /** Of something that may have failed because of a statement, which is recorded itself. */
  static Failure ofUnit(Throwable thrown) {
    Throwable each = thrown;
    for (int depth = 0; each != null && depth < DEEPEST; depth++) {
      if (each instanceof SQLException) {
        return new Failure(
            thrown.getClass().getName(), "(told by the statement that failed)", state(each));
      }
      each = each.getCause();
    }
    return of(thrown);
  }

  private static String message(Throwable thrown) {
    String message = String.valueOf(thrown.getMessage()).lines().findFirst().orElse("");
    int statement = message.indexOf("; SQL statement:");
    if (statement >= 0) {
      message = message.substring(0, statement);
    }
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
