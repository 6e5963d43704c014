package io.sqlassist.engine;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells statements that only read from those that write, by their words.
 *
 * <p>Not a parser: it knows the words that decide. In doubt it says "writes", since a refused read
 * is seen at once and a write that slipped through is not. A statement is in doubt when its first
 * word is unknown, when a quote in it does not end, and when another dialect would end a quote or a
 * comment elsewhere and then see a write. What a called function does it cannot know.
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
          "FETCH",
          "DECLARE",
          "{");
  private static final Set<String> DATA_CHANGE =
      Set.of("INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE");
  private static final Set<String> EXPLAINED_CHANGE = Set.of("CREATE", "REFRESH");
  private static final Set<String> SEQUENCE_FUNCTIONS = Set.of("NEXTVAL", "SETVAL");

  /** Before these a word such as {@code REPLACE} is the name of a column. */
  private static final Set<String> AFTER_COLUMN =
      Set.of(
          "IS", "IN", "LIKE", "BETWEEN", "AND", "OR", "NOT", "AS", "ASC", "DESC", "THEN", "ELSE",
          "END", "COLLATE", "?");

  private SqlReading() {}

  /**
   * The first thing in a statement that writes.
   *
   * @return the words that write, or null for a statement that only reads
   */
  static @Nullable String firstWrite(String sql) {
    SqlWords standard = SqlWords.of(sql, SqlWords.Dialect.STANDARD);
    String write = firstWriteIn(standard.words());
    if (write != null) {
      return write;
    }
    if (!SqlWords.dialectsMayDiffer(sql)) {
      return standard.complete() ? null : "a quote or comment that does not end";
    }
    SqlWords mysql = SqlWords.of(sql, SqlWords.Dialect.MYSQL);
    write = firstWriteIn(mysql.words());
    if (write == null && !standard.complete() && !mysql.complete()) {
      return "a quote or comment that does not end";
    }
    return write;
  }

  private static @Nullable String firstWriteIn(List<String> words) {
    int start = 0;
    for (int i = 0; i <= words.size(); i++) {
      if (i == words.size() || words.get(i).equals(";")) {
        String write = firstWriteOfStatement(words.subList(start, i));
        if (write != null) {
          return write;
        }
        start = i + 1;
      }
    }
    return null;
  }

  private static @Nullable String firstWriteOfStatement(List<String> statement) {
    int first = 0;
    while (first < statement.size() && statement.get(first).equals("(")) {
      first++;
    }
    if (first == statement.size()) {
      return null;
    }
    String verb = statement.get(first);
    if (!READING.contains(verb)) {
      return verb;
    }
    for (int i = first + 1; i < statement.size(); i++) {
      String write = writeAt(statement, i, verb);
      if (write != null) {
        return write;
      }
    }
    return null;
  }

  private static @Nullable String writeAt(List<String> words, int index, String verb) {
    String word = words.get(index);
    String before = words.get(index - 1);
    String after = wordAt(words, index + 1);
    if (SEQUENCE_FUNCTIONS.contains(word) && (after.equals("(") || before.equals("."))) {
      return word;
    }
    if (before.equals(".")) {
      return null; // a column
    }
    if (DATA_CHANGE.contains(word)
        && startsStatement(before, after)
        // SELECT * FROM FINAL TABLE (DELETE FROM book) writes, too.
        && (verb.equals("WITH") || verb.equals("EXPLAIN") || before.equals("("))) {
      return word;
    }
    boolean explained = verb.equals("EXPLAIN") && EXPLAINED_CHANGE.contains(word);
    boolean hidden = verb.startsWith("EXEC") && word.equals("IMMEDIATE");
    if (explained || hidden) {
      return verb + " " + word;
    }
    return switch (word) {
      case "INTO" -> verb + " INTO";
      case "FOR" -> isLock(after, wordAt(words, index + 2)) ? "FOR " + after : null;
      case "LOCK" -> after.equals("IN") ? "LOCK IN SHARE MODE" : null;
      case "NEXT" -> after.equals("VALUE") ? "NEXT VALUE" : null;
      default -> null;
    };
  }

  private static String wordAt(List<String> words, int index) {
    return index < words.size() ? words.get(index) : "";
  }

  private static boolean isLock(String word, String next) {
    return switch (word) {
      case "UPDATE", "SHARE" -> true;
      case "NO" -> next.equals("KEY");
      case "KEY" -> next.equals("SHARE");
      default -> false;
    };
  }

  /** Whether a statement, not a column or a function, can begin between those words. */
  private static boolean startsStatement(String before, String after) {
    return !before.equals("FOR")
        && !before.equals("AS")
        && !before.equals(",")
        && SqlWords.isWord(after)
        && !AFTER_COLUMN.contains(after);
  }
}
