package io.sqlassist.trace;

import java.util.Map;
import org.hibernate.engine.jdbc.internal.FormatStyle;

/**
 * Lays out statements for reading.
 *
 * <p>Thread-safe: without state.
 */
public final class SqlFormat {

  private static final int LONGEST = 64 * 1024;

  private SqlFormat() {}

  /**
   * Breaks a statement into lines.
   *
   * @param sql a statement
   * @return the same statement on several lines; a very long one, or one that can't be laid out, as
   *     it is
   */
  public static String pretty(String sql) {
    if (sql.length() > LONGEST) {
      return sql;
    }
    try {
      // Its lines begin with a margin of their own.
      return FormatStyle.BASIC.getFormatter().format(sql).stripIndent().strip();
    } catch (RuntimeException e) {
      return sql;
    }
  }

  /**
   * A statement with its values in it, to be copied and tried in a database tool. For reading: it
   * is never executed here.
   *
   * @param statement a recorded statement
   * @return the text; values that are not known stay {@code ?}
   */
  public static String runnable(StatementTrace statement) {
    Map<Integer, Bind> binds =
        statement.binds().stream()
            .collect(java.util.stream.Collectors.toMap(Bind::index, each -> each, (a, b) -> a));
    StringBuilder out = new StringBuilder();
    String sql = statement.sql();
    int from = 0;
    int placeholder = 0;
    for (SqlToken token : SqlLexer.tokens(sql, SqlDialect.OTHER)) {
      if (token.form() == SqlToken.Form.PLACEHOLDER) {
        Bind bind = binds.get(++placeholder);
        out.append(sql, from, token.start());
        out.append(bind == null ? token.in(sql) : literal(bind));
        from = token.end();
      }
    }
    return out.append(sql, from, sql.length()).toString();
  }

  private static String literal(Bind bind) {
    if (bind.state() != Bind.State.COMPLETE) {
      return "?";
    }
    return switch (bind.type()) {
      case "null" -> "null";
      case "Long",
          "Integer",
          "Short",
          "Byte",
          "Double",
          "Float",
          "BigDecimal",
          "BigInteger",
          "Boolean" ->
          bind.value();
      default -> "'" + bind.value().replace("'", "''") + "'";
    };
  }
}
