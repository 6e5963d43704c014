package io.sqlassist.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import java.util.Map;

/**
 * Where a database is. The servers run in the JVM that drives the benchmarks; the JVMs that measure
 * learn of them by system properties.
 */
record Database(String url, String username, String password) {

  private static final String PROPERTY = "benchmark.database.";

  /** What a hand-written application would ask of a pool for each of its uses. */
  enum Use {
    /**
     * Statements that need no transaction: autocommit, and the driver knows that nothing writes.
     */
    READING,
    /** Transactions, and Hibernate need not switch autocommit off for each. */
    WRITING,
    /** HikariCP as it comes. */
    USUAL
  }

  /** In the JVM that measures: one that was handed down, or a new one in memory. */
  static Database named(String name) {
    String url = System.getProperty(PROPERTY + name + ".url");
    if (url != null) {
      return new Database(
          url,
          System.getProperty(PROPERTY + name + ".username", ""),
          System.getProperty(PROPERTY + name + ".password", ""));
    }
    if (!name.equals("h2")) {
      throw new IllegalArgumentException(
          "There is no database '" + name + "' in this JVM: run the benchmark by Suite.");
    }
    return of(DatabaseKind.H2.fresh());
  }

  static Database of(DatabaseHandle handle) {
    return new Database(handle.jdbcUrl(), handle.username(), handle.password());
  }

  /** System properties that hand this database down. */
  Map<String, String> properties(String name) {
    return Map.of(
        PROPERTY + name + ".url", url,
        PROPERTY + name + ".username", username,
        PROPERTY + name + ".password", password);
  }

  HikariDataSource pool(Use use, int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(username);
    config.setPassword(password);
    config.setMaximumPoolSize(size);
    switch (use) {
      case READING -> config.setReadOnly(true);
      case WRITING -> config.setAutoCommit(false);
      case USUAL -> {}
    }
    return new HikariDataSource(config);
  }

  @Override
  public String toString() {
    return url;
  }
}
