package io.sqlassist.embedded;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The drivers' own data sources, and running SQL by them. */
final class Drivers {
  private Drivers() {}

  static DataSource dataSource(
      DatabaseKind kind, String jdbcUrl, String username, String password) {
    return switch (kind) {
      case H2 -> {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL(jdbcUrl);
        h2.setUser(username);
        h2.setPassword(password);
        yield h2;
      }
      case POSTGRESQL -> {
        PGSimpleDataSource postgres = new PGSimpleDataSource();
        postgres.setURL(jdbcUrl);
        postgres.setUser(username);
        postgres.setPassword(password);
        yield postgres;
      }
      case MARIADB -> {
        try {
          MariaDbDataSource mariaDb = new MariaDbDataSource(jdbcUrl);
          mariaDb.setUser(username);
          mariaDb.setPassword(password);
          yield mariaDb;
        } catch (SQLException e) {
          throw new IllegalStateException("Not a MariaDB address: " + jdbcUrl, e);
        }
      }
    };
  }

  /** Runs statements in autocommit mode; their text may hold a password, so errors leave it out. */
  static void run(DataSource dataSource, String what, List<String> statements) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("Could not " + what + ": " + e.getMessage(), e);
    }
  }
}
