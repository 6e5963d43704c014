package io.sqlassist.benchmarks.dropwizard;

import com.codahale.metrics.MetricRegistry;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.db.PooledDataSourceFactory;
import io.dropwizard.util.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The pool of the other servers, in place of Dropwizard's own, which tests a connection each time.
 *
 * @param maximumPoolSize connections at most
 */
record HikariPoolFactory(int maximumPoolSize) implements PooledDataSourceFactory {

  private static final String DATABASE = "benchmark.database.postgresql.";

  @Override
  public ManagedDataSource build(MetricRegistry metrics, String name) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(getUrl());
    config.setUsername(System.getProperty(DATABASE + "username"));
    config.setPassword(System.getProperty(DATABASE + "password"));
    config.setMaximumPoolSize(maximumPoolSize);
    return new ManagedPool(config);
  }

  @Override
  public String getUrl() {
    return System.getProperty(DATABASE + "url");
  }

  @Override
  public String getDriverClass() {
    return "org.postgresql.Driver";
  }

  /** As Dropwizard has it. */
  @Override
  public boolean isAutoCommentsEnabled() {
    return true;
  }

  @Override
  public Map<String, String> getProperties() {
    return Map.of();
  }

  @Override
  public Optional<Duration> getValidationQueryTimeout() {
    return Optional.empty();
  }

  @Override
  public Optional<String> getValidationQuery() {
    return Optional.empty();
  }

  @Override
  public void asSingleConnectionPool() {
    throw new UnsupportedOperationException("Only migrations want a single connection");
  }

  private static final class ManagedPool extends HikariDataSource implements ManagedDataSource {

    ManagedPool(HikariConfig config) {
      super(config);
    }

    @Override
    public void stop() {
      close();
    }
  }
}
