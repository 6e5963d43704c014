package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.engine.BeforeSessionException;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineBusyException;
import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineMovedException;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.EngineSwitchException;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.Faults;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.Held;
import io.sqlassist.fixture.NewThreads;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.RecordingObserver;
import io.sqlassist.fixture.SharedPolicy;
import io.sqlassist.transaction.TransactionPolicy;
import io.sqlassist.transaction.UnitTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An engine that moves to another data source while units of work are under way. */
class SwitchTest {

  private static final Duration LONG = Duration.ofMinutes(2);

  private final Faults faults = new Faults();
  private final List<String> instrumented = new CopyOnWriteArrayList<>();
  private final List<String> changes = new CopyOnWriteArrayList<>();
  private final RecordingObserver observer =
      new RecordingObserver() {
        @Override
        public DataSource instrument(String engine, DataSource dataSource) {
          String pool = ((HikariDataSource) dataSource).getPoolName();
          instrumented.add(pool);
          return pool.equals("first") ? faults.wrap(dataSource) : dataSource;
        }

        @Override
        public void engineChanged(String engine, String change) {
          changes.add(engine + " " + change);
        }
      };
  private final NewThreads newThreads = new NewThreads();
  private final EngineRegistry registry = EngineRegistry.create(observer);
  private final List<HikariDataSource> pools = new ArrayList<>();
  private final HikariDataSource first = pool("first");
  private final HikariDataSource second = pool("second");

  @AfterEach
  void close() {
    registry.close();
    for (HikariDataSource pool : pools) {
      if (!pool.isClosed()) {
        assertThat(pool.getHikariPoolMXBean().getActiveConnections())
            .as(pool.getPoolName())
            .isZero();
        pool.close();
      }
    }
    newThreads.awaitNone("sqlassist-drain-");
  }

  /** A pool over a database that knows its own name. */
  private HikariDataSource pool(String name) {
    HikariConfig settings = new HikariConfig();
    settings.setPoolName(name);
    settings.setJdbcUrl(H2.url());
    settings.setUsername("sa");
    settings.setMaximumPoolSize(4);
    settings.setMinimumIdle(0);
    settings.setAutoCommit(false);
    HikariDataSource pool = new HikariDataSource(settings);
    pools.add(pool);
    name(pool, name);
    return pool;
  }

  private static void name(DataSource dataSource, String name) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table host (name varchar(20))");
      statement.execute("insert into host values ('" + name + "')");
      statement.execute(
          "create table Novel (id bigint primary key, isbn varchar(255) unique, stock int)");
      statement.execute("create sequence novel_seq increment by 50");
      if (!connection.getAutoCommit()) {
        connection.commit();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Engine writer(Consumer<? super EngineConfig> settings) {
    return registry.initializeEngine(
        "writer",
        first,
        config -> {
          config.entities(Novel.class);
          settings.accept(config);
        });
  }

  private Engine writer() {
    return writer(config -> {});
  }

  private static String host(Session session) {
    return session.createNativeQuery("select name from host", String.class).getSingleResult();
  }

  private static String host(StatelessSession session) {
    return session.createNativeQuery("select name from host", String.class).getSingleResult();
  }

  private String hostOfNewUnit() {
    return Units.<String, RuntimeException>inUnit(registry, db -> host(db.writer()));
  }

  // who is where

  @Test
  void newUnitsUseTheReplacementAtOnce() {
    Engine writer = writer();
    assertThat(hostOfNewUnit()).isEqualTo("first");

    writer.switchTo(second, LONG);

    assertThat(hostOfNewUnit()).isEqualTo("second");
    assertThat(writer.dataSource()).isSameAs(second);
    assertThat(changes)
        .singleElement()
        .asString()
        .startsWith("writer has moved to another data source")
        .contains("120000 ms");
  }

  @Test
  void unitThatHasBegunStaysWhereItIsOverCommitsAndFurtherConnections() {
    Engine writer = writer();
    Units.useUnit(
        registry,
        db -> {
          assertThat(host(db.writer())).isEqualTo("first");
          writer.switchTo(second, LONG);

          assertThat(host(db.writer())).isEqualTo("first");
          db.commit(); // gives the connection back
          assertThat(host(db.writer())).isEqualTo("first");
          db.rollback();
          db.writer().persist(new Novel("1"));
        });

    assertThat(novels(first)).isEqualTo(1);
    assertThat(novels(second)).isZero();
    assertThat(hostOfNewUnit()).isEqualTo("second");
  }

  private static int novels(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("select count(*) from Novel")) {
      row.next();
      return row.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void sessionThatWasOpenedAndHasNoConnectionYetIsBoundAlready() {
    Engine writer = writer();
    Units.useUnit(
        registry,
        db -> {
          Session session = db.writer();
          writer.switchTo(second, LONG);
          assertThat(host(session)).isEqualTo("first");
        });
  }

  @Test
  void scopeThatHasNoSessionYetIsNotBound() {
    Engine writer = writer();
    Units.useUnit(
        registry,
        db -> {
          EngineScope scope = db.on("writer");
          writer.switchTo(second, LONG);
          assertThat(host(scope.session())).isEqualTo("second");
        });
  }

  @Test
  void furtherSessionsOfTheUnitStayOnItsHostAlsoWhenNoneIsOpenInBetween() throws Exception {
    Engine writer = writer();
    Units.<Exception>useUnit(
        registry,
        db -> {
          assertThat(host(db.writer())).isEqualTo("first");
          db.on("writer").close();
          writer.switchTo(second, LONG);
          assertThat(writer.awaitDrained(Duration.ofMillis(100))).isFalse();

          assertThat(host(db.writer())).isEqualTo("first");
          assertThat(host(db.on("writer").statelessSession())).isEqualTo("first");
          String nested = db.on("writer").savepoint(SwitchTest::host);
          assertThat(nested).isEqualTo("first");
        });
    assertThat(writer.awaitDrained(LONG)).isTrue();
  }

  @Test
  void readerThatGivesItsConnectionBackAfterEachStatementStays() {
    HikariConfig settings = new HikariConfig();
    settings.setJdbcUrl(H2.url());
    settings.setPoolName("replica");
    settings.setReadOnly(true);
    HikariDataSource replica = new HikariDataSource(settings);
    pools.add(replica);
    name(replica, "replica");
    Engine reader =
        registry.initializeEngine("reader", first, config -> config.entities().readOnly());

    Units.useUnit(
        registry,
        db -> {
          assertThat(host(db.reader())).isEqualTo("first");
          reader.switchTo(replica, LONG);
          for (int i = 0; i < 5; i++) {
            assertThat(host(db.reader())).isEqualTo("first");
          }
        });
    String after = Units.<String, RuntimeException>inUnit(registry, db -> host(db.reader()));

    assertThat(after).isEqualTo("replica");
  }

  @Test
  void unitThatGoesOnOnAnotherThreadStays() throws Exception {
    Engine writer = writer();
    DbSessionsContainer db = Units.openUnit(registry);
    host(db.writer());
    Units.leave(db);
    writer.switchTo(second, LONG);
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<String> there =
          other.submit(
              () -> {
                db.commit();
                return host(db.writer()); // current nowhere
              });
      assertThat(there.get(60, TimeUnit.SECONDS)).isEqualTo("first");
    } finally {
      other.shutdownNow();
      db.close();
    }
  }

  @Test
  void innerUnitBeginsOnTheReplacementAndTheOuterOneStays() {
    Engine writer = writer();
    Units.useUnit(
        registry,
        outer -> {
          host(outer.writer());
          outer.commit();
          writer.switchTo(second, LONG);
          String inner = Units.<String, RuntimeException>inUnit(registry, db -> host(db.writer()));

          assertThat(inner).isEqualTo("second");
          assertThat(host(outer.writer())).isEqualTo("first");
        });
  }

  @Test
  void sessionsWithoutAUnitStayUntilTheyAreClosed() throws Exception {
    Engine writer = writer();
    try (Session session = writer.openSession();
        StatelessSession stateless = writer.openStatelessSession();
        Session unbound = writer.sessionFactory().openSession()) {
      writer.switchTo(second, LONG);

      assertThat(host(session)).isEqualTo("first");
      assertThat(host(stateless)).isEqualTo("first");
      assertThat(host(unbound)).isEqualTo("second");
      assertThat(writer.awaitDrained(Duration.ofMillis(50))).isFalse();
    }

    assertThat(writer.awaitDrained(LONG)).isTrue();
    try (Session session = writer.openSession()) {
      assertThat(host(session)).isEqualTo("second");
    }
  }

  @Test
  void factoryItsStatisticsAndTheInstrumentsSurvive() {
    Engine writer = writer(config -> config.property("hibernate.generate_statistics", true));
    SessionFactory factory = writer.sessionFactory();
    hostOfNewUnit();

    writer.switchTo(second, LONG);
    hostOfNewUnit();

    assertThat(writer.sessionFactory()).isSameAs(factory);
    assertThat(factory.getStatistics().getSessionOpenCount()).isEqualTo(2);
    assertThat(instrumented).containsExactly("first", "second");
  }

  @Test
  void gateStandsBeforeTheReplacementToo() {
    Engine writer =
        writer(config -> config.maxConnections(1).acquireTimeout(Duration.ofMillis(300)));
    writer.switchTo(second, LONG);

    Units.useUnit(
        registry,
        outer -> {
          host(outer.writer());
          assertThatThrownBy(this::hostOfNewUnit)
              .isInstanceOf(EngineBusyException.class)
              .hasMessageContaining("max=1, active=1");
        });
    assertThat(writer.pool().orElseThrow().max()).isEqualTo(1);
    assertThat(first.getHikariPoolMXBean().getActiveConnections()).isZero();
  }

  @Test
  void twoConnectionsAtOnceAreNoticedOnTheReplacementToo() {
    Engine writer = writer();
    writer.switchTo(second, LONG);

    Units.useUnit(
        registry,
        outer -> {
          host(outer.writer());
          hostOfNewUnit();
        });

    assertThat(observer.warnings())
        .filteredOn(warning -> warning.contains("needs a second one of the same pool"))
        .hasSize(1);
  }

  // refusals

  @Test
  void sameDataSourceChangesNothing() throws Exception {
    Engine writer = writer();

    writer.switchTo(first, Duration.ZERO);

    assertThat(changes).isEmpty();
    assertThat(instrumented).containsExactly("first");
    assertThat(writer.awaitDrained(Duration.ZERO)).isTrue();
  }

  @Test
  void replacementThatCannotBeReachedLeavesTheOldInService() {
    Engine writer = writer();
    HikariConfig settings = new HikariConfig();
    settings.setJdbcUrl("jdbc:h2:mem:nowhere;IFEXISTS=TRUE;PASSWORD=hidden");
    settings.setInitializationFailTimeout(-1);
    settings.setConnectionTimeout(250);
    settings.setAutoCommit(false);
    try (HikariDataSource nowhere = new HikariDataSource(settings)) {
      assertThatThrownBy(() -> writer.switchTo(nowhere, LONG))
          .isInstanceOf(EngineSwitchException.class)
          .hasMessageContaining("'writer' stays on the data source that it has")
          .hasMessageContaining("the replacement could not be reached")
          .hasMessageNotContaining("hidden");
    }

    assertThat(writer.dataSource()).isSameAs(first);
    assertThat(hostOfNewUnit()).isEqualTo("first");
  }

  @Test
  void poolThatContradictsTheEngineIsRefused() {
    Engine writer = writer(config -> config.maxConnections(4));
    HikariConfig settings = new HikariConfig();
    settings.setJdbcUrl(H2.url());
    settings.setMaximumPoolSize(2);
    settings.setAutoCommit(false);
    try (HikariDataSource small = new HikariDataSource(settings)) {
      assertThatThrownBy(() -> writer.switchTo(small, LONG))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("maxConnections(4)");
    }
    assertThat(hostOfNewUnit()).isEqualTo("first");
  }

  @Test
  void negativeDrainIsRefused() {
    Engine writer = writer();

    assertThatThrownBy(() -> writer.switchTo(second, Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("drain must be zero or longer");
  }

  @Test
  void engineOfACoordinatorStays() {
    TransactionPolicy coordinated =
        new TransactionPolicy() {
          private final SharedPolicy policy = new SharedPolicy();

          @Override
          public UnitTransaction begin() {
            return policy.begin();
          }

          @Override
          public boolean isCoordinated() {
            return true;
          }
        };
    Engine writer = writer(config -> config.policy(coordinated));

    assertThatThrownBy(() -> writer.switchTo(second, LONG))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("coordinator (JTA)")
        .hasMessageContaining("Remove the engine");
    assertThatThrownBy(() -> registry.replace("writer", second, EngineConfig::entities, LONG))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(hostOfNewUnit()).isEqualTo("first");
  }

  @Test
  void closedEngineDoesNotMove() {
    Engine writer = writer();
    registry.remove("writer");

    assertThatThrownBy(() -> writer.switchTo(second, LONG))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'writer' is closed");
  }

  // the end of the former one

  @Test
  void poolThatSqlAssistMadeIsClosedWhenNobodyUsesItAnyMoreAndNotBefore() throws Exception {
    HikariDataSource[] made = new HikariDataSource[1];
    Engine writer =
        registry.initializeEngine(
            "writer", config -> config.entities().url(first.getJdbcUrl()).username("sa"));
    made[0] = (HikariDataSource) writer.dataSource();

    Units.<Exception>useUnit(
        registry,
        db -> {
          assertThat(host(db.writer())).isEqualTo("first");
          writer.switchTo(second, LONG);
          db.commit();
          assertThat(writer.awaitDrained(Duration.ofMillis(50))).isFalse();
          assertThat(made[0].isClosed()).isFalse();
          assertThat(host(db.writer())).isEqualTo("first");
        });

    assertThat(writer.awaitDrained(LONG)).isTrue();
    assertThat(made[0].isClosed()).isTrue();
    writer.switchTo(first, LONG);
    assertThat(writer.awaitDrained(LONG)).isTrue();
    assertThat(second.isClosed()).isFalse(); // it was handed in
  }

  @Test
  void engineMayMoveBackBeforeTheFirstMoveIsOver() throws Exception {
    Engine writer =
        registry.initializeEngine(
            "writer", config -> config.entities().url(first.getJdbcUrl()).username("sa"));
    HikariDataSource made = (HikariDataSource) writer.dataSource();

    Units.useUnit(
        registry,
        db -> {
          host(db.writer());
          writer.switchTo(second, LONG);
          writer.switchTo(made, LONG);
          assertThat(host(db.writer())).isEqualTo("first");
        });

    assertThat(writer.awaitDrained(LONG)).isTrue();
    assertThat(made.isClosed()).isFalse();
    assertThat(hostOfNewUnit()).isEqualTo("first");
    registry.remove("writer");
    assertThat(made.isClosed()).isTrue();
  }

  @Test
  void workThatIsNotFinishedAfterTheDrainIsCutOffWithAClearError() throws Exception {
    Engine writer = writer();
    DbSessionsContainer db = Units.openUnit(registry);
    db.writer().persist(new Novel("1"));
    db.writer().flush();

    writer.switchTo(second, Duration.ofMillis(20));
    Eventually.until("the unit is cut off", () -> db.cutOff().isPresent());

    assertThatThrownBy(() -> host(db.writer()))
        .isInstanceOf(EngineMovedException.class)
        .hasMessageContaining("Engine 'writer' has moved to another data source, at 20")
        .hasMessageContaining("the 20 ms for what began before are over")
        .hasMessageContaining("is rolled back: do it again");
    assertThatThrownBy(db::commit).isInstanceOf(EngineMovedException.class);
    db.close();
    assertThat(writer.awaitDrained(LONG)).isTrue();
    assertThat(novels(first)).isZero();
    assertThat(observer.warnings())
        .filteredOn(warning -> warning.contains("was not finished within 20 ms"))
        .hasSize(1);
  }

  @Test
  void unitWithoutAConnectionIsRefusedAtItsNextStatementOnly() throws Exception {
    Engine writer = writer();
    registry.initializeEngine("ledger", second, EngineConfig::entities);
    DbSessionsContainer db = Units.openUnit(registry);
    try {
      host(db.writer());
      db.commit();

      writer.switchTo(second, Duration.ZERO);
      assertThat(writer.awaitDrained(LONG)).isTrue();

      assertThat(host(db.session("ledger"))).isEqualTo("second"); // goes on
      assertThatThrownBy(() -> host(db.writer())).isInstanceOf(EngineMovedException.class);
    } finally {
      db.close();
    }
    assertThat(hostOfNewUnit()).isEqualTo("second");
  }

  @Test
  void commitThatIsOnTheWayIsNotCutOff() throws Exception {
    Engine writer = writer();
    Held commit = Held.in(faults, "commit");
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<?> unit =
          threads.submit(() -> Units.useUnit(registry, db -> db.writer().persist(new Novel("1"))));
      commit.awaitArrival();

      writer.switchTo(second, Duration.ZERO);
      assertThat(writer.awaitDrained(Duration.ofMillis(300))).isFalse(); // it is given some time
      commit.release();

      unit.get(60, TimeUnit.SECONDS);
    } finally {
      threads.shutdownNow();
    }
    assertThat(writer.awaitDrained(LONG)).isTrue();
    assertThat(novels(first)).isEqualTo(1);
  }

  @Test
  void threadThatWaitsForAConnectionOfTheFormerOneGetsItWithinTheDrain() throws Exception {
    Engine writer = writer(config -> config.maxConnections(1).acquireTimeout(LONG));
    DbSessionsContainer holder = Units.openUnit(registry);
    host(holder.writer());
    Units.leave(holder);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<String> waits = threads.submit(this::hostOfNewUnit);
      awaitWaiting(writer);

      writer.switchTo(second, LONG);
      holder.close();

      assertThat(waits.get(60, TimeUnit.SECONDS)).isEqualTo("first"); // it had begun there
    } finally {
      threads.shutdownNow();
    }
  }

  private static void awaitWaiting(Engine engine) {
    Eventually.until(
        "it waits", () -> engine.pool().filter(figures -> figures.waiting() == 1).isPresent());
  }

  @Test
  void threadThatWaitsForAConnectionOfTheFormerOneIsCalledOffAfterTheDrain() {
    Engine writer = writer(config -> config.maxConnections(1).acquireTimeout(LONG));
    DbSessionsContainer holder = Units.openUnit(registry);
    host(holder.writer());
    Units.leave(holder);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<String> waits = threads.submit(this::hostOfNewUnit);
      awaitWaiting(writer);

      writer.switchTo(second, Duration.ZERO);

      assertThatThrownBy(() -> waits.get(60, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(EngineMovedException.class);
    } finally {
      threads.shutdownNow();
      holder.close();
    }
  }

  // before each session

  @Test
  void hookRunsOncePerSessionAndNotPerAccess() {
    AtomicInteger calls = new AtomicInteger();
    Engine writer = writer(config -> config.beforeSession(engine -> calls.incrementAndGet()));

    Units.useUnit(
        registry,
        db -> {
          db.writer();
          host(db.writer());
          db.commit();
          host(db.session("writer"));
        });
    assertThat(calls).hasValue(1);
    hostOfNewUnit();
    assertThat(calls).hasValue(2);
    writer.openSession().close();
    writer.openStatelessSession().close();
    assertThat(calls).hasValue(4);
  }

  @Test
  void hookMayMoveTheEngineAndTheSessionIsOpenedThere() {
    AtomicReference<DataSource> primary = new AtomicReference<>(first);
    writer(config -> config.beforeSession(engine -> engine.switchTo(primary.get(), LONG)));
    assertThat(hostOfNewUnit()).isEqualTo("first");

    primary.set(second);

    assertThat(hostOfNewUnit()).isEqualTo("second");
    assertThat(hostOfNewUnit()).isEqualTo("second");
    assertThat(changes).hasSize(1);
  }

  @Test
  void failureOfTheHookNamesTheEngineAndOpensNothing() {
    AtomicBoolean failing = new AtomicBoolean(true);
    writer(
        config ->
            config.beforeSession(
                engine -> {
                  if (failing.get()) {
                    throw new IllegalStateException("no primary, password=hidden");
                  }
                }));

    Units.useUnit(
        registry,
        db -> {
          assertThatThrownBy(db::writer)
              .isInstanceOf(BeforeSessionException.class)
              .hasMessageContaining("Engine 'writer': no session was opened")
              .hasMessageContaining("no primary")
              .hasMessageNotContaining("hidden");
          assertThat(db.statuses()).containsEntry("writer", EngineStatus.INIT);
          failing.set(false);
          assertThat(host(db.writer())).isEqualTo("first");
        });
  }

  @Test
  void sessionThatTheHookOpensDoesNotRunItAgain() {
    List<String> asked = new ArrayList<>();
    writer(
        config ->
            config.beforeSession(
                engine -> {
                  try (Session session = engine.openSession()) {
                    asked.add(host(session));
                  }
                }));

    hostOfNewUnit();

    assertThat(asked).containsExactly("first");
  }
}
