package io.sqlassist.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.engine.EngineHealth;
import io.sqlassist.engine.EngineHealth.Problem;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.HealthReport;
import io.sqlassist.engine.PoolFigures;
import io.sqlassist.fixture.Faults;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.Held;
import io.sqlassist.fixture.RecordingObserver;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(100);

  private final RecordingObserver observer = new RecordingObserver();
  private final EngineRegistry registry = EngineRegistry.create(observer);
  private final Faults faults = new Faults();

  @AfterEach
  void close() {
    registry.close();
  }

  private void startFaulty(String name, boolean optional) {
    registry.initializeEngine(
        name,
        faults.wrap(H2.dataSource()),
        config -> {
          config.entities().maxConnections(5);
          if (optional) {
            config.optional();
          }
        });
  }

  private void startPool(String name, int size) {
    registry.initializeEngine(
        name,
        config -> config.url(H2.url()).entities().pool(pool -> pool.setMaximumPoolSize(size)));
  }

  private EngineHealth health(Duration limit) {
    return registry.health(limit).engines().get(0);
  }

  private static long healthThreads(String engine) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("sqlassist-health-" + engine))
        .filter(Thread::isAlive)
        .count();
  }

  @Test
  void engineIsUpAndItsFiguresDoNotCountTheCheck() {
    startPool("writer", 3);

    HealthReport report = registry.health(LONG);

    assertThat(report.isUp()).isTrue();
    EngineHealth writer = report.engine("writer").orElseThrow();
    assertThat(writer.isUp()).isTrue();
    assertThat(writer.optional()).isFalse();
    assertThat(writer.elapsed()).isPositive().isLessThan(LONG);
    assertThat(writer.pool().map(PoolFigures::active)).contains(0);
    assertThat(writer.pool().map(PoolFigures::max)).contains(3);
    assertThat(report.engine("nobody")).isEmpty();
    assertThat(observer.warnings()).isEmpty();
  }

  @Test
  void registryWithoutEnginesIsUp() {
    assertThat(registry.health(SHORT)).isEqualTo(new HealthReport(List.of()));
    assertThat(registry.health(SHORT).isUp()).isTrue();
  }

  @Test
  void databaseThatRefusesIsDownUntilItComesBackAndThatIsSaidOnce() {
    startFaulty("writer", false);
    faults.fail("getConnection");

    assertThat(health(LONG).problem()).contains(Problem.FAILED);
    assertThat(registry.health(LONG).isUp()).isFalse();
    assertThat(observer.warnings())
        .singleElement()
        .asString()
        .contains("writer: a health check found it down")
        .contains("provoked failure of getConnection");

    faults.clear();
    assertThat(health(LONG).isUp()).isTrue();
    faults.fail("getConnection");
    health(LONG);
    assertThat(observer.warnings()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"getConnection", "isValid", "close"})
  void databaseThatHangsIsDownWithinTheLimitAndHoldsOneThreadAndOneConnection(String where)
      throws Exception {
    String engine = "hangs-at-" + where; // no other test's: its threads are counted
    startFaulty(engine, false);
    faults.clear();
    Held held = Held.in(faults, where);

    long begin = System.nanoTime();
    EngineHealth first = health(SHORT);
    assertThat(first.problem()).contains(Problem.TIMED_OUT);
    assertThat(first.elapsed()).isGreaterThanOrEqualTo(SHORT);
    List<CompletableFuture<HealthReport>> others = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      others.add(CompletableFuture.supplyAsync(() -> registry.health(SHORT)));
    }
    for (CompletableFuture<HealthReport> each : others) {
      assertThat(each.get(20, TimeUnit.SECONDS).engines().get(0).problem())
          .contains(Problem.TIMED_OUT);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .as("who comes later does not wait again")
        .isLessThan(Duration.ofSeconds(10));

    assertThat(faults.calls("getConnection")).isEqualTo(1);
    assertThat(healthThreads(engine)).isEqualTo(1);
    held.awaitArrival();
    held.release();
    for (int i = 0; i < 2_000 && healthThreads(engine) > 0; i++) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    assertThat(health(LONG).isUp()).isTrue();
    assertThat(faults.calls("getConnection")).isEqualTo(2);
  }

  @Test
  void oneEngineThatHangsDoesNotDelayTheOthers() {
    startFaulty("slow", false);
    startPool("quick", 1);
    faults.clear();
    Held held = Held.in(faults, "getConnection");

    HealthReport report = registry.health(Duration.ofMillis(500));

    assertThat(report.engine("slow").orElseThrow().problem()).contains(Problem.TIMED_OUT);
    assertThat(report.engine("quick").orElseThrow().isUp()).isTrue();
    held.release();
  }

  @Test
  void engineWhoseConnectionsAreAllInUseIsBusy() throws SQLException {
    startPool("writer", 1);
    try (Connection held = registry.engine("writer").dataSource().getConnection()) {
      EngineHealth health = health(SHORT);

      assertThat(held.isValid(1)).isTrue();
      assertThat(health.problem()).contains(Problem.BUSY);
      assertThat(health.pool().map(PoolFigures::active)).contains(1);
    }
    assertThat(observer.warnings())
        .singleElement()
        .asString()
        .contains("no connection became free within 100 ms");
  }

  @Test
  void optionalEngineDoesNotTakeTheServiceOut() {
    startPool("writer", 1);
    startFaulty("logger", true);
    faults.fail("getConnection");

    HealthReport report = registry.health(LONG);

    assertThat(report.isUp()).isTrue();
    assertThat(report.engine("logger").orElseThrow().isUp()).isFalse();
    assertThat(report.engine("logger").orElseThrow().optional()).isTrue();
  }

  @Test
  void connectionThatIsDeadIsNotGivenToTheNextBorrower() throws SQLException {
    startPool("writer", 1);
    HikariDataSource pool = (HikariDataSource) registry.engine("writer").dataSource();
    Connection connection = pool.getConnection();
    connection.unwrap(org.h2.jdbc.JdbcConnection.class).close();
    assertThatThrownBy(connection::close).isInstanceOf(SQLException.class);

    assertThat(health(LONG).problem()).contains(Problem.FAILED);

    assertThat(health(LONG).isUp()).isTrue();
    try (Connection next = pool.getConnection()) {
      assertThat(next.isValid(1)).isTrue();
    }
  }

  @Test
  void engineThatIsGoneIsAskedNoMore() {
    startPool("writer", 1);
    startPool("other", 1);
    registry.health(LONG);
    registry.remove("other");

    assertThat(registry.health(LONG).engines()).hasSize(1);
  }

  @Test
  void noSecretIsInTheReportNorInTheWarning() {
    startFaulty("writer", false);
    faults.before(
        "getConnection",
        () -> {
          throw new SQLException(
              "cannot connect to jdbc:postgresql://db.shop.example/x?user=u&password=hunter2");
        });

    HealthReport report = registry.health(LONG);

    assertThat(report.toString()).doesNotContain("hunter2", "jdbc:", "shop.example");
    assertThat(observer.warnings()).hasSize(1).noneMatch(text -> text.contains("hunter2"));
  }

  @Test
  void threadThatIsInterruptedStaysSo() {
    startFaulty("writer", false);
    faults.clear();
    Held held = Held.in(faults, "getConnection");
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> registry.health(LONG)).isInstanceOf(CancellationException.class);

    assertThat(Thread.interrupted()).isTrue();
    held.release();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void limitThatIsNoneIsRefused(long millis) {
    assertThatThrownBy(() -> registry.health(Duration.ofMillis(millis)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("longer than nothing");
  }
}
