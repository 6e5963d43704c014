package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineBusyException;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.PoolFigures;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.Faults;
import io.sqlassist.fixture.Held;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An engine whose connections are all in use, and what those get who want one more. */
class BusyEngineTest {

  private static final Duration SHORT = Duration.ofMillis(30);
  private static final Duration LONG = Duration.ofMinutes(1);

  private final TestEngines engines = TestEngines.none();
  private final ExecutorService others = Executors.newCachedThreadPool();
  private final List<DbSessionsContainer> open = new ArrayList<>();

  @AfterEach
  void everyConnectionIsBack() throws InterruptedException {
    open.forEach(DbSessionsContainer::close);
    others.shutdownNow();
    assertThat(others.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    engines.assertConnectionsAreBackAndClean();
    engines.close();
  }

  private TestEngines add(String name, int poolSize, Duration acquireTimeout) {
    return engines.add(
        name,
        DatabaseKind.H2.fresh(),
        EngineKind.READ_WRITE,
        poolSize,
        engine -> engine.acquireTimeout(acquireTimeout));
  }

  private DbSessionsContainer unit() {
    DbSessionsContainer unit = engines.unit();
    open.add(unit);
    return unit;
  }

  /** Lets a new unit of work hold a connection. */
  private DbSessionsContainer hold(String engine) {
    DbSessionsContainer unit = unit();
    query(unit.session(engine));
    return unit;
  }

  private static Object query(Session session) {
    return session.createNativeQuery("select 1", Integer.class).getSingleResult();
  }

  private <T> Future<T> elsewhere(String name, Callable<T> work) {
    return others.submit(
        () -> {
          Thread.currentThread().setName(name);
          return work.call();
        });
  }

  private void awaitWaiting(String engine, int threads) {
    Eventually.until(
        threads + " threads wait for " + engine, () -> figures(engine).waiting() == threads);
  }

  private PoolFigures figures(String engine) {
    return engines.registry().engine(engine).pool().orElseThrow();
  }

  private void assertAllPlacesAreFree(String engine, int poolSize) {
    List<DbSessionsContainer> all = new ArrayList<>();
    for (int i = 0; i < poolSize; i++) {
      all.add(hold(engine));
    }
    DbSessionsContainer oneMore = unit();
    assertThatThrownBy(() -> query(oneMore.session(engine)))
        .isInstanceOf(EngineBusyException.class);
    oneMore.close();
    all.forEach(DbSessionsContainer::close);
  }

  // what the caller gets

  @Test
  void exceptionNamesTheEngineTheWaitThePoolAndTheHolder() throws Exception {
    add("writer", 1, SHORT);
    DbSessionsContainer holder = elsewhere("holder-7", () -> hold("writer")).get();

    Throwable failure = catchThrowable(() -> query(unit().writer()));

    assertThat(failure)
        .isInstanceOf(EngineBusyException.class)
        .hasMessageContaining("'writer' is busy")
        .hasMessageContaining("max=1, active=1, idle=0, waiting=0")
        .hasMessageContaining("Held by 'holder-7'.")
        .hasMessageContaining("acquireTimeout(...)")
        .hasMessageNotContaining("waits for itself")
        .hasMessageNotContaining("is the database up");
    EngineBusyException busy = (EngineBusyException) failure;
    assertThat(busy.engine()).isEqualTo("writer");
    assertThat(busy.waited()).isBetween(SHORT, LONG);
    assertThat(busy.retryAfter()).isEqualTo(Duration.ofSeconds(1));
    assertThat(busy.pool()).contains(new PoolFigures(1, 1, 0, 0));
    holder.close();
  }

  @Test
  void retryAfterIsTheWaitBetweenOneAndThirtySeconds() {
    assertThat(retryAfter(Duration.ofMillis(10))).isEqualTo(Duration.ofSeconds(1));
    assertThat(retryAfter(Duration.ofSeconds(7))).isEqualTo(Duration.ofSeconds(7));
    assertThat(retryAfter(Duration.ofMinutes(7))).isEqualTo(Duration.ofSeconds(30));
  }

  private static Duration retryAfter(Duration waited) {
    return new EngineBusyException("writer", waited, null, "", null).retryAfter();
  }

  @Test
  void threadThatWaitsForItsOwnConnectionIsToldSo() {
    add("writer", 1, SHORT);
    hold("writer");

    assertThatThrownBy(() -> query(unit().writer()))
        .isInstanceOf(EngineBusyException.class)
        .hasMessageContaining("This thread waits for itself");
  }

  static Stream<Named<Consumer<DbSessionsContainer>>> waysToNeedAConnection() {
    return Stream.of(
        Named.of("query", db -> query(db.writer())),
        Named.of("find", db -> db.writer().find(Novel.class, 1L)),
        Named.of("persist", db -> db.writer().persist(new Novel("a"))),
        Named.of("lock", db -> db.writer().createSelectionQuery("from Novel", Novel.class).list()),
        Named.of("doWork", db -> db.writer().doWork(Connection::isReadOnly)),
        Named.of("stateless", db -> db.on("writer").statelessSession().get(Novel.class, 1L)),
        Named.of("atomic", db -> db.on("writer").<Object, RuntimeException>atomic(s -> query(s))),
        Named.of(
            "savepoint", db -> db.on("writer").<Object, RuntimeException>savepoint(s -> query(s))),
        Named.of(
            "isolation",
            db ->
                db.on("writer")
                    .isolation(Isolation.SERIALIZABLE)
                    .<Object, RuntimeException>atomic(s -> query(s))));
  }

  @ParameterizedTest
  @MethodSource("waysToNeedAConnection")
  void exceptionReachesTheApplicationAsItIs(Consumer<DbSessionsContainer> way) {
    add("writer", 1, SHORT);
    hold("writer");

    assertThatThrownBy(() -> way.accept(unit())).isInstanceOf(EngineBusyException.class);
  }

  @Test
  void flushAndCommitThrowItAsItIs() {
    add("writer", 2, SHORT);
    DbSessionsContainer flushing = unit();
    DbSessionsContainer committing = unit();
    for (DbSessionsContainer each : List.of(flushing, committing)) {
      Novel novel = new Novel(each == flushing ? "a" : "b");
      each.writer().persist(novel);
      each.commit();
      novel.setStock(1); // the connection is needed when that is flushed
    }
    hold("writer");
    hold("writer");

    assertThatThrownBy(() -> flushing.writer().flush()).isInstanceOf(EngineBusyException.class);
    assertThatThrownBy(committing::commit).isInstanceOf(EngineBusyException.class);
  }

  @Test
  void atTheEndOfAUnitItIsWhatTheCallerGets() {
    add("writer", 1, SHORT);
    hold("writer");

    assertThatThrownBy(() -> Units.useUnit(engines.registry(), db -> query(db.writer())))
        .isInstanceOf(EngineBusyException.class)
        .hasNoSuppressedExceptions();
  }

  // who is affected

  @Test
  void otherEnginesAreNotAffectedAndThePoolIsUsableAfterwards() {
    add("writer", 1, SHORT);
    add("ledger", 1, SHORT);
    DbSessionsContainer holder = hold("writer");
    DbSessionsContainer unit = unit();

    assertThatThrownBy(() -> query(unit.writer())).isInstanceOf(EngineBusyException.class);
    assertThat(query(unit.session("ledger"))).isEqualTo(1);
    holder.close();
    unit.close();

    assertAllPlacesAreFree("writer", 1);
    assertAllPlacesAreFree("ledger", 1);
  }

  @Test
  void enginesOnOneDataSourceShareItsPlaces() {
    add("writer", 1, SHORT);
    engines.add(
        "second",
        engines.pool("writer"),
        EngineKind.READ_WRITE,
        engine -> engine.entities().acquireTimeout(SHORT));
    DbSessionsContainer holder = hold("writer");

    assertThatThrownBy(() -> query(unit().session("second")))
        .isInstanceOf(EngineBusyException.class)
        .hasMessageContaining("'second' is busy");
    holder.close();
    assertThat(query(unit().session("second"))).isEqualTo(1);
  }

  @Test
  void twoUnitsThatWantEachOthersConnectionsDoNotHang() throws Exception {
    add("writer", 1, SHORT);
    add("ledger", 1, LONG);
    CyclicBarrier bothHoldOne = new CyclicBarrier(2);

    Future<Throwable> first = elsewhere("first", () -> both("writer", "ledger", bothHoldOne));
    Future<Throwable> second = elsewhere("second", () -> both("ledger", "writer", bothHoldOne));

    assertThat(second.get(60, TimeUnit.SECONDS))
        .isInstanceOf(EngineBusyException.class)
        .hasMessageContaining("'writer' is busy")
        .hasMessageContaining("Held by 'first'");
    assertThat(first.get(60, TimeUnit.SECONDS)).as("it got what the other one gave up").isNull();
  }

  private Throwable both(String one, String other, CyclicBarrier bothHoldOne) {
    return catchThrowable(
        () ->
            Units.useUnit(
                engines.registry(),
                db -> {
                  query(db.session(one));
                  bothHoldOne.await(60, TimeUnit.SECONDS);
                  query(db.session(other));
                }));
  }

  @Test
  void whoCameFirstIsServedFirst() throws Exception {
    add("writer", 1, LONG);
    DbSessionsContainer holder = hold("writer");
    List<Integer> served = new CopyOnWriteArrayList<>();
    List<Future<Void>> waiting = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      int number = i;
      waiting.add(
          elsewhere(
              "waiting-" + i,
              () -> {
                Units.useUnit(
                    engines.registry(),
                    db -> {
                      query(db.writer());
                      served.add(number);
                    });
                return null;
              }));
      awaitWaiting("writer", i);
    }

    holder.close();
    for (Future<Void> each : waiting) {
      each.get(60, TimeUnit.SECONDS);
    }

    assertThat(served).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void poolThatGrowsOrShrinksIsFollowed() {
    add("writer", 1, SHORT);
    hold("writer");
    assertThatThrownBy(() -> query(unit().writer())).isInstanceOf(EngineBusyException.class);

    engines.pool("writer").getHikariConfigMXBean().setMaximumPoolSize(2);
    DbSessionsContainer second = hold("writer");
    second.close();
    engines.pool("writer").getHikariConfigMXBean().setMaximumPoolSize(1);

    assertThatThrownBy(() -> query(unit().writer())).isInstanceOf(EngineBusyException.class);
  }

  // what ends the waiting

  @Test
  void interruptionEndsTheWaitingAndIsKept() throws Exception {
    add("writer", 1, LONG);
    hold("writer");
    Thread[] waiting = new Thread[1];
    CountDownLatch started = new CountDownLatch(1);
    Future<Throwable> failure =
        others.submit(
            () -> {
              waiting[0] = Thread.currentThread();
              started.countDown();
              Throwable thrown = catchThrowable(() -> query(unit().writer()));
              return Thread.interrupted() ? thrown : new AssertionError("flag is lost", thrown);
            });
    started.await();
    awaitWaiting("writer", 1);

    waiting[0].interrupt();

    assertThat(failure.get(60, TimeUnit.SECONDS))
        .hasMessageContaining("Engine 'writer': the thread was interrupted");
  }

  @Test
  void timeLimitEndsTheWaiting() throws Exception {
    add("writer", 1, LONG);
    hold("writer");
    DbSessionsContainer unit = unit();

    Future<Throwable> failure =
        elsewhere(
            "waiting",
            () ->
                catchThrowable(
                    () ->
                        unit.on("writer")
                            .timeout(SHORT)
                            .<Object, RuntimeException>atomic(BusyEngineTest::query)));

    assertThat(failure.get(60, TimeUnit.SECONDS)).isInstanceOf(UnitTimeoutException.class);
    assertThat(figures("writer").waiting()).isZero();
  }

  @Test
  void endOfTheUnitEndsTheWaiting() throws Exception {
    add("writer", 1, LONG);
    hold("writer");
    DbSessionsContainer unit = unit();
    Future<Throwable> failure =
        elsewhere("waiting", () -> catchThrowable(() -> query(unit.writer())));
    awaitWaiting("writer", 1);

    unit.close();

    assertThat(failure.get(60, TimeUnit.SECONDS)).isInstanceOf(UnitEndedException.class);
    assertThat(figures("writer").waiting()).isZero();
  }

  // what the pool says

  @Test
  void poolEmptiedByOthersIsBusyToo() throws SQLException {
    HikariDataSource pool = pool(DatabaseKind.H2.fresh(), 1);
    try (pool) {
      engines.add("writer", pool, EngineKind.READ_WRITE, engine -> engine.entities());
      try (Connection other = pool.getConnection()) {
        assertThat(other.isClosed()).isFalse();
        assertThatThrownBy(() -> query(unit().writer()))
            .isInstanceOf(EngineBusyException.class)
            .hasMessageContaining("'writer' is busy")
            .hasCauseInstanceOf(SQLTransientConnectionException.class);
      }
      assertThat(query(unit().writer())).isEqualTo(1);
      open.forEach(DbSessionsContainer::close);
    }
  }

  @Test
  void databaseThatIsDownIsNotBusy() {
    Faults database = new Faults();
    HikariConfig settings = new HikariConfig();
    settings.setDataSource(database.wrap(DatabaseKind.H2.fresh().dataSource()));
    settings.setMaximumPoolSize(2);
    settings.setConnectionTimeout(250);
    settings.setAutoCommit(false);
    try (HikariDataSource pool = new HikariDataSource(settings)) {
      engines.add("writer", pool, EngineKind.READ_WRITE, engine -> engine.entities());
      database.fail("getConnection").fail("isValid");
      int before = database.calls("getConnection");
      pool.getHikariPoolMXBean().softEvictConnections();
      Eventually.until( // and after the second time it says so
          "the pool has failed to connect", () -> database.calls("getConnection") >= before + 2);

      assertThatThrownBy(() -> query(unit().writer()))
          .isNotInstanceOf(EngineBusyException.class)
          .hasMessageContaining("Engine 'writer'")
          .hasRootCauseMessage("provoked failure of getConnection");

      database.clear();
      pool.setConnectionTimeout(LONG.toMillis()); // it tries again after a while
      assertThat(query(unit().writer())).isEqualTo(1);
      open.forEach(DbSessionsContainer::close);
    }
  }

  @Test
  void whoWaitsForThoseThatTheDatabaseKeepsWaitingIsToldToLookAtIt() throws Exception {
    Faults database = new Faults();
    HikariConfig settings = new HikariConfig();
    settings.setDataSource(database.wrap(DatabaseKind.H2.fresh().dataSource()));
    settings.setMaximumPoolSize(1);
    settings.setAutoCommit(false);
    try (HikariDataSource pool = new HikariDataSource(settings)) {
      engines.add(
          "writer", pool, EngineKind.READ_WRITE, engine -> engine.entities().acquireTimeout(SHORT));
      Held connecting = Held.in(database, "getConnection");
      pool.getHikariPoolMXBean().softEvictConnections();
      Future<DbSessionsContainer> first = elsewhere("first", () -> hold("writer"));
      connecting.awaitArrival();
      awaitWaiting("writer", 1); // in the pool

      assertThatThrownBy(() -> query(unit().writer()))
          .isInstanceOf(EngineBusyException.class)
          .hasMessageContaining("is the database up?");

      connecting.release();
      first.get(60, TimeUnit.SECONDS).close();
      open.forEach(DbSessionsContainer::close);
    }
  }

  private static HikariDataSource pool(DatabaseHandle database, int size) {
    HikariConfig settings = new HikariConfig();
    settings.setJdbcUrl(database.jdbcUrl());
    settings.setUsername(database.username());
    settings.setPassword(database.password());
    settings.setMaximumPoolSize(size);
    settings.setConnectionTimeout(250);
    settings.setAutoCommit(false);
    return new HikariDataSource(settings);
  }

  // places are given back, whatever happens

  static Stream<Named<Consumer<Faults>>> failures() {
    return Stream.of(
        Named.of("no connection", faults -> faults.fail("getConnection")),
        Named.of(
            "pool that throws an Error",
            faults ->
                faults.before(
                    "getConnection",
                    () -> {
                      throw new StackOverflowError("provoked");
                    })),
        Named.of("set-up", faults -> faults.fail("getAutoCommit")),
        Named.of("statement", faults -> faults.fail("execute")),
        Named.of("commit", faults -> faults.fail("commit")),
        Named.of("rollback", faults -> faults.fail("execute").fail("rollback")),
        Named.of("failure after close", faults -> faults.failAfter("close")),
        Named.of(
            "close that throws an Error",
            faults ->
                faults.after(
                    "close",
                    () -> {
                      throw new StackOverflowError("provoked");
                    })));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void placeIsGivenBackAfterAFailureOf(Consumer<Faults> failure) {
    add("writer", 2, SHORT);
    for (int i = 0; i < 3; i++) {
      failure.accept(engines.faults("writer"));
      attempt(db -> query(db.writer()));
      engines.faults("writer").clear();
    }

    assertAllPlacesAreFree("writer", 2);
  }

  private void attempt(UnitConsumer<RuntimeException> work) {
    try {
      Units.useUnit(engines.registry(), work);
    } catch (RuntimeException | Error e) {
      assertThat(e).isNotInstanceOf(EngineBusyException.class);
    }
  }

  static Stream<Named<Consumer<Connection>>> waysToLoseAConnection() {
    return Stream.of(
        Named.of("closed by hand", each -> run(each::close)),
        Named.of("aborted", each -> run(() -> each.abort(Runnable::run))),
        Named.of(
            "physical connection closed",
            each -> run(() -> each.unwrap(Connection.class).close())));
  }

  private static void run(Faults.Action action) {
    try {
      action.run();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("waysToLoseAConnection")
  void placeIsGivenBackWhenTheConnectionIs(Consumer<Connection> way) {
    add("writer", 2, SHORT);
    for (int i = 0; i < 3; i++) {
      attempt(
          db -> {
            query(db.writer());
            db.writer().doWork(way::accept);
          });
      engines.pool("writer").getHikariPoolMXBean().softEvictConnections();
    }

    assertAllPlacesAreFree("writer", 2);
  }
}
