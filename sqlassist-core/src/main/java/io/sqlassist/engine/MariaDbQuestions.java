package io.sqlassist.engine;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** MariaDB. */
final class MariaDbQuestions extends DatabaseQuestions {

  /** Engines of tables that can roll back. */
  private static final Set<String> TRANSACTIONAL = Set.of("InnoDB", "ROCKSDB", "TokuDB", "SPIDER");

  @Override
  String server(Connection connection) throws SQLException {
    return answer(
        connection, "select concat('MariaDB ', @@hostname, ' ', @@port, ' ', @@server_id)");
  }

  @Override
  Optional<String> replica(Connection connection) throws SQLException {
    // The status may be read by everybody, SHOW REPLICA STATUS may not.
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show global status like 'Slaves_running'")) {
      return row.next() && row.getInt(2) > 0
          ? Optional.of("its status has Slaves_running = " + row.getInt(2))
          : Optional.empty();
    }
  }

  @Override
  Optional<String> refusesWrites(Connection connection) throws SQLException {
    if (number(connection, "select @@session.tx_read_only") == 1) {
      return Optional.of("tx_read_only is on");
    }
    return number(connection, "select @@global.read_only") == 1
            && !MariaDbGrants.of(connection).ignoreReadOnly()
        ? Optional.of("read_only is on for the server")
        : Optional.empty();
  }

  @Override
  List<ConnectionLimit> limits(Connection connection, String server) throws SQLException {
    List<ConnectionLimit> limits = new ArrayList<>();
    limits.add(
        new ConnectionLimit(
            server, "max_connections", number(connection, "select @@global.max_connections")));
    int ofUser = number(connection, "select @@session.max_user_connections");
    if (ofUser > 0) {
      String user = answer(connection, "select current_user()");
      limits.add(
          new ConnectionLimit(
              server + " user " + user, "max_user_connections of user " + user, ofUser));
    }
    return limits;
  }

  @Override
  Instant now(Connection connection) throws SQLException {
    return moment(answer(connection, "select unix_timestamp(sysdate(6))"));
  }

  @Override
  Duration offset(Connection connection) throws SQLException {
    return Duration.ofSeconds(
        number(connection, "select timestampdiff(second, utc_timestamp(), now())"));
  }

  @Override
  Optional<Duration> idleLimit(Connection connection) throws SQLException {
    return Optional.of(Duration.ofSeconds(number(connection, "select @@session.wait_timeout")));
  }

  @Override
  Map<String, Rights> rights(Connection connection, Collection<String> tables) throws SQLException {
    MariaDbGrants grants = MariaDbGrants.of(connection);
    Map<String, Rights> rights = new LinkedHashMap<>();
    for (String table : tables) {
      Name name = Name.of(connection, table);
      // Rights may be given for tables that are not there; those that are there are seen by who
      // has any right to them.
      boolean exists =
          number(
                  connection,
                  "select count(*) from information_schema.tables"
                      + " where table_schema = ? and table_name = ?",
                  name.database(),
                  name.table())
              > 0;
      rights.put(
          table,
          exists
              ? new Rights(
                  true,
                  grants.allow("SELECT", name.database(), name.table()),
                  grants.allow("INSERT", name.database(), name.table()),
                  grants.allow("UPDATE", name.database(), name.table()),
                  grants.allow("DELETE", name.database(), name.table()),
                  true)
              : Rights.NO_TABLE);
    }
    return rights;
  }

  @Override
  Map<String, String> withoutTransactions(Connection connection, Collection<String> tables)
      throws SQLException {
    Map<String, String> found = new LinkedHashMap<>();
    for (String table : tables) {
      Name name = Name.of(connection, table);
      String engine =
          ask(
              connection,
              "select engine from information_schema.tables"
                  + " where table_schema = ? and table_name = ? and table_type = 'BASE TABLE'",
              name.database(),
              name.table());
      if (engine != null && !TRANSACTIONAL.contains(engine)) {
        found.put(table, "ENGINE=" + engine);
      }
    }
    return found;
  }

  private record Name(String database, String table) {

    static Name of(Connection connection, String written) throws SQLException {
      String bare = written.replace("`", "");
      int dot = bare.lastIndexOf('.');
      return dot < 0
          ? new Name(answer(connection, "select database()"), bare)
          : new Name(bare.substring(0, dot), bare.substring(dot + 1));
    }
  }
}
