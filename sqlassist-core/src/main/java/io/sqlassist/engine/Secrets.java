package io.sqlassist.engine;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Keeps passwords out of texts. */
final class Secrets {

  private static final String MASK = "***";

  /** {@code password=x}, {@code pwd=x} and the like, in the parameter styles of JDBC URLs. */
  private static final Pattern PARAMETER =
      Pattern.compile(
          "(?i)((?:[a-z0-9_.-]*(?:password|passwd|pwd|passphrase|secret|token))\\s*=\\s*)"
              + "(\"[^\"]*\"|'[^']*'|\\{[^}]*}|[^&;,)\\s]+)");

  /** {@code //user:password@host} and {@code :user/password@}. */
  private static final Pattern USER_INFO = Pattern.compile("(//[^/:@\\s]*):([^/\\s]*)@");

  private static final Pattern ORACLE_USER = Pattern.compile("(:[^/:@\\s]+)/([^/@\\s]+)@");

  private Secrets() {}

  static String mask(String text, @Nullable String password) {
    String masked = PARAMETER.matcher(text).replaceAll("$1" + MASK);
    masked = USER_INFO.matcher(masked).replaceAll("$1:" + MASK + "@");
    masked = ORACLE_USER.matcher(masked).replaceAll("$1/" + MASK + "@");
    return password == null || password.isEmpty() ? masked : masked.replace(password, MASK);
  }

  /**
   * A failure that may be shown: the original if no message in it holds a secret, else a stand-in
   * with the same stack trace and masked messages.
   */
  static Throwable mask(Throwable failure, @Nullable String password) {
    if (!holdsSecret(failure, password, 0)) {
      return failure;
    }
    return copy(failure, password, 0);
  }

  private static boolean holdsSecret(
      @Nullable Throwable failure, @Nullable String password, int depth) {
    if (failure == null || depth > 20) {
      return false;
    }
    String message = String.valueOf(failure.getMessage());
    if (!mask(message, password).equals(message)) {
      return true;
    }
    for (Throwable suppressed : failure.getSuppressed()) {
      if (holdsSecret(suppressed, password, depth + 1)) {
        return true;
      }
    }
    return holdsSecret(failure.getCause(), password, depth + 1);
  }

  private static Throwable copy(Throwable failure, @Nullable String password, int depth) {
    Throwable cause = failure.getCause();
    RuntimeException copy =
        new RuntimeException(
            failure.getClass().getName()
                + ": "
                + mask(String.valueOf(failure.getMessage()), password),
            cause == null || depth > 20 ? null : copy(cause, password, depth + 1));
    copy.setStackTrace(failure.getStackTrace());
    return copy;
  }
}
