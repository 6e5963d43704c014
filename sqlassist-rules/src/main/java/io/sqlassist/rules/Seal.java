package io.sqlassist.rules;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Marks what was written with a checksum of it, so that a later run knows whether anybody has
 * changed it. Line ends don't count.
 */
final class Seal {

  /** A part of a text. */
  record Span(int from, int to) {}

  private static final Pattern LAST_LINE =
      Pattern.compile("\n<!-- sqlassist-rules ([0-9a-f]{16}): [^\n]* -->\n*\\z");
  private static final Pattern BEGIN =
      Pattern.compile("(?m)^<!-- sqlassist-rules:begin ([0-9a-f]{16}): [^\r\n]* -->\r?\n");
  private static final String BEGIN_WORD = "<!-- sqlassist-rules:begin";
  private static final String END = "<!-- sqlassist-rules:end -->";
  private static final String MEANING = "renewed by install-rules while nobody changes it -->\n";

  private Seal() {}

  static String close(String content) {
    return content + "\n<!-- sqlassist-rules " + checksum(content) + ": " + MEANING;
  }

  static String fence(String content) {
    return "<!-- sqlassist-rules:begin " + checksum(content) + ": " + MEANING + content + END;
  }

  static boolean hasSection(String text) {
    return text.contains(BEGIN_WORD) || text.contains(END);
  }

  /**
   * Where our section stands, whatever its line ends are.
   *
   * @throws IOException when there is not exactly one, from its first line to its last
   */
  static Span section(String text, String path) throws IOException {
    if (isTwice(text, BEGIN_WORD) || isTwice(text, END)) {
      throw new IOException(
          path
              + " has more than one section of install-rules, as a merge may leave it. Remove all"
              + " but one, each from 'sqlassist-rules:begin' to 'sqlassist-rules:end', and try again");
    }
    Matcher begin = BEGIN.matcher(text);
    int from = begin.find() ? begin.start() : -1;
    int to = from < 0 ? -1 : text.indexOf(END, from);
    if (to < 0) {
      throw new IOException(
          path
              + " has a section of install-rules whose first or last line is damaged. Remove the"
              + " section, from 'sqlassist-rules:begin' to 'sqlassist-rules:end', and try again");
    }
    return new Span(from, to + END.length());
  }

  private static boolean isTwice(String text, String word) {
    return text.indexOf(word) != text.lastIndexOf(word);
  }

  static boolean isUnbroken(String text, boolean isSection) {
    Matcher mark = (isSection ? BEGIN : LAST_LINE).matcher(text);
    if (!mark.find()) {
      return false;
    }
    String content =
        isSection
            ? text.substring(mark.end(), text.length() - END.length())
            : text.substring(0, mark.start());
    return checksum(content).equals(mark.group(1));
  }

  private static String checksum(String content) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JVM has SHA-256", e);
    }
  }
}
