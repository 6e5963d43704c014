package io.sqlassist.jta;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of engines as they stand in the transaction log: there they tell recovery which
 * database a branch belongs to, for as long as the log needs them.
 */
final class EngineNames {

  private static final String PREFIX = "sqlassist-engine:";

  /** The log ends each text with a zero. */
  private static final Pattern IN_LOG = Pattern.compile(PREFIX + "([^\\x00]*)\\x00");

  private EngineNames() {}

  static String inLog(String engine) {
    return PREFIX + engine;
  }

  /** The engines that a record of the log names. */
  static Set<String> in(byte[] logged) {
    Set<String> names = new LinkedHashSet<>();
    Matcher name = IN_LOG.matcher(new String(logged, StandardCharsets.ISO_8859_1));
    while (name.find()) {
      names.add(
          new String(name.group(1).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
    }
    return names;
  }
}
