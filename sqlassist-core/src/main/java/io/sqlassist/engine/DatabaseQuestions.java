package io.sqlassist.engine;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How one kind of database is asked what the doctor wants to know. Asks only, changes nothing, and
 * needs no rights that an application's user does not have.
 */
abstract class DatabaseQuestions {

  /**
   * How many connections there may be.
   *
   * @param holder whose limit it is: pools with the same holder share it
   * @param setting where the limit is set, for people
   */
  record ConnectionLimit(String holder, String setting, int max) {}

  /**
   * What a user may do with a table.
   *
   * @param exists false if there is no such table, or none that the user can see
   * @param certain false if there may be rights that can't be seen
   */
  record Rights(
      boolean exists,
      boolean select,
      boolean insert,
      boolean update,
      boolean delete,
      boolean certain) {

    static final Rights NO_TABLE = new Rights(false, false, false, false, false, true);
    static final Rights ALL = new Rights(true, true, true, true, true, true);

    boolean anyWrite() {
      return insert || update || delete;
    }
  }

  /** The questions for a database product; empty if SqlAssist does not know it. */
  static Optional<DatabaseQuestions> of(String product) {
    return switch (product) {
      case "PostgreSQL" -> Optional.of(new PostgresQuestions());
      case "MariaDB" -> Optional.of(new MariaDbQuestions());
      case "H2" -> Optional.of(new H2Questions());
      default -> Optional.empty();
    };
  }

  /** Which server it is; the same text for connections to the same one. */
  abstract String server(Connection connection) throws SQLException;

  /** Whether such servers may have replicas at all. */
  boolean replicates() {
    return true;
  }

  /** By what it is seen that the server is a replica; empty if it is none. */
  abstract Optional<String> replica(Connection connection) throws SQLException;

  /** By what it is seen that writes of this session are refused; empty if they are not. */
  abstract Optional<String> refusesWrites(Connection connection) throws SQLException;

  /** All limits that concern this session. */
  List<ConnectionLimit> limits(Connection connection, String server) throws SQLException {
    return List.of();
  }

  /** How many transactions may be prepared at once; empty if there is no such limit. */
  OptionalInt preparedLimit(Connection connection) throws SQLException {
    return OptionalInt.empty();
  }

  /** How many transactions of this database have been prepared for longer than that. */
  int preparedFor(Connection connection, Duration age) throws SQLException {
    return 0;
  }

  /** What the database takes for the time. */
  abstract Instant now(Connection connection) throws SQLException;

  /** How far the session's time zone is from UTC at this moment. */
  abstract Duration offset(Connection connection) throws SQLException;

  /** After what idle time the server closes a connection; empty if it does not. */
  Optional<Duration> idleLimit(Connection connection) throws SQLException {
    return Optional.empty();
  }

  /** What the session's user may do with these tables, by their names as Hibernate writes them. */
  abstract Map<String, Rights> rights(Connection connection, Collection<String> tables)
      throws SQLException;

  /** Which of these tables know no rollback, and by what that is seen. */
  Map<String, String> withoutTransactions(Connection connection, Collection<String> tables)
      throws SQLException {
    return Map.of();
  }

  /** One value; null where the database says null, or has no row. */
  static @Nullable String ask(Connection connection, String query, @Nullable Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }

  static String answer(Connection connection, String query, @Nullable Object... parameters)
      throws SQLException {
    String answer = ask(connection, query, parameters);
    if (answer == null) {
      throw new SQLException("No answer to: " + query);
    }
    return answer;
  }

  static int number(Connection connection, String query, @Nullable Object... parameters)
      throws SQLException {
    return Integer.parseInt(answer(connection, query, parameters));
  }

  /** A moment from seconds since 1970 with decimals. */
  static Instant moment(String seconds) {
    BigDecimal exact = new BigDecimal(seconds);
    return Instant.ofEpochSecond(
        exact.longValue(), exact.remainder(BigDecimal.ONE).movePointRight(9).longValue());
  }
}
