package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.embedded.CountingProxy;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.embedded.PostgresServer;
import io.sqlassist.fixture.RecordingObserver;
import io.sqlassist.session.Units;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadOnlyEnforcementIT {

  private final RecordingObserver observer = new RecordingObserver();
  private final EngineRegistry registry = EngineRegistry.create(observer);

  @AfterEach
  void close() {
    registry.close();
  }

  private static HikariDataSource pool(
      DatabaseHandle database, Consumer<HikariConfig> furtherSettings) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(database.jdbcUrl());
    config.setUsername(database.username());
    config.setPassword(database.password());
    config.setMaximumPoolSize(2);
    config.setReadOnly(true);
    furtherSettings.accept(config);
    return new HikariDataSource(config);
  }

  private void warnsOf(DatabaseKind kind, Consumer<HikariConfig> settings, String cure) {
    try (HikariDataSource pool = pool(kind.fresh(), settings)) {
      registry.initializeEngine("reader", pool, c -> c.entities().readOnly());

      assertThat(observer.warnings())
          .singleElement()
          .asString()
          .startsWith("reader: the database does not refuse writes")
          .contains("doWork(...)")
          .contains(cure)
          .contains("may only SELECT");
    }
  }

  private void doesNotWarnOf(DatabaseKind kind, Consumer<HikariConfig> settings) {
    try (HikariDataSource pool = pool(kind.fresh(), settings)) {
      registry.initializeEngine("reader", pool, c -> c.entities().readOnly());

      assertThat(observer.warnings()).isEmpty();
    }
  }

  @Test
  void postgresPoolThatIsReadOnlyInTransactionsOnlyIsWarnedOf() {
    warnsOf(DatabaseKind.POSTGRESQL, pool -> {}, "readOnlyMode=always");
  }

  @Test
  void postgresPoolThatIsAlwaysReadOnlyIsNotWarnedOf() {
    doesNotWarnOf(
        DatabaseKind.POSTGRESQL, pool -> pool.addDataSourceProperty("readOnlyMode", "always"));
  }

  @Test
  void mariaDbPoolThatIsReadOnlyIsNotWarnedOfSinceItsDriverEnforcesIt() {
    try (HikariDataSource pool = pool(DatabaseKind.MARIADB.fresh(), config -> {})) {
      registry.initializeEngine("reader", pool, c -> c.entities().readOnly());

      assertThat(observer.warnings()).isEmpty();
      assertThatThrownBy(
              () ->
                  Units.useUnit(
                      registry,
                      db ->
                          db.reader()
                              .doWork(
                                  connection ->
                                      connection
                                          .createStatement()
                                          .execute("create table x (id int)"))))
          .rootCause()
          .isInstanceOf(SQLException.class);
    }
  }

  @Test
  void mariaDbPoolWithReadOnlySessionsIsNotWarnedOf() {
    doesNotWarnOf(
        DatabaseKind.MARIADB,
        pool -> pool.setConnectionInitSql("SET SESSION TRANSACTION READ ONLY"));
  }

  @Test
  void h2WhichHasNoReadOnlyModeIsNotWarnedOf() {
    doesNotWarnOf(DatabaseKind.H2, pool -> {});
  }

  @Test
  void driversDataSourceIsWarnedOf() {
    registry.initializeEngine(
        "reader", DatabaseKind.POSTGRESQL.fresh().dataSource(), c -> c.entities().readOnly());

    assertThat(observer.warnings()).singleElement().asString().contains("readOnlyMode=always");
  }

  @Test
  void queryOfAReaderIsOneRoundTrip() {
    try (CountingProxy proxy = CountingProxy.inFrontOf(PostgresServer.shared())) {
      DatabaseHandle database = DatabaseKind.POSTGRESQL.fresh().through(proxy);
      registry.initializeEngine(
          "reader",
          c ->
              c.entities()
                  .readOnly()
                  .url(database.jdbcUrl())
                  .username(database.username())
                  .password(database.password())
                  .pool(pool -> pool.setMaximumPoolSize(1)));
      select();
      proxy.reset();

      select();

      assertThat(proxy.statements()).containsExactly("select 1");
      assertThat(proxy.roundTrips()).isEqualTo(1);
    }
  }

  private void select() {
    Units.useUnit(
        registry, db -> db.reader().createNativeQuery("select 1", Integer.class).getSingleResult());
  }
}
