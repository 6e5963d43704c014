package io.sqlassist.engine;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.ProxyConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Everything that names HikariCP's classes, so that an application that brings its own pools starts
 * without HikariCP.
 */
final class HikariPools {

  private static final boolean PRESENT = isPresent();

  private HikariPools() {}

  private static boolean isPresent() {
    try {
      Class.forName(
          "com.zaxxer.hikari.HikariDataSource", false, HikariPools.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** A pool made for an engine whose configuration has a url. */
  static DataSource create(EngineConfig config, String url) {
    refuseWithout(config);
    return Maker.create(config, url);
  }

  /**
   * Refuses what {@link #create} would refuse, without a pool and a connection.
   *
   * @throws IllegalArgumentException if the pool can't be as it was said
   * @throws IllegalStateException if HikariCP is missing
   */
  static void check(EngineConfig config, String url) {
    refuseWithout(config);
    Maker.configure(config, url);
  }

  private static void refuseWithout(EngineConfig config) {
    if (!PRESENT) {
      throw new IllegalStateException(
          "Engine '"
              + config.name()
              + "' has a url(...), but HikariCP is not on the class path. Add the dependency"
              + " com.zaxxer:HikariCP, or hand in a DataSource.");
    }
  }

  static boolean isHikariThere() {
    return PRESENT;
  }

  /** What a DataSource that was handed in tells; null when it is no HikariCP pool. */
  static @Nullable KnownPool known(DataSource dataSource) {
    return PRESENT ? Maker.known(dataSource) : null;
  }

  /** The least that HikariCP takes for its connectionTimeout. */
  static final long SHORTEST_TIMEOUT_MILLIS = 250;

  /** Loaded only where HikariCP is present. */
  private static final class Maker {

    private static long millis(Duration duration) {
      return TimeUnit.MILLISECONDS.convert(duration);
    }

    static @Nullable KnownPool known(DataSource dataSource) {
      return dataSource instanceof HikariDataSource pool ? new Known(pool) : null;
    }

    static DataSource create(EngineConfig config, String url) {
      return new HikariDataSource(configure(config, url));
    }

    static HikariConfig configure(EngineConfig config, String url) {
      EngineKind kind = config.kind();
      HikariConfig pool = new HikariConfig();
      pool.setPoolName(config.name());
      pool.setJdbcUrl(url);
      if (config.username() != null) {
        pool.setUsername(config.username());
      }
      if (config.password() != null) {
        pool.setPassword(config.password());
      }
      pool.setAutoCommit(kind.usesAutoCommit());
      pool.setReadOnly(kind.usesReadOnly());
      config
          .poolOptions()
          .acquireTimeout()
          .ifPresent(
              longest ->
                  pool.setConnectionTimeout(Math.max(SHORTEST_TIMEOUT_MILLIS, millis(longest))));
      if (kind == EngineKind.READ_ONLY) {
        enforceReadOnly(pool, url);
      }
      for (Consumer<? super HikariConfig> settings : config.pool()) {
        settings.accept(pool);
      }
      refuseOtherMode(config, "autoCommit", pool.isAutoCommit(), kind.usesAutoCommit());
      refuseOtherMode(config, "readOnly", pool.isReadOnly(), kind.usesReadOnly());
      PoolLimits.check(config.name(), pool);
      return pool;
    }

    /**
     * Makes the databases that can do so refuse writes. {@code Connection.setReadOnly} alone does
     * not: the PostgreSQL driver honours it only inside a transaction, older MariaDB drivers not at
     * all.
     */
    private static void enforceReadOnly(HikariConfig pool, String url) {
      if (url.startsWith("jdbc:postgresql:")) {
        pool.addDataSourceProperty("readOnlyMode", "always");
      } else if (url.startsWith("jdbc:mariadb:")) {
        pool.setConnectionInitSql(ReadOnlyEnforcement.MARIADB_READ_ONLY);
      }
    }

    private static void refuseOtherMode(
        EngineConfig config, String setting, boolean actual, boolean wanted) {
      if (actual != wanted) {
        throw new IllegalArgumentException(
            "Engine '"
                + config.name()
                + "' is "
                + config.kind()
                + " and needs a pool with "
                + setting
                + "="
                + wanted
                + ", but pool(...) sets "
                + setting
                + "="
                + actual
                + ". Remove that setting, or choose another kind with readOnly() or"
                + " autocommit().");
      }
    }
  }

  private record Known(HikariDataSource pool) implements KnownPool {

    @Override
    public String name() {
      return String.valueOf(pool.getPoolName());
    }

    @Override
    public boolean autoCommit() {
      return pool.isAutoCommit();
    }

    @Override
    public boolean readOnly() {
      return pool.isReadOnly();
    }

    @Override
    public int maximumSize() {
      return pool.getMaximumPoolSize();
    }

    @Override
    public Duration connectionTimeout() {
      return Duration.ofMillis(pool.getConnectionTimeout());
    }

    @Override
    public void evict(Connection connection) {
      if (connection instanceof ProxyConnection) {
        pool.evictConnection(connection);
        return;
      }
      try {
        if (!connection.isClosed()) {
          // The pool's own proxy can't be unwrapped, but its meta data know it.
          pool.evictConnection(connection.getMetaData().getConnection());
        }
      } catch (SQLException e) {
        // Too broken to be found: then all of the pool, rather than that one again.
        pool.getHikariPoolMXBean().softEvictConnections();
      }
    }

    @Override
    public Duration maxLifetime() {
      return Duration.ofMillis(pool.getMaxLifetime());
    }

    @Override
    public PoolFigures figures() {
      HikariPoolMXBean now = pool.getHikariPoolMXBean();
      // Before its first connection a pool that was made without a configuration has no numbers.
      return now == null
          ? new PoolFigures(maximumSize(), 0, 0, 0)
          : new PoolFigures(
              maximumSize(),
              now.getActiveConnections(),
              now.getIdleConnections(),
              now.getThreadsAwaitingConnection());
    }
  }
}
