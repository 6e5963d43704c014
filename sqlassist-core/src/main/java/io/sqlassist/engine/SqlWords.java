package io.sqlassist.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The words of an SQL text in upper case, without comments; other characters stand for themselves.
 * What is quoted becomes {@link #QUOTED}.
 */
final class SqlWords {

  /** Stands for a string or a quoted name. */
  static final String QUOTED = "\"";

  /** Where quotes and comments end. */
  enum Dialect {
    /** As in the standard, PostgreSQL and H2: comments nest. */
    STANDARD,
    /** As in MySQL and MariaDB: {@code \'} is a quote within a string, {@code #} a comment. */
    MYSQL
  }

  private final String sql;
  private final Dialect dialect;
  private final List<String> words = new ArrayList<>();
  private int at;
  private boolean complete = true;

  private SqlWords(String sql, Dialect dialect) {
    this.sql = sql;
    this.dialect = dialect;
  }

  static SqlWords of(String sql, Dialect dialect) {
    SqlWords words = new SqlWords(sql, dialect);
    words.read();
    return words;
  }

  /** Whether the text holds anything that the dialects read differently. */
  static boolean dialectsMayDiffer(String sql) {
    return sql.indexOf('\\') >= 0
        || sql.indexOf('#') >= 0
        || sql.contains("--")
        || sql.contains("/*");
  }

  static boolean isWord(String word) {
    return word.equals(QUOTED) || (!word.isEmpty() && isWordPart(word.charAt(0)));
  }

  List<String> words() {
    return words;
  }

  /** Whether every quote and comment ends. */
  boolean complete() {
    return complete;
  }

  private void read() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
      } else if (startsLineComment(c)) {
        skipLine();
      } else if (sql.startsWith("/*", at)) {
        skipComment();
      } else if (c == '\'' || c == '"' || c == '`') {
        skipQuoted(c, dialect == Dialect.MYSQL && c != '`');
        words.add(QUOTED);
      } else if ((c == 'E' || c == 'e') && sql.startsWith("'", at + 1)) {
        at++;
        skipQuoted('\'', true);
        words.add(QUOTED);
      } else if (c == '$' && dollarTag() != null) {
        String tag = dollarTag();
        at += tag == null ? 1 : tag.length();
        skipTo(tag == null ? "$" : tag);
        words.add(QUOTED);
      } else if (isWordPart(c)) {
        words.add(word());
      } else {
        words.add(String.valueOf(c));
        at++;
      }
    }
  }

  private boolean startsLineComment(char c) {
    if (dialect == Dialect.STANDARD) {
      return sql.startsWith("--", at);
    }
    return c == '#'
        || (sql.startsWith("--", at)
            && (at + 2 == sql.length() || Character.isWhitespace(sql.charAt(at + 2))));
  }

  private void skipLine() {
    while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
      at++;
    }
  }

  private void skipComment() {
    // MySQL and MariaDB execute what stands in /*! ... */ and /*M!12345 ... */.
    if (sql.startsWith("/*!", at) || sql.startsWith("/*M!", at)) {
      at = sql.indexOf('!', at) + 1;
      while (at < sql.length() && Character.isDigit(sql.charAt(at))) {
        at++;
      }
      return;
    }
    at += 2;
    if (dialect == Dialect.MYSQL) {
      skipTo("*/");
      return;
    }
    int open = 1;
    while (open > 0) {
      if (at >= sql.length()) {
        complete = false;
        return;
      }
      if (sql.startsWith("/*", at)) {
        open++;
        at += 2;
      } else if (sql.startsWith("*/", at)) {
        open--;
        at += 2;
      } else {
        at++;
      }
    }
  }

  private void skipTo(String end) {
    int found = sql.indexOf(end, at);
    complete &= found >= 0;
    at = found < 0 ? sql.length() : found + end.length();
  }

  private void skipQuoted(char quote, boolean backslashEscapes) {
    at++;
    while (at < sql.length()) {
      char c = sql.charAt(at++);
      if (c == '\\' && backslashEscapes) {
        at++;
      } else if (c == quote) {
        if (at == sql.length() || sql.charAt(at) != quote) {
          return;
        }
        at++; // doubled: a quote within the string
      }
    }
    at = sql.length();
    complete = false;
  }

  /** The opening of a dollar quote of PostgreSQL or H2, such as {@code $$} or {@code $x$}. */
  private @Nullable String dollarTag() {
    int end = at + 1;
    while (end < sql.length() && isWordPart(sql.charAt(end))) {
      end++;
    }
    boolean parameter = end > at + 1 && Character.isDigit(sql.charAt(at + 1));
    return end < sql.length() && sql.charAt(end) == '$' && !parameter
        ? sql.substring(at, end + 1)
        : null;
  }

  /** Names may hold a dollar sign, so that {@code a$b$} is no quote. */
  private String word() {
    int start = at;
    while (at < sql.length() && (isWordPart(sql.charAt(at)) || sql.charAt(at) == '$')) {
      at++;
    }
    return sql.substring(start, at).toUpperCase(Locale.ROOT);
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }
}
