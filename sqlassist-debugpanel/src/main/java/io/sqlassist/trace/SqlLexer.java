package io.sqlassist.trace;

import io.sqlassist.trace.SqlToken.Form;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a statement into tokens, in one pass and in linear time. It never fails: what has no end
 * ends with the text.
 */
final class SqlLexer {

  private static final String OPERATORS = "<>=!|&~^:+*/%-@#";

  private final String sql;
  private final SqlDialect dialect;
  private final List<SqlToken> tokens = new ArrayList<>();
  private int at;

  private SqlLexer(String sql, SqlDialect dialect) {
    this.sql = sql;
    this.dialect = dialect;
  }

  /** The tokens of a statement, without white space. */
  static List<SqlToken> tokens(String sql, SqlDialect dialect) {
    SqlLexer lexer = new SqlLexer(sql, dialect);
    while (lexer.at < sql.length()) {
      lexer.next();
    }
    return lexer.tokens;
  }

  private char peek(int ahead) {
    return at + ahead < sql.length() ? sql.charAt(at + ahead) : '\0';
  }

  private void next() {
    char c = sql.charAt(at);
    if (Character.isWhitespace(c)) {
      at++;
    } else if (c == '\'' || (c == '"' && dialect.doubleQuotedStrings())) {
      add(Form.STRING, quoted(at, c, dialect.backslashEscapes()));
    } else if (c == '"' || c == '`') {
      add(Form.QUOTED_NAME, quoted(at, c, false));
    } else if (startsLineComment(c)) {
      add(Form.COMMENT, lineEnd());
    } else if (c == '/' && peek(1) == '*') {
      add(Form.COMMENT, blockCommentEnd());
    } else if (c == '$' && dialect != SqlDialect.MARIADB && dollarTagEnd() > 0) {
      add(Form.STRING, dollarQuotedEnd());
    } else if (c == '$' && isDigit(peek(1))) {
      add(Form.PLACEHOLDER, wordEnd(at + 1));
    } else if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
      add(Form.NUMBER, numberEnd());
    } else if (isWordStart(c)) {
      word(c);
    } else if (c == '?') {
      placeholder();
    } else if (c == ':' && isWordStart(peek(1)) && !endsWithColon()) {
      add(Form.PLACEHOLDER, wordEnd(at + 1));
    } else if (OPERATORS.indexOf(c) >= 0) {
      add(Form.SIGN, operatorEnd());
    } else {
      add(Form.SIGN, at + 1);
    }
  }

  private void add(Form form, int end) {
    tokens.add(new SqlToken(form, at, end));
    at = end;
  }

  /** PostgreSQL's cast. */
  private boolean endsWithColon() {
    return at > 0 && sql.charAt(at - 1) == ':';
  }

  /** {@code ??} is how JDBC writes PostgreSQL's operator {@code ?}. */
  private void placeholder() {
    if (peek(1) == '?') {
      add(Form.SIGN, at + 2);
    } else {
      int end = at + 1;
      while (end < sql.length() && isDigit(sql.charAt(end))) {
        end++;
      }
      add(Form.PLACEHOLDER, end);
    }
  }

  private void word(char first) {
    boolean oneLetter = !isWordPart(peek(1));
    if (peek(1) == '\'' && oneLetter && "eEnNxXbB".indexOf(first) >= 0) {
      boolean escapes = dialect.backslashEscapes() || first == 'e' || first == 'E';
      add(Form.STRING, quoted(at + 1, '\'', escapes));
    } else if ((first == 'u' || first == 'U') && peek(1) == '&' && peek(2) == '\'') {
      add(Form.STRING, quoted(at + 2, '\'', false));
    } else {
      add(Form.WORD, wordEnd(at + 1));
    }
  }

  private int wordEnd(int from) {
    int end = from;
    while (end < sql.length() && isWordPart(sql.charAt(end))) {
      end++;
    }
    return end;
  }

  private int numberEnd() {
    int end = at + 1;
    while (end < sql.length()) {
      char c = sql.charAt(end);
      boolean exponentSign =
          (c == '+' || c == '-') && "eE".indexOf(sql.charAt(end - 1)) >= 0 && sql.charAt(at) != '0';
      if (!isWordPart(c) && c != '.' && !exponentSign) {
        break;
      }
      end++;
    }
    return end;
  }

  /** The end of a text that begins with a quote; doubled quotes belong to it. */
  private int quoted(int from, char quote, boolean escapes) {
    int end = from + 1;
    while (end < sql.length()) {
      char c = sql.charAt(end);
      if (c == '\\' && escapes) {
        end += 2;
      } else if (c == quote) {
        if (end + 1 < sql.length() && sql.charAt(end + 1) == quote) {
          end += 2;
        } else {
          return end + 1;
        }
      } else {
        end++;
      }
    }
    return sql.length();
  }

  private boolean startsLineComment(char c) {
    if (dialect == SqlDialect.MARIADB) {
      return c == '#'
          || (c == '-'
              && peek(1) == '-'
              && (at + 2 >= sql.length() || Character.isWhitespace(peek(2))));
    }
    return c == '-' && peek(1) == '-';
  }

  private int lineEnd() {
    int end = at;
    while (end < sql.length() && sql.charAt(end) != '\n' && sql.charAt(end) != '\r') {
      end++;
    }
    return end;
  }

  private int blockCommentEnd() {
    boolean nests = dialect != SqlDialect.MARIADB;
    int depth = 1;
    int end = at + 2;
    while (end < sql.length() && depth > 0) {
      if (sql.startsWith("*/", end)) {
        depth--;
        end += 2;
      } else if (nests && sql.startsWith("/*", end)) {
        depth++;
        end += 2;
      } else {
        end++;
      }
    }
    return Math.min(end, sql.length());
  }

  /** The end of {@code $tag$}, or 0 if there is none here. */
  private int dollarTagEnd() {
    if (isDigit(peek(1))) {
      return 0;
    }
    int end = at + 1;
    while (end < sql.length() && isWordPart(sql.charAt(end)) && sql.charAt(end) != '$') {
      end++;
    }
    return end < sql.length() && sql.charAt(end) == '$' ? end + 1 : 0;
  }

  private int dollarQuotedEnd() {
    int bodyStart = dollarTagEnd();
    String tag = sql.substring(at, bodyStart);
    int end = sql.indexOf(tag, bodyStart);
    return end < 0 ? sql.length() : end + tag.length();
  }

  private int operatorEnd() {
    int end = at + 1;
    while (end < sql.length() && OPERATORS.indexOf(sql.charAt(end)) >= 0) {
      boolean comment =
          sql.startsWith("--", end)
              || sql.startsWith("/*", end)
              || (dialect == SqlDialect.MARIADB && sql.charAt(end) == '#');
      boolean named =
          sql.charAt(end) == ':'
              && end + 1 < sql.length()
              && isWordStart(sql.charAt(end + 1))
              && sql.charAt(end - 1) != ':';
      if (comment || named) {
        break;
      }
      end++;
    }
    return end;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordStart(char c) {
    return c == '_' || Character.isLetter(c);
  }

  private static boolean isWordPart(char c) {
    return c == '_' || c == '$' || Character.isLetterOrDigit(c);
  }
}
