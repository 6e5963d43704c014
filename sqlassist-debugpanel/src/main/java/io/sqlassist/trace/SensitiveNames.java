package io.sqlassist.trace;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Tells by its name whether a column may hold a secret. */
final class SensitiveNames {

  /** Wherever they stand in a name. */
  private static final List<String> PARTS =
      List.of(
          "password",
          "passwd",
          "passphrase",
          "passcode",
          "pwd",
          "secret",
          "token",
          "credential",
          "apikey",
          "api_key",
          "access_key",
          "accesskey",
          "private_key",
          "privatekey",
          "session_id",
          "sessionid",
          "creditcard",
          "cardnum",
          "cardno",
          "userpass",
          "cvv",
          "cvc",
          "iban",
          "authorization");

  /** Only as whole words, since they stand in harmless ones: author, discard, lessness. */
  private static final Set<String> WORDS =
      Set.of(
          "auth",
          "card",
          "cards",
          "ssn",
          "pin",
          "pass",
          "otp",
          "salt",
          "identified",
          "pw",
          "jwt",
          "bearer");

  private final List<Pattern> more;

  SensitiveNames(List<Pattern> more) {
    this.more = more;
  }

  boolean isSensitive(String name) {
    String words = words(name);
    for (String part : PARTS) {
      if (words.contains(part)) {
        return true;
      }
    }
    for (String word : words.split("_", -1)) {
      if (WORDS.contains(word)) {
        return true;
      }
    }
    for (Pattern pattern : more) {
      if (pattern.matcher(words).find()) {
        return true;
      }
    }
    return false;
  }

  /** In lower case, words separated by underscores. */
  private static String words(String name) {
    StringBuilder words = new StringBuilder(name.length() + 4);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean hump = i > 0 && Character.isUpperCase(c) && Character.isLowerCase(name.charAt(i - 1));
      if (hump || !Character.isLetterOrDigit(c)) {
        words.append('_');
      }
      if (Character.isLetterOrDigit(c)) {
        words.append(c);
      }
    }
    return words.toString().toLowerCase(Locale.ROOT);
  }
}
