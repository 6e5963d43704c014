package io.sqlassist.engine;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** PostgreSQL. */
final class PostgresQuestions extends DatabaseQuestions {

  private static final String RIGHTS =
      """
      select name, oid is not null,
        has_any_column_privilege(oid, 'SELECT'), has_any_column_privilege(oid, 'INSERT'),
        has_any_column_privilege(oid, 'UPDATE'), has_table_privilege(oid, 'DELETE')
      from (select name, to_regclass(name)::oid as oid from unnest(?) as tables(name)) as found
      """;

  @Override
  String server(Connection connection) throws SQLException {
    // A replica has the system identifier of its primary, but was started at another time.
    return answer(
        connection,
        "select 'PostgreSQL ' || coalesce(inet_server_port(), 0) || ' '"
            + " || extract(epoch from pg_postmaster_start_time())");
  }

  @Override
  Optional<String> replica(Connection connection) throws SQLException {
    return isTrue(connection, "select pg_is_in_recovery()")
        ? Optional.of("pg_is_in_recovery() is true")
        : Optional.empty();
  }

  @Override
  Optional<String> refusesWrites(Connection connection) throws SQLException {
    return answer(connection, "select current_setting('transaction_read_only')").equals("on")
        ? Optional.of("transaction_read_only is on")
        : Optional.empty();
  }

  @Override
  List<ConnectionLimit> limits(Connection connection, String server) throws SQLException {
    List<ConnectionLimit> limits = new ArrayList<>();
    limits.add(
        new ConnectionLimit(
            server,
            "max_connections without the reserved ones",
            number(
                connection,
                "select current_setting('max_connections')::int"
                    + " - current_setting('superuser_reserved_connections')::int"
                    + " - coalesce(current_setting('reserved_connections', true)::int, 0)")));
    String database = answer(connection, "select current_database()");
    int ofDatabase =
        number(
            connection, "select datconnlimit from pg_database where datname = current_database()");
    if (ofDatabase >= 0) {
      limits.add(
          new ConnectionLimit(
              server + " database " + database,
              "the CONNECTION LIMIT of database '" + database + "'",
              ofDatabase));
    }
    String user = answer(connection, "select session_user");
    int ofUser =
        number(connection, "select rolconnlimit from pg_roles where rolname = session_user");
    if (ofUser >= 0) {
      limits.add(
          new ConnectionLimit(
              server + " user " + user, "the CONNECTION LIMIT of user '" + user + "'", ofUser));
    }
    return limits;
  }

  @Override
  OptionalInt preparedLimit(Connection connection) throws SQLException {
    return OptionalInt.of(
        number(connection, "select current_setting('max_prepared_transactions')"));
  }

  @Override
  int preparedFor(Connection connection, Duration age) throws SQLException {
    return number(
        connection,
        "select count(*) from pg_prepared_xacts where database = current_database()"
            + " and prepared < now() - ? * interval '1 second'",
        age.toSeconds());
  }

  @Override
  Instant now(Connection connection) throws SQLException {
    return moment(answer(connection, "select extract(epoch from clock_timestamp())"));
  }

  @Override
  Duration offset(Connection connection) throws SQLException {
    return Duration.ofSeconds(number(connection, "select extract(timezone from now())::int"));
  }

  @Override
  Optional<Duration> idleLimit(Connection connection) throws SQLException {
    String millis =
        ask(connection, "select setting from pg_settings where name = 'idle_session_timeout'");
    return millis == null || millis.equals("0")
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(Long.parseLong(millis)));
  }

  @Override
  Map<String, Rights> rights(Connection connection, Collection<String> tables) throws SQLException {
    Map<String, Rights> rights = new LinkedHashMap<>();
    Array names = connection.createArrayOf("text", tables.toArray());
    try (PreparedStatement statement = connection.prepareStatement(RIGHTS)) {
      statement.setArray(1, names);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          rights.put(
              row.getString(1),
              row.getBoolean(2)
                  ? new Rights(
                      true,
                      row.getBoolean(3),
                      row.getBoolean(4),
                      row.getBoolean(5),
                      row.getBoolean(6),
                      true)
                  : Rights.NO_TABLE);
        }
      }
    } finally {
      names.free();
    }
    return rights;
  }

  private static boolean isTrue(Connection connection, String query) throws SQLException {
    return answer(connection, query).equals("t");
  }
}
