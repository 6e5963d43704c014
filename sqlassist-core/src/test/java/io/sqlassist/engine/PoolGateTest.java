package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.RecordingObserver;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many connections an engine may have, and who says so. */
class PoolGateTest {

  private static final Duration SHORT = Duration.ofMillis(20);

  private final RecordingObserver observer = new RecordingObserver();
  private final EngineRegistry registry = EngineRegistry.create(observer);
  private final DataSource plain = H2.dataSource();

  @AfterEach
  void close() {
    registry.close();
  }

  private Engine engine(String name, DataSource dataSource, Consumer<EngineConfig> settings) {
    return registry.initializeEngine(
        name, dataSource, config -> settings.accept(config.entities()));
  }

  private EngineConnections connections(DataSource dataSource, int max) throws SQLException {
    return new EngineConnections(
        "writer",
        new EngineHost(
            "writer",
            EngineKind.READ_WRITE,
            dataSource,
            dataSource,
            null,
            observer,
            new EngineConfig("writer").maxConnections(max).acquireTimeout(SHORT).poolOptions(),
            new EngineHost.Mode(true, false),
            null));
  }

  private static HikariDataSource pool(int size, long timeoutMillis) {
    HikariConfig settings = new HikariConfig();
    settings.setPoolName("shop-pool");
    settings.setJdbcUrl(H2.url());
    settings.setMaximumPoolSize(size);
    settings.setConnectionTimeout(timeoutMillis);
    settings.setAutoCommit(false);
    return new HikariDataSource(settings);
  }

  @Test
  void connectionGivenBackTwiceIsCountedOnce() throws SQLException {
    EngineConnections connections = connections(plain, 1);
    Connection first = connections.getConnection();
    connections.closeConnection(first);
    connections.closeConnection(first);

    Connection second = connections.getConnection();

    assertThatThrownBy(connections::getConnection).isInstanceOf(EngineBusyException.class);
    connections.closeConnection(second);
  }

  @Test
  void dataSourceThatHandsOutOneConnectionTwiceUsesOnePlace() throws SQLException {
    Connection only = plain.getConnection();
    DataSource single =
        (DataSource)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, args) -> only);
    EngineConnections connections = connections(single, 2);

    connections.getConnection();
    connections.getConnection();
    connections.getConnection(); // would be refused if they were three

    assertThat(PoolGate.of(single).figures()).isEqualTo(new PoolFigures(2, 1, 0, 0));
  }

  @Test
  void poolOfUnknownSizeHasNoFiguresAndNoLimit() throws SQLException {
    Engine engine = engine("writer", plain, config -> {});

    assertThat(engine.pool()).isEmpty();
  }

  @Test
  void limitOfOneEngineHoldsForAllOnTheDataSourceAndTheLowestCounts() {
    Engine first = engine("first", plain, config -> {});
    engine("second", plain, config -> config.maxConnections(7));
    engine("third", plain, config -> config.maxConnections(5));

    assertThat(first.pool()).contains(new PoolFigures(5, 0, 0, 0));
  }

  @Test
  void limitEndsWithItsEngine() {
    Engine first = engine("first", plain, config -> {});
    engine("second", plain, config -> config.maxConnections(7));

    registry.remove("second");

    assertThat(first.pool()).isEmpty();
  }

  @Test
  void limitOfAnEngineThatDoesNotStartDoesNotHold() {
    Engine first = engine("first", plain, config -> {});

    assertThatThrownBy(
            () ->
                engine(
                    "second",
                    plain,
                    config ->
                        config
                            .maxConnections(7)
                            .entities(Novel.class)
                            .property("hibernate.hbm2ddl.auto", "validate")))
        .isInstanceOf(EngineStartException.class);

    assertThat(first.pool()).isEmpty();
  }

  @Test
  void limitBelowTheSizeOfThePoolHolds() {
    try (HikariDataSource pool = pool(8, 1000)) {
      assertThat(engine("writer", pool, config -> config.maxConnections(3)).pool().orElseThrow())
          .extracting(PoolFigures::max)
          .isEqualTo(3);
    }
  }

  @Test
  void limitAboveTheSizeOfThePoolIsRefused() {
    try (HikariDataSource pool = pool(8, 1000)) {
      assertThatThrownBy(() -> engine("writer", pool, config -> config.maxConnections(9)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'writer' has maxConnections(9)")
          .hasMessageContaining("'shop-pool' has no more than 8")
          .hasMessageContaining("maximumPoolSize");
    }
  }

  @Test
  void poolThatWaitsLongerThanTheEngineIsWarnedOfOnce() {
    try (HikariDataSource pool = pool(2, 5000)) {
      engine("writer", pool, config -> config.acquireTimeout(Duration.ofMillis(100)));
    }

    assertThat(observer.warnings())
        .singleElement()
        .asString()
        .contains("writer: acquireTimeout is 100 ms")
        .contains("'shop-pool' has connectionTimeout=5000 ms")
        .contains("Set connectionTimeout=250");
  }

  @Test
  void poolThatIsMadeForAnEngineWaitsAsLongAsTheEngine() {
    Engine two =
        registry.initializeEngine(
            "two", c -> c.entities().url(H2.url()).acquireTimeout(Duration.ofSeconds(2)));
    Engine least =
        registry.initializeEngine("least", c -> c.entities().url(H2.url()).acquireTimeout(SHORT));

    assertThat(((HikariDataSource) two.dataSource()).getConnectionTimeout()).isEqualTo(2000);
    assertThat(((HikariDataSource) least.dataSource()).getConnectionTimeout()).isEqualTo(250);
    assertThat(observer.warnings()).isEmpty();
  }

  @Test
  void timesThatAreNoneAreRefusedWhenTheyAreSet() {
    for (Duration none : new Duration[] {Duration.ZERO, Duration.ofMillis(-1)}) {
      assertRefused(config -> config.acquireTimeout(none), "acquireTimeout must be longer");
      assertRefused(config -> config.holdBudget(none), "holdBudget must be longer");
      assertRefused(
          config -> config.idleInTransactionBudget(none), "idleInTransactionBudget must be longer");
    }
    assertRefused(config -> config.maxConnections(0), "maxConnections must be 1 or more, not 0");
  }

  private void assertRefused(Consumer<EngineConfig> setting, String reason) {
    assertThatThrownBy(() -> engine("writer", plain, setting))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Engine 'writer': " + reason);
  }

  @Test
  void settingsAreToldWhenTheEngineStartsAndKeptInItsOptions() {
    Engine engine =
        engine(
            "writer",
            plain,
            config ->
                config
                    .maxConnections(7)
                    .acquireTimeout(Duration.ofSeconds(2))
                    .holdBudget(Duration.ofSeconds(3))
                    .idleInTransactionBudget(Duration.ofSeconds(1)));

    assertThat(observer.started())
        .singleElement()
        .asString()
        .endsWith(
            ", at most 7 connections, waits 2000 ms for one, hold budget 3000 ms,"
                + " idle-in-transaction budget 1000 ms");
    assertThat(engine.options().pool().acquireTimeout()).contains(Duration.ofSeconds(2));
    assertThat(engine.options().pool().maxConnections()).hasValue(7);
  }
}
