package io.sqlassist.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** H2: no replicas, no limit of connections, and rights that only an administrator sees all of. */
final class H2Questions extends DatabaseQuestions {

  private static final String PRIVILEGES =
      "select privilege_type from information_schema.table_privileges where upper(table_name) = upper(?)"
          + " and upper(table_schema) = upper(coalesce(?, current_schema)) and grantee in ('PUBLIC', current_user)";
  private static final String TABLES =
      "select count(*) from information_schema.tables where upper(table_name) = upper(?)"
          + " and upper(table_schema) = upper(coalesce(?, current_schema))";

  @Override
  String server(Connection connection) throws SQLException {
    return connection.getMetaData().getURL().split(";", 2)[0];
  }

  @Override
  boolean replicates() {
    return false;
  }

  @Override
  Optional<String> replica(Connection connection) {
    return Optional.empty();
  }

  @Override
  Optional<String> refusesWrites(Connection connection) throws SQLException {
    return answer(connection, "select readonly()").equalsIgnoreCase("true")
        ? Optional.of("readonly() is true: the files can't be written, or ACCESS_MODE_DATA=r")
        : Optional.empty();
  }

  @Override
  Instant now(Connection connection) throws SQLException {
    return time(connection).toInstant();
  }

  @Override
  Duration offset(Connection connection) throws SQLException {
    return Duration.ofSeconds(time(connection).getOffset().getTotalSeconds());
  }

  private static OffsetDateTime time(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("select current_timestamp(9)");
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getObject(1, OffsetDateTime.class);
    }
  }

  @Override
  Map<String, Rights> rights(Connection connection, Collection<String> tables) throws SQLException {
    boolean administrator =
        number(
                connection,
                "select count(*) from information_schema.users"
                    + " where user_name = current_user and is_admin")
            > 0;
    Map<String, Rights> rights = new LinkedHashMap<>();
    for (String table : tables) {
      rights.put(table, rights(connection, administrator, table));
    }
    return rights;
  }

  private static Rights rights(Connection connection, boolean administrator, String written)
      throws SQLException {
    int dot = written.lastIndexOf('.');
    String table = written.substring(dot + 1).replace("\"", "");
    String schema = dot < 0 ? null : written.substring(0, dot).replace("\"", "");
    if (number(connection, TABLES, table, schema) == 0) {
      return Rights.NO_TABLE;
    }
    if (administrator) {
      return Rights.ALL;
    }
    Set<String> held = new HashSet<>();
    try (PreparedStatement statement = connection.prepareStatement(PRIVILEGES)) {
      statement.setString(1, table);
      statement.setString(2, schema);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          held.add(row.getString(1));
        }
      }
    }
    // Rights to the whole schema, and those of roles, are hidden from ordinary users.
    return new Rights(
        true,
        held.contains("SELECT"),
        held.contains("INSERT"),
        held.contains("UPDATE"),
        held.contains("DELETE"),
        false);
  }
}
