package io.sqlassist.trace;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.transaction.xa.XAException;

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

  /** Of a step of a distributed transaction, whose exceptions say everything in a number. */
  static Failure ofBranch(Throwable thrown) {
    if (!(thrown instanceof XAException failure)) {
      return of(thrown);
    }
    Throwable cause = thrown.getCause();
    return new Failure(
        thrown.getClass().getName(),
        code(failure.errorCode) + (cause == null ? "" : ": " + message(cause)),
        cause == null ? null : state(cause));
  }

  private static String code(int code) {
    if (code >= XAException.XA_RBBASE && code <= XAException.XA_RBEND) {
      return "XA error " + code + ", the branch was rolled back";
    }
    return "XA error "
        + code
        + switch (code) {
          case XAException.XAER_RMFAIL ->
              ", the database can't be reached; what was decided is finished by recovery";
          case XAException.XA_HEURCOM -> ", the database committed the branch on its own";
          case XAException.XA_HEURRB -> ", the database rolled the branch back on its own";
          case XAException.XA_HEURMIX, XAException.XA_HEURHAZ ->
              ", the database ended the branch on its own, in parts";
          case XAException.XAER_NOTA -> ", the database does not know the branch";
          case XAException.XA_RETRY -> ", to be tried again by recovery";
          default -> "";
        };
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
