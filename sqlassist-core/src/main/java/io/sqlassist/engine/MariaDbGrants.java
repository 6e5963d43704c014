package io.sqlassist.engine;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code SHOW GRANTS} says: the rights of a session's user and of its roles. */
final class MariaDbGrants {

  private static final Pattern LINE =
      Pattern.compile(
          "GRANT (.+?) ON (?:TABLE )?(\\*|`(?:[^`]|``)*`)\\.(\\*|`(?:[^`]|``)*`) TO .*");
  private static final Pattern COLUMNS = Pattern.compile("\\([^)]*\\)");

  /** One line, for a scope: {@code *} stands for all. */
  private record Grant(List<String> rights, String database, String table) {

    boolean holds(String right, String wantedDatabase, String wantedTable) {
      return (rights.contains(right) || rights.contains("ALL PRIVILEGES"))
          && (database.equals("*") || like(database).matcher(wantedDatabase).matches())
          && (table.equals("*") || table.equalsIgnoreCase(wantedTable));
    }

    /** In the name of a database {@code %} and {@code _} stand for others, unless escaped. */
    private static Pattern like(String pattern) {
      StringBuilder expression = new StringBuilder();
      for (int i = 0; i < pattern.length(); i++) {
        char each = pattern.charAt(i);
        if (each == '\\' && i + 1 < pattern.length()) {
          i++;
          expression.append(Pattern.quote(String.valueOf(pattern.charAt(i))));
        } else if (each == '%') {
          expression.append(".*");
        } else if (each == '_') {
          expression.append('.');
        } else {
          expression.append(Pattern.quote(String.valueOf(each)));
        }
      }
      return Pattern.compile(expression.toString(), Pattern.CASE_INSENSITIVE);
    }
  }

  private final List<Grant> grants;

  private MariaDbGrants(List<Grant> grants) {
    this.grants = grants;
  }

  static MariaDbGrants of(Connection connection) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show grants")) {
      while (row.next()) {
        lines.add(row.getString(1));
      }
    }
    return of(lines);
  }

  static MariaDbGrants of(List<String> lines) {
    List<Grant> grants = new ArrayList<>();
    for (String line : lines) {
      Matcher parts = LINE.matcher(line);
      if (parts.matches()) {
        List<String> rights = new ArrayList<>();
        for (String right : COLUMNS.matcher(parts.group(1)).replaceAll("").split(",", -1)) {
          rights.add(right.strip().toUpperCase(Locale.ROOT));
        }
        grants.add(new Grant(rights, bare(parts.group(2)), bare(parts.group(3))));
      }
    }
    return new MariaDbGrants(grants);
  }

  private static String bare(String quoted) {
    return quoted.startsWith("`")
        ? quoted.substring(1, quoted.length() - 1).replace("``", "`")
        : quoted;
  }

  boolean allow(String right, String database, String table) {
    return grants.stream().anyMatch(each -> each.holds(right, database, table));
  }

  /** Whether the user writes on a server that is read-only. */
  boolean ignoreReadOnly() {
    return grants.stream()
        .filter(each -> each.database().equals("*"))
        .anyMatch(
            each ->
                each.rights().contains("ALL PRIVILEGES")
                    || each.rights().contains("READ_ONLY ADMIN")
                    || each.rights().contains("SUPER"));
  }
}
