package io.sqlassist.engine;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps passwords out of texts. Where the end of one is not certain it takes away more rather than
 * less.
 */
final class Secrets {

  private static final String MASK = "***";
  private static final int MAX_DEPTH = 20;

  /** {@code password=x}, {@code pwd=x} and the like, in the parameter styles of JDBC URLs. */
  private static final Pattern PARAMETER =
      Pattern.compile(
          "(?i)((?:[a-z0-9_.-]*(?:password|passwd|passphrase|pass|pwd|secret|token|credentials?))"
              + "\\s*=\\s*)"
              + "(\"[^\"]*\"|'[^']*'|\\{(?:[^}]|}})*}|[^)\\s]+)");

  /** {@code //user:password@host}; the password may hold any of the signs around it. */
  private static final Pattern USER_INFO = Pattern.compile("(//[^/:@\\s]*):(\\S*)@");

  /** {@code :user/password@host}. */
  private static final Pattern ORACLE_USER = Pattern.compile("(:[^/:@\\s]+)/(\"[^\"]*\"|\\S+)@");

  private Secrets() {}

  static String mask(String text, @Nullable String password) {
    String masked = text;
    if (password != null && !password.isEmpty()) {
      // First, since the patterns may take away a part of it and leave the rest.
      masked = masked.replace(password, MASK);
      masked = masked.replace(URLEncoder.encode(password, StandardCharsets.UTF_8), MASK);
    }
    masked = PARAMETER.matcher(masked).replaceAll("$1" + MASK);
    masked = USER_INFO.matcher(masked).replaceAll("$1:" + MASK + "@");
    return ORACLE_USER.matcher(masked).replaceAll("$1/" + MASK + "@");
  }

  /**
   * A failure that may be shown: the original if no message in it holds a secret, else a stand-in
   * with the same stack trace and masked messages.
   */
  static Throwable mask(Throwable failure, @Nullable String password) {
    return holdsSecret(failure, password, 0) ? copy(failure, password, 0) : failure;
  }

  private static boolean holdsSecret(
      @Nullable Throwable failure, @Nullable String password, int depth) {
    if (failure == null) {
      return false;
    }
    String text = String.valueOf(failure);
    if (depth > MAX_DEPTH || !mask(text, password).equals(text)) {
      return true;
    }
    for (Throwable suppressed : failure.getSuppressed()) {
      if (holdsSecret(suppressed, password, depth + 1)) {
        return true;
      }
    }
    return holdsSecret(failure.getCause(), password, depth + 1)
        || (failure instanceof SQLException chained
            && holdsSecret(chained.getNextException(), password, depth + 1));
  }

  private static Throwable copy(Throwable failure, @Nullable String password, int depth) {
    Throwable cause = depth < MAX_DEPTH ? failure.getCause() : null;
    RuntimeException copy =
        new RuntimeException(
            mask(String.valueOf(failure), password),
            cause == null ? null : copy(cause, password, depth + 1));
    copy.setStackTrace(failure.getStackTrace());
    if (depth < MAX_DEPTH) {
      for (Throwable suppressed : failure.getSuppressed()) {
        copy.addSuppressed(copy(suppressed, password, depth + 1));
      }
    }
    return copy;
  }
}
