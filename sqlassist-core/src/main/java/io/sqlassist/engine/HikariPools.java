package io.sqlassist.engine;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
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
    if (!PRESENT) {
      throw new IllegalStateException(
          "Engine '"
              + config.name()
              + "' has a url(...), but HikariCP is not on the class path. Add the dependency"
              + " com.zaxxer:HikariCP, or hand in a DataSource.");
    }
    return Maker.create(config, url);
  }

  /** What is known of a DataSource that was handed in; null when it is no HikariCP pool. */
  static @Nullable PoolFacts facts(DataSource dataSource) {
    return PRESENT ? Maker.facts(dataSource) : null;
  }

  /** How a pool stands; null when it is no HikariCP pool. */
  static @Nullable PoolFigures figures(DataSource dataSource) {
    return PRESENT ? Maker.figures(dataSource) : null;
  }

  record PoolFacts(String poolName, boolean autoCommit, boolean readOnly) {}

  /** Loaded only where HikariCP is present. */
  private static final class Maker {

    static @Nullable PoolFacts facts(DataSource dataSource) {
      return dataSource instanceof HikariDataSource pool
          ? new PoolFacts(
              String.valueOf(pool.getPoolName()), pool.isAutoCommit(), pool.isReadOnly())
          : null;
    }

    static @Nullable PoolFigures figures(DataSource dataSource) {
      if (!(dataSource instanceof HikariDataSource pool)) {
        return null;
      }
      HikariPoolMXBean now = pool.getHikariPoolMXBean();
      // Before its first connection a pool that configures itself has nothing to tell.
      return now == null
          ? new PoolFigures(pool.getMaximumPoolSize(), 0, 0, 0)
          : new PoolFigures(
              pool.getMaximumPoolSize(),
              now.getActiveConnections(),
              now.getIdleConnections(),
              now.getThreadsAwaitingConnection());
    }

    static DataSource create(EngineConfig config, String url) {
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
      if (kind == EngineKind.READ_ONLY) {
        enforceReadOnly(pool, url);
      }
      for (Consumer<? super HikariConfig> settings : config.pool()) {
        settings.accept(pool);
      }
      refuseOtherMode(config, "autoCommit", pool.isAutoCommit(), kind.usesAutoCommit());
      refuseOtherMode(config, "readOnly", pool.isReadOnly(), kind.usesReadOnly());
      return new HikariDataSource(pool);
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
}
