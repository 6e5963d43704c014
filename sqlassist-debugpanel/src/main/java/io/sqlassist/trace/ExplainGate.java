package io.sqlassist.trace;

import io.sqlassist.trace.SqlToken.Form;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Judges by its text whether a statement only reads, so that EXPLAIN of it does no harm even if the
 * database executed it. What is not known to be harmless is refused.
 */
final class ExplainGate {

  private static final Set<String> FIRST = Set.of("select", "with", "values", "table");

  private static final Set<String> NEVER =
      Set.of(
          "insert",
          "delete",
          "merge",
          "replace",
          "truncate",
          "call",
          "do",
          "into",
          "copy",
          "grant",
          "revoke",
          "alter",
          "create",
          "drop",
          "set",
          "commit",
          "rollback",
          "begin",
          "start",
          "savepoint",
          "release",
          "execute",
          "exec",
          "prepare",
          "lock",
          "load",
          "handler",
          "use",
          "analyze",
          "analyse",
          "vacuum",
          "shutdown",
          "script",
          "runscript",
          "backup",
          "declare",
          "import",
          "rename",
          "reset",
          "refresh");

  private final String sql;
  private final List<SqlToken> tokens;

  private ExplainGate(String sql, SqlDialect dialect) {
    this.sql = sql;
    this.tokens = SqlLexer.tokens(sql, dialect);
  }

  /** Empty if the statement may pass, else why not. */
  static String whyNot(String sql, SqlDialect dialect) {
    return new ExplainGate(sql, dialect).whyNot();
  }

  private String whyNot() {
    String doubt = doubt();
    if (!doubt.isEmpty()) {
      return doubt;
    }
    tokens.removeIf(each -> each.form() == Form.COMMENT);
    if (!tokens.isEmpty() && tokens.get(tokens.size() - 1).is(sql, ';')) {
      tokens.remove(tokens.size() - 1);
    }
    if (tokens.isEmpty()) {
      return "there is no statement";
    }
    SqlToken first = tokens.get(0);
    if (first.form() != Form.WORD || !FIRST.contains(word(first))) {
      return "only SELECT, WITH, VALUES and TABLE are explained";
    }
    for (int i = 0; i < tokens.size(); i++) {
      SqlToken token = tokens.get(i);
      if (token.is(sql, ';')) {
        return "there is more than one statement";
      }
      if (token.form() == Form.WORD && isForbidden(i)) {
        return "the word " + word(token).toUpperCase(Locale.ROOT) + " stands in it";
      }
    }
    return "";
  }

  /** What databases read in different ways. */
  private String doubt() {
    for (SqlToken token : tokens) {
      String text = token.in(sql);
      if (token.form() == Form.COMMENT) {
        String comment = comment(text);
        if (!comment.isEmpty()) {
          return comment;
        }
      } else if (token.form() == Form.STRING) {
        if (text.indexOf('\\') >= 0) {
          return "a backslash stands in a text, which databases read differently";
        }
        if (text.startsWith("$")) {
          return "it has a text in dollar quotes";
        }
        if (!isClosed(text)) {
          return "a text in it does not end";
        }
      } else if (token.form() == Form.QUOTED_NAME) {
        if (!isClosed(text) || text.indexOf('\\') >= 0) {
          return "a quoted name in it does not end, or has a backslash";
        }
      } else if (token.is(sql, '\\') || token.is(sql, '{') || text.indexOf('\0') >= 0) {
        return "the sign " + text + " stands in it";
      } else if (text.indexOf('#') >= 0) {
        return "the sign # stands in it, which begins a comment for some databases";
      } else if (text.contains("--")) {
        return "it has a line comment, or what some databases take for one";
      }
    }
    return "";
  }

  private static String comment(String text) {
    if (!text.startsWith("/*")) {
      return "it has a line comment, or what some databases take for one";
    }
    String body = text.substring(2, Math.max(2, text.length() - 2));
    if (body.startsWith("!") || body.startsWith("M!")) {
      return "it has a comment that some databases execute";
    }
    if (body.contains("/*") || body.contains("*/") || !text.endsWith("*/") || text.length() < 4) {
      return "it has a comment within a comment, or one without an end";
    }
    return "";
  }

  private static boolean isClosed(String text) {
    int open = 0;
    while (open < text.length() && "'\"`".indexOf(text.charAt(open)) < 0) {
      open++;
    }
    return text.length() >= open + 2 && text.charAt(text.length() - 1) == text.charAt(open);
  }

  private boolean isForbidden(int i) {
    String word = word(tokens.get(i));
    boolean afterDot = i > 0 && tokens.get(i - 1).is(sql, '.');
    if (word.equals("update")) {
      return !(i > 0 && isLocking(i - 1));
    }
    return NEVER.contains(word) && !afterDot;
  }

  /** {@code FOR UPDATE}, {@code FOR NO KEY UPDATE}. */
  private boolean isLocking(int before) {
    return tokens.get(before).isWord(sql, "for")
        || (before >= 2
            && tokens.get(before).isWord(sql, "key")
            && tokens.get(before - 1).isWord(sql, "no")
            && tokens.get(before - 2).isWord(sql, "for"));
  }

  private String word(SqlToken token) {
    return token.in(sql).toLowerCase(Locale.ROOT);
  }
}
