package io.sqlassist.engine;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.ProxyConnection;
import com.zaxxer.hikari.util.DriverDataSource;
import java.lang.reflect.Field;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadPoolExecutor;
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

  /** How to make an engine's pool, as often as it is wanted. */
  interface Recipe {

    /** Connects once, without a pool and without its log. */
    void tryToConnect() throws SQLException;

    /** Makes the pool, which connects. */
    DataSource make();
  }

  /**
   * The pool of an engine whose configuration has a url. Nothing is made yet, and nothing connects.
   *
   * @throws IllegalArgumentException if the pool can't be as it was said
   * @throws IllegalStateException if HikariCP is missing
   */
  static Recipe recipe(EngineConfig config, String url) {
    if (!PRESENT) {
      throw new IllegalStateException(
          "Engine '"
              + config.name()
              + "' has a url(...), but HikariCP is not on the class path. Add the dependency"
              + " com.zaxxer:HikariCP, or hand in a DataSource.");
    }
    return Maker.recipe(config, url);
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

    static Recipe recipe(EngineConfig config, String url) {
      HikariConfig settings = settings(config, url);
      return new Recipe() {

        @Override
        public void tryToConnect() throws SQLException {
          if (settings.getDataSource() == null
              && settings.getDataSourceClassName() == null
              && settings.getDataSourceJNDI() == null) {
            new DriverDataSource(
                    settings.getJdbcUrl(),
                    settings.getDriverClassName(),
                    settings.getDataSourceProperties(),
                    settings.getUsername(),
                    settings.getPassword())
                .getConnection()
                .close();
          }
        }

        @Override
        public DataSource make() {
          return new HikariDataSource(settings);
        }
      };
    }

    private static HikariConfig settings(EngineConfig config, String url) {
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
    public Duration keepaliveTime() {
      return Duration.ofMillis(pool.getKeepaliveTime());
    }

    @Override
    public void evict() {
      HikariPoolMXBean running = pool.getHikariPoolMXBean();
      if (running != null) {
        running.softEvictConnections();
      }
    }

    @Override
    public boolean isConnected() {
      HikariPoolMXBean running = pool.getHikariPoolMXBean();
      return running != null && (running.getTotalConnections() > 0 || isClosing(running));
    }

    /** The pool forgets a connection first, and closes it then on a thread of its own. */
    private static boolean isClosing(HikariPoolMXBean running) {
      try {
        Field closer = running.getClass().getDeclaredField("closeConnectionExecutor");
        closer.setAccessible(true);
        return closer.get(running) instanceof ThreadPoolExecutor threads
            && (threads.getActiveCount() > 0 || !threads.getQueue().isEmpty());
      } catch (ReflectiveOperationException | RuntimeException e) {
        return false; // a named module does not let us look; it takes the pool a moment only
      }
    }

    @Override
    public int minimumIdle() {
      return pool.getMinimumIdle();
    }

    @Override
    public void minimumIdle(int idle) {
      pool.getHikariConfigMXBean().setMinimumIdle(idle);
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
