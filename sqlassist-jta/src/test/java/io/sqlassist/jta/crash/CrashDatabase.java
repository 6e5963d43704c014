package io.sqlassist.jta.crash;

import io.sqlassist.embedded.DatabaseHandle;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** One of the two databases, in this process and in the child. */
record CrashDatabase(String url, String user, String password, DataSource direct) {

  static CrashDatabase of(DatabaseHandle handle) {
    return new CrashDatabase(
        handle.jdbcUrl(), handle.username(), handle.password(), handle.dataSource());
  }

  static CrashDatabase h2(Path file) {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setURL("jdbc:h2:file:" + file);
    h2.setUser("sa");
    h2.setPassword("");
    return new CrashDatabase(h2.getURL(), "sa", "", h2);
  }

  CrashDatabase withTable() {
    try (Connection connection = direct.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table Entry (id bigint primary key, text varchar(255) not null unique, version"
              + " integer not null)");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return this;
  }

  TreeSet<Long> ids() {
    return ids(Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** What is durable, from the first id on and before the last one. */
  TreeSet<Long> ids(long from, long before) {
    TreeSet<Long> ids = new TreeSet<>();
    try (Connection connection = direct.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select id from Entry where id >= " + from + " and id < " + before)) {
      while (row.next()) {
        ids.add(row.getLong(1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return ids;
  }

  /** Whether the node has left something prepared here. */
  boolean holdsPrepared(String node) {
    boolean postgres = url.startsWith("jdbc:postgresql:");
    try (Connection connection = direct.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                postgres
                    ? "select 1 from pg_prepared_xacts where database = current_database()"
                    : "xa recover")) {
      while (row.next()) {
        if (postgres || row.getString("data").contains(node)) {
          return true;
        }
      }
      return false;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
