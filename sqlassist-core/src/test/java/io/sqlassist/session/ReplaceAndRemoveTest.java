package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineMovedException;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.EngineStartException;
import io.sqlassist.engine.EngineState;
import io.sqlassist.engine.UnknownEngineException;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.Held;
import io.sqlassist.fixture.NewThreads;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.RecordingObserver;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Engines that come, go and are renewed while units of work are under way. */
class ReplaceAndRemoveTest {

  private static final Duration LONG = Duration.ofMinutes(2);
  private static final String OLD = H2.url();
  private static final String NEW = H2.url();

  private final List<String> changes = new CopyOnWriteArrayList<>();
  private final RecordingObserver observer =
      new RecordingObserver() {
        @Override
        public void engineChanged(String engine, String change) {
          changes.add(engine + " " + change);
        }
      };
  private final NewThreads newThreads = new NewThreads();
  private final EngineRegistry registry = EngineRegistry.create(observer);

  @AfterEach
  void close() {
    registry.close();
    newThreads.awaitNone("sqlassist-drain-");
  }

  private Engine writer() {
    return registry.initializeEngine(
        "writer", config -> config.entities().url(OLD).username("sa").makeDefault());
  }

  private static void toNew(EngineConfig config) {
    config.entities().url(NEW).username("sa").makeDefault();
  }

  /** The database that a session is on, by its path. */
  private static String url(Session session) {
    return "jdbc:h2:mem:"
        + session
            .createNativeQuery("select database()", String.class)
            .getSingleResult()
            .toLowerCase(Locale.ROOT);
  }

  private static String plain(String url) {
    return url.substring(0, url.indexOf(';')).toLowerCase(Locale.ROOT);
  }

  private String urlOfNewUnit() {
    return Units.<String, RuntimeException>inUnit(registry, db -> url(db.writer()));
  }

  @Test
  void newUnitsUseTheNewEngineAndThoseThatHaveBegunFinishOnTheOld() {
    Engine old = writer();
    registry.initializeEngine("audit", H2.dataSource(), EngineConfig::entities);
    HikariDataSource pool = (HikariDataSource) old.dataSource();

    Units.useUnit(
        registry,
        db -> {
          assertThat(url(db.writer())).isEqualTo(plain(OLD));
          Engine replacement = registry.replace("writer", ReplaceAndRemoveTest::toNew, LONG);

          assertThat(registry.engine("writer")).isSameAs(replacement);
          assertThat(registry.defaultEngine()).isSameAs(replacement);
          assertThat(registry.names()).containsExactly("writer", "audit");
          assertThat(urlOfNewUnit()).isEqualTo(plain(NEW));
          db.commit();
          assertThat(url(db.writer())).isEqualTo(plain(OLD));
          db.on("writer").close();
          assertThat(url(db.writer())).isEqualTo(plain(OLD));
          assertThat(pool.isClosed()).isFalse();
        });

    Eventually.until("the old pool is closed", pool::isClosed);
    assertThat(old.state().status()).isEqualTo(EngineState.Status.CLOSED);
    assertThat(changes).singleElement().asString().startsWith("writer was replaced");
    assertThat(observer.started()).hasSize(3);
    assertThat(observer.stopped()).isEmpty();
    assertThatThrownBy(old::openSession)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Get the engine of that name from the registry anew");
  }

  @Test
  void replacementThatDoesNotStartLeavesTheOldInService() {
    Engine old = writer();

    assertThatThrownBy(
            () ->
                registry.replace(
                    "writer",
                    config ->
                        config
                            .entities()
                            .optional()
                            .url("jdbc:h2:mem:nowhere;IFEXISTS=TRUE")
                            .makeDefault(),
                    LONG))
        .isInstanceOf(EngineStartException.class);
    assertThatThrownBy(() -> registry.replace("writer", EngineConfig::entities, LONG))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(registry.engine("writer")).isSameAs(old);
    assertThat(old.state().isUp()).isTrue();
    assertThat(urlOfNewUnit()).isEqualTo(plain(OLD));
  }

  @Test
  void engineThatDoesNotExistCannotBeReplaced() {
    assertThatThrownBy(
            () -> registry.replace("writer", H2.dataSource(), EngineConfig::entities, LONG))
        .isInstanceOf(UnknownEngineException.class);
  }

  @Test
  void entitiesOfTheNewEngineHaveTheirPlace() {
    writer();

    registry.replace(
        "writer", config -> config.entities(Novel.class).url(NEW).username("sa"), LONG);

    assertThat(registry.engineFor(Novel.class)).isEqualTo("writer");
  }

  @Test
  void removedEngineIsUnknownAtOnceAndClosedWhenItsUnitsAreDone() throws Exception {
    Engine engine = writer();
    HikariDataSource pool = (HikariDataSource) engine.dataSource();
    DbSessionsContainer db = Units.openUnit(registry);
    url(db.writer());
    Units.leave(db);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<?> removal = threads.submit(() -> registry.remove("writer", LONG));
      Eventually.until("it is unknown", () -> registry.names().isEmpty());
      Eventually.until(
          "it takes nobody any more", () -> engine.state().status() == EngineState.Status.CLOSED);

      assertThatThrownBy(this::urlOfNewUnit).isInstanceOf(UnknownEngineException.class);
      assertThatThrownBy(engine::openSession).isInstanceOf(IllegalStateException.class);
      db.commit();
      assertThat(url(db.writer())).isEqualTo(plain(OLD)); // goes on
      assertThat(removal.isDone()).isFalse();
      assertThat(pool.isClosed()).isFalse();

      db.close();
      removal.get(60, TimeUnit.SECONDS);
    } finally {
      threads.shutdownNow();
    }
    assertThat(pool.isClosed()).isTrue();
    assertThat(observer.stopped()).containsExactly("writer");
  }

  @Test
  void removalCutsOffWhatTakesLongerThanTheDrain() {
    writer();
    DbSessionsContainer db = Units.openUnit(registry);
    url(db.writer());

    registry.remove("writer", Duration.ofMillis(10));

    assertThatThrownBy(db::commit)
        .isInstanceOf(EngineMovedException.class)
        .hasMessageContaining("Engine 'writer' was closed");
    assertThatThrownBy(() -> url(db.writer())).isInstanceOf(IllegalStateException.class);
    db.close();
  }

  @Test
  void registryThatClosesLetsItsUnitsFinishAlsoOnEnginesThatTheyHaveNotUsedYet() throws Exception {
    writer();
    registry.initializeEngine(
        "audit", config -> config.entities().url(NEW).username("sa").autocommit());
    Held under = new Held();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<String> unit =
          threads.submit(
              () ->
                  Units.<String, RuntimeException>inUnit(
                      registry,
                      db -> {
                        url(db.writer());
                        under.arriveAndWait();
                        return url(db.session("audit"));
                      }));
      under.awaitArrival();
      Future<?> closing = threads.submit(() -> registry.close(LONG));
      Eventually.until("it closes", this::takesNoEngines);
      assertThat(closing.isDone()).isFalse();

      under.release();

      assertThat(unit.get(60, TimeUnit.SECONDS)).isEqualTo(plain(NEW));
      closing.get(60, TimeUnit.SECONDS);
    } finally {
      threads.shutdownNow();
    }
    assertThat(registry.names()).isEmpty();
    assertThat(observer.stopped()).containsExactly("audit", "writer");
  }

  private boolean takesNoEngines() {
    try {
      registry.initializeEngine(
          "probe",
          config -> {
            throw new UnsupportedOperationException("got as far as that");
          });
      throw new AssertionError("it started");
    } catch (UnsupportedOperationException e) {
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  @Test
  void negativeDrainsAreRefused() {
    writer();
    Duration negative = Duration.ofMillis(-1);

    assertThatThrownBy(() -> registry.remove("writer", negative))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> registry.replace("writer", ReplaceAndRemoveTest::toNew, negative))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> registry.close(negative)).isInstanceOf(IllegalArgumentException.class);
    assertThat(registry.names()).containsExactly("writer");
  }

  // reinit

  private HikariPoolMXBean connections(Engine engine) {
    return ((HikariDataSource) engine.dataSource()).getHikariPoolMXBean();
  }

  private static int id(Session session) {
    return session.createNativeQuery("select session_id()", Integer.class).getSingleResult();
  }

  @Test
  void reinitDropsIdleConnectionsAndKeepsRunningSessions() {
    Engine engine =
        registry.initializeEngine(
            "writer",
            config -> config.entities().url(OLD).username("sa").pool(p -> p.setMinimumIdle(0)));
    var factory = engine.sessionFactory();

    Units.useUnit(
        registry,
        db -> {
          int before = id(db.writer());
          registry.reinitEngine("writer");

          assertThat(id(db.writer())).isEqualTo(before);
          db.commit(); // gives the connection back, which is dropped now
          assertThat(id(db.writer())).isNotEqualTo(before);
        });

    assertThat(engine.sessionFactory()).isSameAs(factory);
    assertThat(connections(engine).getActiveConnections()).isZero();
    assertThat(changes).containsExactly("writer drops the pooled connections");
  }

  @Test
  void reinitOfAllEnginesTriesAllAndTellsWhichDoesNotKnowHow() {
    AtomicInteger evicted = new AtomicInteger();
    DataSource unknown = H2.dataSource();
    registry.initializeEngine("unknown", unknown, EngineConfig::entities);
    registry.initializeEngine(
        "told",
        unknown,
        config -> config.entities().reinit(pool -> evicted.addAndGet(pool == unknown ? 1 : 100)));
    Engine writer = writer();
    Eventually.until("it has a connection", () -> connections(writer).getIdleConnections() > 0);

    assertThatThrownBy(registry::reinitEngines)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("Engine 'unknown' can't drop the connections")
        .hasMessageContaining("reinit(pool -> ...)")
        .hasMessageContaining("switchTo(...)");

    assertThat(evicted).hasValue(1);
    assertThat(changes)
        .containsExactly(
            "told drops the pooled connections", "writer drops the pooled connections");
    assertThatThrownBy(() -> registry.reinitEngine("nobody"))
        .isInstanceOf(UnknownEngineException.class);
    registry.remove("unknown");
    assertThatCode(registry::reinitEngines).doesNotThrowAnyException();
  }

  @Test
  void reinitOfAHandedInPoolReachesItsPool() {
    HikariConfig settings = new HikariConfig();
    settings.setJdbcUrl(OLD);
    settings.setUsername("sa");
    settings.setMinimumIdle(0);
    settings.setAutoCommit(false);
    try (HikariDataSource pool = new HikariDataSource(settings)) {
      registry.initializeEngine("writer", pool, EngineConfig::entities);
      int before = Units.<Integer, RuntimeException>inUnit(registry, db -> id(db.writer()));

      registry.reinitEngine("writer");

      int after = Units.<Integer, RuntimeException>inUnit(registry, db -> id(db.writer()));
      assertThat(after).isNotEqualTo(before);
      registry.close();
    }
  }
}
