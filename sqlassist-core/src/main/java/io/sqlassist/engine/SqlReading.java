package io.sqlassist.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells statements that only read from those that write, by their words.
 *
 * <p>Not a parser: it knows comments, quotes, parentheses and the words that decide. In doubt about
 * a statement's first word it says "writes", since a refused read is seen at once and a write that
 * slipped through is not. What a called function does it cannot know.
 */
final class SqlReading {

  private static final Set<String> READING =
      Set.of(
          "SELECT",
          "WITH",
          "VALUES",
          "TABLE",
          "SHOW",
          "EXPLAIN",
          "DESCRIBE",
          "DESC",
          "FROM",
          "CALL",
          "EXEC",
          "EXECUTE",
          "SET",
          "RESET",
          "FETCH",
          "DECLARE",
          "{");
  private static final Set<String> DATA_CHANGE =
      Set.of("INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE");
  private static final Set<String> SEQUENCE_FUNCTIONS = Set.of("NEXTVAL", "SETVAL");
  private static final Set<String> LOCK_WORDS = Set.of("UPDATE", "SHARE", "NO", "KEY");

  private SqlReading() {}

  /**
   * The first thing in a statement that writes.
   *
   * @return the words that write, or null for a statement that only reads
   */
  static @Nullable String firstWrite(String sql) {
    List<Word> words = words(sql);
    int start = 0;
    for (int i = 0; i <= words.size(); i++) {
      if (i == words.size() || words.get(i).text.equals(";")) {
        String write = firstWrite(words.subList(start, i));
        if (write != null) {
          return write;
        }
        start = i + 1;
      }
    }
    return null;
  }

  private static @Nullable String firstWrite(List<Word> statement) {
    int first = 0;
    while (first < statement.size() && statement.get(first).text.equals("(")) {
      first++;
    }
    if (first == statement.size()) {
      return null;
    }
    String verb = statement.get(first).text;
    if (!READING.contains(verb)) {
      return verb;
    }
    boolean mayHoldStatements = verb.equals("WITH") || verb.equals("EXPLAIN");
    for (int i = first + 1; i < statement.size(); i++) {
      Word word = statement.get(i);
      String before = statement.get(i - 1).text;
      String after = i + 1 < statement.size() ? statement.get(i + 1).text : "";
      if (mayHoldStatements && DATA_CHANGE.contains(word.text) && startsStatement(statement, i)) {
        return word.text;
      }
      if (word.text.equals("INTO") && !before.equals(".") && word.depth == 0) {
        return verb + " INTO";
      }
      if (word.text.equals("FOR") && LOCK_WORDS.contains(after) && !before.equals(".")) {
        return "FOR " + after;
      }
      if (SEQUENCE_FUNCTIONS.contains(word.text) && (after.equals("(") || before.equals("."))) {
        return word.text;
      }
      if (word.text.equals("NEXT") && after.equals("VALUE")) {
        return "NEXT VALUE";
      }
    }
    return null;
  }

  /** Whether a statement, not a column or a function, can begin at that word. */
  private static boolean startsStatement(List<Word> words, int index) {
    String before = words.get(index - 1).text;
    String after = index + 1 < words.size() ? words.get(index + 1).text : "";
    return !before.equals(".")
        && !before.equals("FOR")
        && !before.equals("AS")
        && !before.equals(",")
        && !after.equals("(")
        && !after.equals(",")
        && !after.equals(".");
  }

  private record Word(String text, int depth) {}

  private static List<Word> words(String sql) {
    List<Word> words = new ArrayList<>();
    int depth = 0;
    int i = 0;
    int length = sql.length();
    while (i < length) {
      char c = sql.charAt(i);
      if (Character.isWhitespace(c)) {
        i++;
      } else if (c == '-' && sql.startsWith("--", i)) {
        int end = sql.indexOf('\n', i);
        i = end < 0 ? length : end + 1;
      } else if (c == '/' && sql.startsWith("/*", i)) {
        // MySQL and MariaDB execute what stands in /*! ... */ and /*M! ... */.
        boolean executed = sql.startsWith("/*!", i) || sql.startsWith("/*M!", i);
        i = executed ? i + 3 : endOf(sql, "*/", i + 2);
      } else if (c == '\'' || c == '"' || c == '`') {
        i = endOfQuoted(sql, c, i);
        words.add(new Word("?", depth));
      } else if (c == '$' && dollarTag(sql, i) != null) {
        String tag = dollarTag(sql, i);
        i = endOf(sql, tag == null ? "$" : tag, i + (tag == null ? 1 : tag.length()));
        words.add(new Word("?", depth));
      } else if (isWordPart(c)) {
        int start = i;
        while (i < length && isWordPart(sql.charAt(i))) {
          i++;
        }
        words.add(new Word(sql.substring(start, i).toUpperCase(Locale.ROOT), depth));
      } else {
        if (c == '(') {
          words.add(new Word("(", depth++));
        } else if (c == ')') {
          words.add(new Word(")", --depth));
        } else {
          words.add(new Word(String.valueOf(c), depth));
        }
        i++;
      }
    }
    return words;
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private static int endOf(String sql, String end, int from) {
    int at = sql.indexOf(end, from);
    return at < 0 ? sql.length() : at + end.length();
  }

  private static int endOfQuoted(String sql, char quote, int start) {
    int i = start + 1;
    while (i < sql.length()) {
      if (sql.charAt(i) == quote) {
        boolean doubled = i + 1 < sql.length() && sql.charAt(i + 1) == quote;
        if (!doubled) {
          return i + 1;
        }
        i++;
      }
      i++;
    }
    return sql.length();
  }

  /** The opening of a PostgreSQL dollar quote at that place, such as {@code $$} or {@code $x$}. */
  private static @Nullable String dollarTag(String sql, int start) {
    int i = start + 1;
    while (i < sql.length() && isWordPart(sql.charAt(i))) {
      i++;
    }
    boolean parameter = i > start + 1 && Character.isDigit(sql.charAt(start + 1));
    return i < sql.length() && sql.charAt(i) == '$' && !parameter
        ? sql.substring(start, i + 1)
        : null;
  }
}
