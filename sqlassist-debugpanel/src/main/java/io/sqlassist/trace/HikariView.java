package io.sqlassist.trace;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.SQLException;
import java.time.Instant;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads the figures of a HikariCP pool, and changes none. The only class that names HikariCP, so
 * that an application without it starts.
 */
final class HikariView {

  private final HikariDataSource pool;

  private HikariView(HikariDataSource pool) {
    this.pool = pool;
  }

  /** Null if it is another pool, or none, or HikariCP is not there. */
  static @Nullable HikariView of(DataSource dataSource) {
    try {
      if (dataSource instanceof HikariDataSource pool) {
        return new HikariView(pool);
      }
      return dataSource.isWrapperFor(HikariDataSource.class)
          ? new HikariView(dataSource.unwrap(HikariDataSource.class))
          : null;
    } catch (SQLException | LinkageError e) {
      return null;
    }
  }

  boolean isSameAs(@Nullable HikariView other) {
    return other != null && other.pool == pool;
  }

  String name() {
    return String.valueOf(pool.getPoolName());
  }

  boolean isReadOnly() {
    return pool.isReadOnly();
  }

  int maxSize() {
    return pool.getMaximumPoolSize();
  }

  int minIdle() {
    return pool.getMinimumIdle();
  }

  long connectionTimeoutMillis() {
    return pool.getConnectionTimeout();
  }

  long maxLifetimeMillis() {
    return pool.getMaxLifetime();
  }

  /** Null before the pool's first connection. */
  @Nullable PoolSample sample(Instant at) {
    HikariPoolMXBean figures = pool.isClosed() ? null : pool.getHikariPoolMXBean();
    return figures == null
        ? null
        : new PoolSample(
            at,
            figures.getActiveConnections(),
            figures.getIdleConnections(),
            figures.getThreadsAwaitingConnection(),
            figures.getTotalConnections(),
            pool.getMaximumPoolSize());
  }

  boolean isClosed() {
    return pool.isClosed();
  }
}
