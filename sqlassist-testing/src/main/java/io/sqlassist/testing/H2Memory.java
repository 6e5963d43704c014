package io.sqlassist.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;

/** H2 databases in the memory of this JVM. */
final class H2Memory {

  private static final String OWNER = "sa";

  private H2Memory() {}

  static TestDatabase fresh() {
    String url = "jdbc:h2:mem:" + UUID.randomUUID();
    String password = UUID.randomUUID().toString();
    // Not in the URL, where it would be a command that only an administrator may give.
    run(url, password, "SET DB_CLOSE_DELAY -1");
    return new TestDatabase(
        DatabaseProduct.H2,
        url,
        OWNER,
        password,
        () -> reader(url, password),
        () -> run(url, password, "SHUTDOWN IMMEDIATELY"));
  }

  private static TestDatabase reader(String url, String ownerPassword) {
    String name = "READER_" + UUID.randomUUID().toString().replace("-", "");
    String password = UUID.randomUUID().toString();
    run(
        url,
        ownerPassword,
        "CREATE USER " + name + " PASSWORD '" + password + "'",
        "GRANT SELECT ON SCHEMA PUBLIC TO " + name);
    return new TestDatabase(
        DatabaseProduct.H2,
        url,
        name,
        password,
        () -> {
          throw notTheOwner();
        },
        () -> {
          throw notTheOwner();
        });
  }

  private static IllegalStateException notTheOwner() {
    return new IllegalStateException(
        "This is a read-only user. Ask the database of the owner for another user, or to drop it.");
  }

  private static void run(String url, String password, String... statements) {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setURL(url);
    h2.setUser(OWNER);
    h2.setPassword(password);
    try (Connection connection = h2.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("H2 refused: " + e.getMessage(), e);
    }
  }
}
