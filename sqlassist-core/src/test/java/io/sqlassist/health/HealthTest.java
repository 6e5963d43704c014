package io.sqlassist.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.engine.EngineHealth;
import io.sqlassist.engine.EngineHealth.Problem;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.HealthReport;
import io.sqlassist.engine.PoolFigures;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.Faults;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.Held;
import io.sqlassist.fixture.NewThreads;
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

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(100);

  private final RecordingObserver observer = new RecordingObserver();
  private final EngineRegistry registry = EngineRegistry.create(observer);
  private final Faults faults = new Faults();
  private final NewThreads newThreads = new NewThreads();

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

  private int healthThreads(String engine) {
    return newThreads.named("sqlassist-health-" + engine).size();
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
    String engine = "hangs-at-" + where;
    startFaulty(engine, false);
    faults.clear();
    Held held = Held.in(faults, where);

    EngineHealth first = health(SHORT);
    assertThat(first.problem()).contains(Problem.TIMED_OUT);
    assertThat(first.elapsed()).isGreaterThanOrEqualTo(SHORT);
    held.awaitArrival();
    List<CompletableFuture<HealthReport>> others = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      others.add(CompletableFuture.supplyAsync(() -> registry.health(SHORT)));
    }
    for (CompletableFuture<HealthReport> each : others) {
      assertThat(each.get(60, TimeUnit.SECONDS).engines().get(0).problem())
          .contains(Problem.TIMED_OUT);
    }

    assertThat(faults.calls("getConnection")).isEqualTo(1);
    assertThat(healthThreads(engine)).isEqualTo(1);
    held.release();
    Eventually.until("the thread is gone", () -> healthThreads(engine) == 0);
    assertThat(health(LONG).isUp()).isTrue();
    assertThat(faults.calls("getConnection")).isEqualTo(2);
  }

  @Test
  void whoComesLaterDoesNotWaitAgainForADatabaseThatHangs() {
    startFaulty("writer", false);
    faults.clear();
    Held held = Held.in(faults, "getConnection");
    health(SHORT);

    Duration waited = Duration.ZERO;
    for (int i = 0; i < 100; i++) {
      waited = waited.plus(health(SHORT).elapsed());
    }

    assertThat(waited)
        .isLessThan(SHORT.multipliedBy(90)); // only a few were kept from the processor
    held.release();
  }

  @Test
  void oneEngineThatHangsDoesNotDelayTheOthers() throws Exception {
    startFaulty("slow", false);
    Faults quick = new Faults();
    registry.initializeEngine("quick", quick.wrap(H2.dataSource()), config -> config.entities());
    faults.clear();
    quick.clear();
    Held held = Held.in(faults, "getConnection");

    CompletableFuture<HealthReport> report =
        CompletableFuture.supplyAsync(() -> registry.health(LONG));
    held.awaitArrival();
    Eventually.until("the other one has been asked", () -> quick.calls("close") == 1);
    assertThat(report).isNotDone();

    held.release();
    assertThat(report.get(60, TimeUnit.SECONDS).engines()).allMatch(EngineHealth::isUp);
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

    // HikariCP looks itself whether it is alive, unless it came back half a second ago at most.
    Eventually.until(
        "the check gets the dead one",
        () -> {
          giveBackDead(pool);
          return health(LONG).problem().filter(Problem.FAILED::equals).isPresent();
        });

    assertThat(health(LONG).isUp()).isTrue();
    try (Connection next = pool.getConnection()) {
      assertThat(next.isValid(1)).isTrue();
    }
  }

  private static void giveBackDead(HikariDataSource pool) {
    try {
      Connection connection = pool.getConnection();
      connection.unwrap(org.h2.jdbc.JdbcConnection.class).close();
      assertThatThrownBy(connection::close).isInstanceOf(SQLException.class);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
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
