package io.sqlassist.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.ConnectionListener;
import io.sqlassist.engine.ConnectionRejectedException;
import io.sqlassist.engine.EngineBusyException;
import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import io.sqlassist.transaction.PartialCommitException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SqlAssistMetricsTest {

  private static final int METERS = 14;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final EngineRegistry engines = EngineRegistry.create(Observer.NONE);
  private final FailingCommits commits = new FailingCommits();

  /** What the starts have counted: they use connections, too. */
  private final Map<String, Double> before = new HashMap<>();

  @BeforeEach
  void measure() {
    SqlAssistMetrics.measure(engines, meters);
  }

  @AfterEach
  void close() {
    engines.close();
  }

  private void start(String name, Consumer<EngineConfig> config) {
    DatabaseHandle database = DatabaseKind.H2.fresh();
    engines.initializeEngine(
        name,
        engine -> {
          engine
              .url(database.jdbcUrl())
              .username(database.username())
              .password(database.password())
              .entities()
              .pool(pool -> pool.setMaximumPoolSize(2));
          config.accept(engine);
        });
    started(name);
  }

  private void startFailing(String name) {
    engines.initializeEngine(
        name,
        commits.wrap(DatabaseKind.H2.fresh().dataSource()),
        config -> config.entities().maxConnections(2));
    started(name);
  }

  private void started(String engine) {
    before.put("acquire" + engine, timer("acquire", engine));
    before.put("hold" + engine, timer("hold", engine));
  }

  private double timer(String name, String engine) {
    return meters.get("sqlassist.connections." + name).tag("engine", engine).timer().count();
  }

  private double timed(String name, String engine) {
    return timer(name, engine) - before.get(name + engine);
  }

  private double counted(String name, String engine) {
    return meters.get("sqlassist." + name).tag("engine", engine).counter().count();
  }

  private double figure(String name, String engine) {
    return meters.get("sqlassist.connections." + name).tag("engine", engine).gauge().value();
  }

  private static Object query(Session session) {
    return session.createNativeQuery("select 1", Integer.class).getSingleResult();
  }

  @Test
  void unitsAreCountedByEngine() {
    start("writer", config -> {});
    start("ledger", config -> {});
    start("logger", EngineConfig::autocommit);

    for (int i = 0; i < 3; i++) {
      Units.useUnit(
          engines,
          db -> {
            query(db.writer());
            query(db.logger());
          });
    }
    DbSessionsContainer failed = Units.openUnit(engines);
    query(failed.writer());
    query(failed.session("ledger"));
    query(failed.logger());
    failed.close();

    assertThat(counted("sessions.opened", "writer")).isEqualTo(4);
    assertThat(counted("sessions.opened", "ledger")).isEqualTo(1);
    assertThat(counted("commits", "writer")).isEqualTo(3);
    assertThat(counted("commits", "ledger")).isZero();
    assertThat(counted("rollbacks", "writer")).isEqualTo(1);
    assertThat(counted("rollbacks", "ledger")).isEqualTo(1);
    assertThat(counted("rollbacks", "logger")).as("nothing is ever rolled back there").isZero();
    assertThat(counted("commits.partial", "writer")).isZero();
  }

  @Test
  void rollbackOfOneEngineIsCountedForThatOneOnly() {
    start("writer", config -> {});
    start("ledger", config -> {});
    Units.useUnit(
        engines,
        db -> {
          query(db.writer());
          query(db.session("ledger"));
          db.on("ledger").rollback();
        });

    assertThat(counted("rollbacks", "ledger")).isEqualTo(1);
    assertThat(counted("rollbacks", "writer")).isZero();
  }

  @Test
  void unitThatOpensNothingIsNotCounted() {
    start("writer", config -> {});
    Units.useUnit(engines, db -> db.on("writer").status());

    assertThat(counted("sessions.opened", "writer")).isZero();
    assertThat(counted("commits", "writer")).isZero();
    assertThat(timed("acquire", "writer")).isZero();
  }

  @Test
  void connectionsAreTimedFromTheirAcquisitionToTheirRelease() {
    start("writer", config -> {});
    DbSessionsContainer db = Units.openUnit(engines);
    query(db.writer());
    assertThat(timed("acquire", "writer")).isEqualTo(1);
    assertThat(timed("hold", "writer")).isZero();
    assertThat(figure("active", "writer")).isEqualTo(1);
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < 20_000_000) {
      Thread.onSpinWait(); // work that holds the connection
    }
    db.close();

    assertThat(timed("hold", "writer")).isEqualTo(1);
    assertThat(
            meters
                .get("sqlassist.connections.hold")
                .tag("engine", "writer")
                .timer()
                .max(TimeUnit.NANOSECONDS))
        .isGreaterThanOrEqualTo(20_000_000);
    assertThat(figure("active", "writer")).isZero();
    assertThat(figure("idle", "writer")).isGreaterThanOrEqualTo(1);
    assertThat(figure("waiting", "writer")).isZero();
    assertThat(figure("max", "writer")).isEqualTo(2);
  }

  @Test
  void whoGetsNoConnectionIsCountedAsBusy() {
    start(
        "writer",
        config ->
            config
                .pool(
                    pool -> {
                      pool.setMaximumPoolSize(1);
                      pool.setConnectionTimeout(60_000); // else 250 ms, also for who gets one
                    })
                .acquireTimeout(Duration.ofMillis(50)));
    try (DbSessionsContainer holder = Units.openUnit(engines)) {
      query(holder.writer());
      assertThatThrownBy(() -> Units.useUnit(engines, db -> query(db.writer())))
          .isInstanceOf(EngineBusyException.class);
    }

    assertThat(counted("connections.busy", "writer")).isEqualTo(1);
    assertThat(counted("connections.failed", "writer")).isZero();
    assertThat(timed("acquire", "writer")).isEqualTo(1);
    assertThat(counted("rollbacks", "writer")).isEqualTo(2);
  }

  @Test
  void connectionsThatAListenerRejectsAreCountedAndThoseThatItFails() {
    AtomicBoolean reject = new AtomicBoolean();
    AtomicBoolean fail = new AtomicBoolean();
    start(
        "writer",
        config ->
            config.connections(
                new ConnectionListener() {
                  @Override
                  public void acquired(
                      String engine,
                      Connection connection,
                      Function<String, Optional<Object>> attributes)
                      throws SQLException {
                    if (reject.getAndSet(false)) {
                      throw new ConnectionRejectedException("once");
                    }
                    if (fail.getAndSet(false)) {
                      throw new SQLException("once");
                    }
                  }
                }));

    reject.set(true);
    Units.useUnit(engines, db -> query(db.writer()));
    assertThat(counted("connections.rejected", "writer")).isEqualTo(1);
    assertThat(counted("connections.failed", "writer")).isZero();
    assertThat(timed("acquire", "writer")).isEqualTo(1);

    fail.set(true);
    assertThatThrownBy(() -> Units.useUnit(engines, db -> query(db.writer())))
        .hasRootCauseMessage("once");
    assertThat(counted("connections.failed", "writer")).isEqualTo(1);
    assertThat(timed("acquire", "writer")).isEqualTo(1);
  }

  @Test
  void commitThatIsNotCompleteIsCountedForEachEngine() {
    start("writer", config -> {});
    startFailing("ledger");
    commits.failWith(new SQLException("provoked", "40001"));

    assertThatThrownBy(
            () ->
                Units.useUnit(
                    engines,
                    db -> {
                      query(db.writer());
                      query(db.session("ledger"));
                    }))
        .isInstanceOf(PartialCommitException.class);

    assertThat(counted("commits.partial", "writer")).isEqualTo(1);
    assertThat(counted("commits.partial", "ledger")).isEqualTo(1);
    assertThat(counted("commits", "writer")).isEqualTo(1);
    assertThat(counted("commits", "ledger")).isZero();
    assertThat(counted("rollbacks", "ledger")).isGreaterThanOrEqualTo(1);
  }

  @Test
  void commitWhoseOutcomeNobodyKnowsIsCounted() {
    startFailing("writer");
    commits.failWith(new SQLException("the connection broke", "08006"));

    assertThatThrownBy(() -> Units.useUnit(engines, db -> query(db.writer())))
        .isInstanceOf(PartialCommitException.class);

    assertThat(counted("commits.unknown", "writer")).isEqualTo(1);
    assertThat(counted("commits", "writer")).isZero();
  }

  @Test
  void thereAreAsManyMetersAsEnginesNeedWhateverTheUnitsAre() {
    start("writer", config -> {});
    start("ledger", config -> {});
    for (int i = 0; i < 50; i++) {
      String label = "unit " + i;
      DbSessionsContainer db = new DbSessionsContainer(engines, () -> label);
      query(db.writer());
      db.commitAndClose();
    }

    assertThat(meters.getMeters()).hasSize(2 * METERS);
    assertThat(meters.getMeters())
        .allSatisfy(
            meter ->
                assertThat(meter.getId().getTags())
                    .extracting(Tag::getKey)
                    .containsExactly("engine"))
        .allSatisfy(meter -> assertThat(meter.getId().getDescription()).isNotBlank());
  }

  @Test
  void metersOfAnEngineThatIsStoppedAreRemoved() {
    start("writer", config -> {});
    start("ledger", config -> {});
    engines.remove("ledger");

    assertThat(meters.getMeters()).hasSize(METERS);
    start("ledger", config -> {});
    Units.useUnit(engines, db -> query(db.session("ledger")));
    assertThat(meters.getMeters()).hasSize(2 * METERS);
    assertThat(counted("commits", "ledger")).isEqualTo(1);
  }

  @Test
  void unitThatEndsAfterItsEngineBringsNoMetersBack() {
    start("writer", config -> {});
    start("ledger", config -> {});
    DbSessionsContainer late = Units.openUnit(engines);
    query(late.writer());
    query(late.session("ledger"));
    engines.remove("ledger");
    try {
      late.close();
    } catch (RuntimeException e) {
      // its connection is gone: what matters here is what is counted
    }

    assertThat(counted("rollbacks", "writer")).isEqualTo(1);
    assertThat(meters.getMeters())
        .hasSize(METERS)
        .allSatisfy(meter -> assertThat(meter.getId().getTag("engine")).isEqualTo("writer"));
  }

  @Test
  void commitOfOneEngineThatFailsIsARollbackOfThatOneOnly() {
    start("writer", config -> {});
    startFailing("ledger");
    Units.useUnit(
        engines,
        db -> {
          query(db.writer());
          query(db.session("ledger"));
          commits.failWith(new SQLException("provoked", "40001"));
          assertThatThrownBy(() -> db.on("ledger").commit()).isNotNull();
          commits.failWith(null);
        });

    assertThat(counted("rollbacks", "ledger")).isEqualTo(1);
    assertThat(counted("rollbacks", "writer")).isZero();
    assertThat(counted("commits", "writer")).isEqualTo(1);
  }

  @Test
  void engineThatRunsAlreadyHasItsPoolAndItsUnitsMeasured() {
    try (EngineRegistry older = EngineRegistry.create(Observer.NONE)) {
      SimpleMeterRegistry late = new SimpleMeterRegistry();
      DatabaseHandle database = DatabaseKind.H2.fresh();
      older.initializeEngine(
          "writer",
          config ->
              config
                  .url(database.jdbcUrl())
                  .username(database.username())
                  .password(database.password())
                  .entities());

      SqlAssistMetrics.measure(older, late);
      Units.useUnit(older, db -> query(db.writer()));

      assertThat(late.get("sqlassist.commits").counter().count()).isEqualTo(1);
      assertThat(late.get("sqlassist.connections.max").gauge().value()).isEqualTo(10);
    }
  }

  @Test
  void poolThatDoesNotTellHasNoFigures() {
    engines.initializeEngine(
        "writer", DatabaseKind.H2.fresh().dataSource(), EngineConfig::entities);

    assertThat(figure("active", "writer")).isNaN();
    assertThat(figure("max", "writer")).isNaN();
  }
}
