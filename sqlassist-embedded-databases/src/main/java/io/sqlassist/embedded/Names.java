package io.sqlassist.embedded;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** Names and passwords: unique ones, checked ones, quoted ones. */
final class Names {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final AtomicInteger COUNTER = new AtomicInteger();
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

  private Names() {}

  /** Unique in this JVM and, on a kept data directory, very probably over all runs. */
  static String unique(String prefix) {
    return prefix + COUNTER.incrementAndGet() + "_" + hex(4);
  }

  static String randomPassword() {
    return hex(16);
  }

  private static String hex(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** Refuses what would need quoting: the names go into URLs and SQL as they are. */
  static String checked(String name) {
    if (!PLAIN.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "A name of a database or user is a letter or _, then up to 62 letters, digits or _: "
              + name);
    }
    return name;
  }

  /** A string literal of standard SQL; a backslash is refused because MariaDB takes it for more. */
  static String literal(String text) {
    if (text.indexOf('\\') >= 0) {
      throw new IllegalArgumentException("A password must not contain a backslash");
    }
    return "'" + text.replace("'", "''") + "'";
  }
}
