package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.Faults;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.Held;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.RecordingObserver;
import io.sqlassist.session.Units;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commits that take longer than all that a drain allows. */
class HostDrainTest {

  private final Map<String, Faults> faults = new ConcurrentHashMap<>();
  private final Map<String, String> urls = new ConcurrentHashMap<>();
  private final CountDownLatch warned = new CountDownLatch(1);
  private final RecordingObserver observer =
      new RecordingObserver() {
        @Override
        public DataSource instrument(String engine, DataSource dataSource) {
          return faults.computeIfAbsent(engine, name -> new Faults()).wrap(dataSource);
        }

        @Override
        public void engineWarning(String engine, String warning) {
          super.engineWarning(engine, warning);
          if (warning.contains("a commit that began before the engine was moved or closed")) {
            warned.countDown();
          }
        }
      };
  private final EngineRegistry registry = EngineRegistry.create(observer);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void close() {
    threads.shutdownNow();
    registry.close();
  }

  /** On a pool that SqlAssist makes, and so closes. */
  private Engine engine(String name) {
    urls.put(name, H2.url());
    Engine engine =
        registry.initializeEngine(
            name, config -> config.entities(Novel.class).url(urls.get(name)).username("sa"));
    engine.sessionFactory().getSchemaManager().create(false);
    faults.get(name).clear();
    return engine;
  }

  /** A drain that allows no time at all. */
  private HostDrain drainOf(Engine engine) {
    EngineConnections connections =
        (EngineConnections)
            engine
                .sessionFactory()
                .unwrap(SessionFactoryImplementor.class)
                .getServiceRegistry()
                .requireService(ConnectionProvider.class);
    return new HostDrain(
        connections,
        connections.current(),
        Duration.ZERO,
        () -> new EngineMovedException(engine.name(), "was closed"),
        observer,
        Duration.ZERO,
        Duration.ZERO);
  }

  private int novels(String engine) {
    try (Connection connection = H2.dataSource(urls.get(engine)).getConnection();
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("select count(*) from Novel")) {
      row.next();
      return row.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Drains the writer while a commit is held, and lets the commit go on when the drain is over. */
  private void assertThatTheCommitIsWaitedFor(Engine writer, Held commit, Runnable work)
      throws Exception {
    HikariDataSource pool = (HikariDataSource) writer.dataSource();
    HostDrain drain = drainOf(writer);
    Future<?> committing = threads.submit(work);
    commit.awaitArrival();

    Future<?> draining = threads.submit(drain);
    assertThat(warned.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(pool.isClosed()).isFalse();
    assertThat(drain.hasEnded()).isFalse();
    commit.release();

    committing.get(60, TimeUnit.SECONDS);
    draining.get(60, TimeUnit.SECONDS);
    assertThat(drain.hasEnded()).isTrue();
    assertThat(pool.isClosed()).isTrue();
    assertThat(novels("writer")).isEqualTo(1);
    assertThat(observer.warnings())
        .singleElement()
        .asString()
        .startsWith("writer: a commit that began before")
        .contains("is still on its way")
        .contains("Look at what the database is waiting for");
  }

  @Test
  void poolIsNotClosedUnderACommitThatIsOnItsWay() throws Exception {
    Engine writer = engine("writer");
    Held commit = Held.in(faults.get("writer"), "commit");

    assertThatTheCommitIsWaitedFor(
        writer,
        commit,
        () -> Units.useUnit(registry, db -> db.session("writer").persist(new Novel("1"))));
  }

  @Test
  void whoIsInterruptedWhileADrainIsWaitedForStaysInterrupted() {
    Engine writer = engine("writer");
    HikariDataSource pool = (HikariDataSource) writer.dataSource();
    Session open = writer.openSession();
    open.createNativeQuery("select 1", Integer.class).getSingleResult();

    Thread.currentThread().interrupt();
    registry.remove("writer", Duration.ofMinutes(5));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(pool.isClosed()).isTrue();
  }

  @Test
  void poolIsNotClosedBetweenTheCommitsOfTwoEngines() throws Exception {
    Engine writer = engine("writer");
    engine("ledger");
    Held commit = Held.in(faults.get("ledger"), "commit");

    assertThatTheCommitIsWaitedFor(
        writer,
        commit,
        () ->
            Units.useUnit(
                registry,
                db -> {
                  db.session("ledger").persist(new Novel("1"));
                  db.session("writer").persist(new Novel("1"));
                }));

    assertThat(novels("ledger")).isEqualTo(1);
  }

  @Test
  void poolIsNotClosedUnderTheCommitOfASessionWithoutAUnit() throws Exception {
    Engine writer = engine("writer");
    Held commit = Held.in(faults.get("writer"), "commit");

    assertThatTheCommitIsWaitedFor(
        writer,
        commit,
        () -> {
          try (Session session = writer.openSession()) {
            session.beginTransaction();
            session.persist(new Novel("1"));
            session.getTransaction().commit();
          }
        });
  }

  @Test
  void closingWithADrainWaitsForCommitsOnFormerDataSourcesToo() throws Exception {
    Engine writer = engine("writer");
    HikariDataSource pool = (HikariDataSource) writer.dataSource();
    Held commit = Held.in(faults.get("writer"), "commit");
    Future<?> committing =
        threads.submit(
            () -> Units.useUnit(registry, db -> db.session("writer").persist(new Novel("1"))));
    commit.awaitArrival();
    writer.switchTo(H2.dataSource(), Duration.ofMinutes(1));

    FutureTask<?> removal =
        new FutureTask<>(() -> registry.remove("writer", Duration.ZERO), "removed");
    Thread removing = new Thread(removal);
    removing.start();
    Eventually.until(
        "it waits for the commit, or does not", () -> removal.isDone() || isWaiting(removing));
    assertThat(pool.isClosed()).isFalse();
    commit.release();

    committing.get(60, TimeUnit.SECONDS);
    removal.get(60, TimeUnit.SECONDS);
    assertThat(pool.isClosed()).isTrue();
    assertThat(novels("writer")).isEqualTo(1);
  }

  /** By its stack: on its way through that method it might look the same for a moment. */
  private static boolean isWaiting(Thread thread) {
    List<String> stack =
        Arrays.stream(thread.getStackTrace())
            .map(each -> each.getClassName() + "." + each.getMethodName())
            .toList();
    return stack.contains(CountDownLatch.class.getName() + ".await")
        && stack.contains(HostDrain.class.getName() + ".endWorkNow");
  }
}
