package io.sqlassist.testing;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Keeps a pool from handing out a connection that was closed under it. */
final class BrokenConnections {

  private BrokenConnections() {}

  /**
   * HikariCP learns that a connection is broken from the exceptions of its driver, which this one
   * has not thrown, and hands out without a look what it got back within half a second. Other pools
   * are left to find out.
   */
  static void evict(DataSource source, Connection connection) throws SQLException {
    try {
      if (source.isWrapperFor(HikariDataSource.class)) {
        source.unwrap(HikariDataSource.class).evictConnection(connection);
      }
    } catch (NoClassDefFoundError e) {
      // There is no HikariCP: then it is another pool.
    }
  }
}
