package io.sqlassist.engine;

import io.sqlassist.observe.Observer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Whether the database itself refuses writes through a read-only engine. It is the last line of
 * defence, for what cannot be judged from outside: {@code doWork}, functions that write.
 */
final class ReadOnlyEnforcement {

  static final String MARIADB_READ_ONLY = "SET SESSION TRANSACTION READ ONLY";

  private ReadOnlyEnforcement() {}

  /** Asks a connection of the engine, and warns where the database would let a write pass. */
  static void check(String engine, Connection connection, Observer observer) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    switch (product) {
      case "PostgreSQL" ->
          warnUnless(
              isOn(connection, "select current_setting('transaction_read_only')"),
              engine,
              observer,
              "add readOnlyMode=always to the JDBC URL");
      case "MariaDB" ->
          warnUnless(
              isOn(connection, "select @@session.tx_read_only"),
              engine,
              observer,
              "set connectionInitSql to '" + MARIADB_READ_ONLY + "' on the pool");
      default -> {
        // H2 and others offer no read-only mode of a connection; only the user's rights protect.
      }
    }
  }

  private static void warnUnless(boolean enforced, String engine, Observer observer, String cure) {
    if (!enforced) {
      observer.engineWarning(
          engine,
          "the database does not refuse writes on the connections of this read-only engine."
              + " SqlAssist refuses those it can see, but not those of doWork(...) or of SQL functions"
              + " that write: "
              + cure
              + ", or use a database user that may only SELECT.");
    }
  }

  private static boolean isOn(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      String value = row.getString(1);
      return "on".equalsIgnoreCase(value) || "1".equals(value);
    }
  }
}
