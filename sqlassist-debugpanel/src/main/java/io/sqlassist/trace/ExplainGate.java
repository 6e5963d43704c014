package io.sqlassist.trace;

import io.sqlassist.trace.SqlToken.Form;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

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

  private static final Pattern NUMBER =
      Pattern.compile("0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]*\\.?[0-9]*([eE][+-]?[0-9]+)?");

  /** What may stand before a parenthesis and is no function. */
  private static final Set<String> NO_FUNCTIONS =
      Set.of(
          "select",
          "from",
          "where",
          "and",
          "or",
          "not",
          "in",
          "exists",
          "any",
          "all",
          "some",
          "on",
          "as",
          "join",
          "using",
          "over",
          "values",
          "when",
          "then",
          "else",
          "case",
          "union",
          "except",
          "intersect",
          "having",
          "by",
          "partition",
          "order",
          "filter",
          "group",
          "within",
          "distinct",
          "limit",
          "offset",
          "fetch",
          "first",
          "next",
          "lateral",
          "is",
          "like",
          "between",
          "with",
          "row",
          "interval",
          "numeric",
          "decimal",
          "varchar",
          "char",
          "character",
          "varying",
          "timestamp",
          "time",
          "float",
          "bit");

  /** Those that read their arguments and nothing else. */
  private static final Set<String> PURE =
      Set.of(
          "count",
          "sum",
          "min",
          "max",
          "avg",
          "stddev",
          "variance",
          "string_agg",
          "listagg",
          "array_agg",
          "group_concat",
          "bool_and",
          "bool_or",
          "every",
          "row_number",
          "rank",
          "dense_rank",
          "percent_rank",
          "cume_dist",
          "ntile",
          "lag",
          "lead",
          "first_value",
          "last_value",
          "nth_value",
          "percentile_cont",
          "percentile_disc",
          "mode",
          "coalesce",
          "nullif",
          "greatest",
          "least",
          "ifnull",
          "nvl",
          "if",
          "lower",
          "upper",
          "trim",
          "ltrim",
          "rtrim",
          "btrim",
          "substring",
          "substr",
          "left",
          "right",
          "length",
          "char_length",
          "character_length",
          "octet_length",
          "position",
          "locate",
          "instr",
          "concat",
          "concat_ws",
          "replace",
          "translate",
          "reverse",
          "repeat",
          "lpad",
          "rpad",
          "overlay",
          "ascii",
          "cast",
          "convert",
          "extract",
          "date",
          "year",
          "month",
          "day",
          "hour",
          "minute",
          "second",
          "quarter",
          "week",
          "day_of_week",
          "date_part",
          "date_trunc",
          "datediff",
          "timestampdiff",
          "to_char",
          "to_date",
          "to_number",
          "to_timestamp",
          "abs",
          "ceil",
          "ceiling",
          "floor",
          "round",
          "trunc",
          "truncate",
          "mod",
          "power",
          "sqrt",
          "sign",
          "exp",
          "ln",
          "log",
          "log10",
          "md5",
          "unnest",
          "array",
          "json_object",
          "json_array",
          "json_agg",
          "jsonb_agg",
          "cardinality");

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

  /**
   * Empty if the statement may also be executed for its plan: a function is able to do anything,
   * whatever the transaction allows.
   */
  static String whyNotExecuted(String sql, SqlDialect dialect) {
    ExplainGate gate = new ExplainGate(sql, dialect);
    String reason = gate.whyNot();
    return reason.isEmpty() ? gate.unknownFunction() : reason;
  }

  private String unknownFunction() {
    for (int i = 0; i + 1 < tokens.size(); i++) {
      SqlToken token = tokens.get(i);
      boolean called = tokens.get(i + 1).is(sql, '(');
      boolean isName = token.form() == Form.WORD || token.form() == Form.QUOTED_NAME;
      boolean known =
          token.form() == Form.WORD
              && !(i > 0 && tokens.get(i - 1).is(sql, '.'))
              && (NO_FUNCTIONS.contains(word(token)) || PURE.contains(word(token)));
      if (called && isName && !known && !isNameOfWith(i)) {
        return "nobody here knows what the function " + token.in(sql) + " does";
      }
    }
    return "";
  }

  /** {@code WITH name (columns) AS}. */
  private boolean isNameOfWith(int i) {
    int close = i + 2;
    while (close < tokens.size() && !tokens.get(close).is(sql, ')')) {
      if (tokens.get(close).is(sql, '(')) {
        return false;
      }
      close++;
    }
    boolean before =
        i > 0
            && (tokens.get(i - 1).isWord(sql, "with")
                || tokens.get(i - 1).isWord(sql, "recursive")
                || tokens.get(i - 1).is(sql, ','));
    // What follows is a query in parentheses, which no alias is.
    return before
        && close + 2 < tokens.size()
        && tokens.get(close + 1).isWord(sql, "as")
        && (tokens.get(close + 2).is(sql, '(')
            || tokens.get(close + 2).isWord(sql, "materialized")
            || tokens.get(close + 2).isWord(sql, "not"));
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
      } else if (token.form() == Form.NUMBER && !NUMBER.matcher(text).matches()) {
        return "a word follows a number without a gap, which databases read differently";
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
