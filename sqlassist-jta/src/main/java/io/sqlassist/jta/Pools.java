package io.sqlassist.jta;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSourceMetrics;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ExceptionSorter;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.exceptionsorter.MySQLExceptionSorter;
import io.agroal.api.exceptionsorter.PostgreSQLExceptionSorter;
import io.sqlassist.engine.PoolFigures;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The pools of a coordinator's engines. */
final class Pools {

  private static final int VALIDATION_SECONDS = 5;
  private static final Duration VALIDATED_WHEN_IDLE = Duration.ofMillis(500);

  private final Map<String, AgroalDataSource> pools = new ConcurrentHashMap<>();
  private final Map<String, JtaDataSource> dataSources = new ConcurrentHashMap<>();
  private final Runnable outside;

  /**
   * Creates no pool yet.
   *
   * @param outside called before a connection is given to nobody's unit of work; may refuse
   */
  Pools(Runnable outside) {
    this.outside = outside;
  }

  boolean has(String engine) {
    return pools.containsKey(engine);
  }

  JtaDataSource open(String engine, XaPool settings, Source source) {
    String key = HandedIn.put(source);
    try {
      AgroalDataSource pool =
          AgroalDataSource.from(
              new AgroalDataSourceConfigurationSupplier()
                  .metricsEnabled() // or the pool does not tell how many connections are in use
                  .connectionPoolConfiguration(
                      connections ->
                          connections
                              .maxSize(settings.maximumPoolSize)
                              .minSize(settings.minimumIdle)
                              .acquisitionTimeout(settings.connectionTimeout)
                              .reapTimeout(settings.idleTimeout)
                              .maxLifetime(settings.maxLifetime)
                              .idleValidationTimeout(VALIDATED_WHEN_IDLE)
                              .connectionValidator(
                                  ConnectionValidator.defaultValidatorWithTimeout(
                                      VALIDATION_SECONDS))
                              .exceptionSorter(new AnyDatabase())
                              .transactionIntegration(new Enlistment(engine))
                              .connectionFactoryConfiguration(
                                  factory ->
                                      factory
                                          .poolRecovery(false)
                                          .connectionProviderClass(HandedIn.provider(source))
                                          .jdbcProperty("engine", key))));
      pools.put(engine, pool);
      JtaDataSource dataSource =
          new JtaDataSource(engine, pool, settings.connectionTimeout, outside);
      dataSources.put(engine, dataSource);
      return dataSource;
    } catch (SQLException e) {
      throw new JtaStartException("Engine '" + engine + "': its pool could not be made: " + e, e);
    } finally {
      HandedIn.remove(key);
    }
  }

  @Nullable PoolFigures figures(String engine) {
    AgroalDataSource pool = pools.get(engine);
    if (pool == null) {
      return null;
    }
    int max = pool.getConfiguration().connectionPoolConfiguration().maxSize();
    AgroalDataSourceMetrics now = pool.getMetrics();
    return new PoolFigures(
        max,
        Math.max(0, Math.toIntExact(now.activeCount())), // less after an enlistment that failed
        Math.toIntExact(now.availableCount()),
        Math.toIntExact(now.awaitingCount()));
  }

  /** How long a transaction waits that wants a connection of that engine. */
  Duration longestWait(String engine) {
    JtaDataSource dataSource = dataSources.get(engine);
    return dataSource == null ? Duration.ZERO : dataSource.longestWait();
  }

  void close(String engine) {
    dataSources.remove(engine);
    AgroalDataSource pool = pools.remove(engine);
    if (pool != null) {
      pool.close();
    }
  }

  /** Tells which failures a connection does not survive; asks each that knows a database. */
  private static final class AnyDatabase implements ExceptionSorter {

    private final ExceptionSorter postgres = new PostgreSQLExceptionSorter();
    private final ExceptionSorter mysql = new MySQLExceptionSorter();

    @Override
    public boolean isFatal(SQLException failure) {
      String state = failure.getSQLState();
      return (state != null && state.startsWith("08"))
          || postgres.isFatal(failure)
          || mysql.isFatal(failure);
    }
  }
}
