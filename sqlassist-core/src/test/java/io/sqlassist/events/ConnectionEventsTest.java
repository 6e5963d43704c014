package io.sqlassist.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.ConnectionListener;
import io.sqlassist.engine.ConnectionRejectedException;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.observe.ConnectionObserver;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Isolation;
import io.sqlassist.session.UnitOrigin;
import io.sqlassist.session.Units;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.hibernate.HibernateException;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionEventsTest {

  private final RecordingListener listener = new RecordingListener();
  private final TestEngines engines = TestEngines.none();

  @AfterEach
  void close() {
    engines.close();
  }

  private void start(EngineKind kind, int poolSize, ConnectionListener... listeners) {
    engines.add(
        "writer",
        DatabaseKind.H2.fresh(),
        kind,
        poolSize,
        config -> {
          for (ConnectionListener each : listeners) {
            config.connections(each);
          }
        });
    listener.forget();
    engines.reset();
  }

  private static long count(Session session) {
    return session.createSelectionQuery("select count(*) from Novel", Long.class).getSingleResult();
  }

  private void use() {
    Units.useUnit(engines.registry(), db -> count(db.writer()));
  }

  private static Connection physical(Connection connection) throws SQLException {
    return connection.unwrap(org.h2.jdbc.JdbcConnection.class);
  }

  private static boolean isClosed(Connection connection) {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void connectionIsConnectedOnceAndAcquiredByEachUnit() {
    start(EngineKind.READ_WRITE, 2, listener);
    engines.pool("writer").getHikariPoolMXBean().softEvictConnections();

    use();
    use();

    assertThat(listener.events())
        .containsExactly(
            "connected writer",
            "acquired writer",
            "released writer",
            "acquired writer",
            "released writer");
  }

  @Test
  void eachPhysicalConnectionIsConnectedOfItsOwn() {
    start(EngineKind.READ_WRITE, 2, listener);
    engines.pool("writer").getHikariPoolMXBean().softEvictConnections();

    Units.useUnit(
        engines.registry(),
        outer -> {
          count(outer.writer());
          use();
        });
    use();

    assertThat(listener.count("connected writer")).isEqualTo(2);
    assertThat(listener.count("acquired writer")).isEqualTo(3);
    assertThat(listener.count("released writer")).isEqualTo(3);
  }

  @Test
  void connectionsThatReplaceThoseOfThePoolAreConnectedToo() {
    start(EngineKind.READ_WRITE, 1, listener);
    use();
    assertThat(listener.count("connected writer")).isZero(); // it was, when the engine started

    engines.pool("writer").getHikariPoolMXBean().softEvictConnections();
    use();

    assertThat(listener.count("connected writer")).isEqualTo(1);
  }

  @Test
  void unitThatRunsNoStatementHasNoEvent() {
    start(EngineKind.READ_WRITE, 1, listener);

    Units.useUnit(engines.registry(), DbSessionsContainer::writer);

    assertThat(listener.events()).isEmpty();
  }

  @Test
  void transactionIsOneAcquisitionAndAStatementOfTheOtherKindsIsOneEach() {
    start(EngineKind.READ_WRITE, 1, listener);
    RecordingListener ofLogger = new RecordingListener();
    engines.add(
        "logger",
        DatabaseKind.H2.fresh(),
        EngineKind.AUTOCOMMIT,
        1,
        config -> config.connections(ofLogger));
    ofLogger.forget();

    Units.useUnit(
        engines.registry(),
        db -> {
          count(db.writer());
          count(db.writer());
          db.commit();
          count(db.writer());
          count(db.logger());
          count(db.logger());
        });

    assertThat(listener.events())
        .containsExactly(
            "acquired writer", "released writer", "acquired writer", "released writer");
    assertThat(ofLogger.events())
        .containsExactly(
            "acquired logger", "released logger", "acquired logger", "released logger");
  }

  @Test
  void listenersAreToldInOrderAndOfTheReleaseTheOtherWayRound() {
    List<String> events = new CopyOnWriteArrayList<>();
    start(
        EngineKind.READ_WRITE,
        1,
        new RecordingListener("first", events),
        new RecordingListener("second", events));
    events.clear();

    use();

    assertThat(events)
        .containsExactly(
            "first acquired writer",
            "second acquired writer",
            "second released writer",
            "first released writer");
  }

  @Test
  void listenersOfTheDefaultsComeFirst() {
    List<String> events = new CopyOnWriteArrayList<>();
    engines.registry().defaults(c -> c.connections(new RecordingListener("default", events)));
    start(EngineKind.READ_WRITE, 1, new RecordingListener("own", events));
    events.clear();

    use();

    assertThat(events).startsWith("default acquired writer", "own acquired writer");
  }

  @Test
  void listenerKnowsTheRequestOfTheUnitAndOfNoOther() {
    start(EngineKind.READ_WRITE, 4, listener);
    UnitOrigin origin =
        new UnitOrigin() {
          @Override
          public String label() {
            return "GET /";
          }

          @Override
          public Optional<Object> attribute(String name) {
            return name.equals("request") ? Optional.of("the request") : Optional.empty();
          }
        };
    DbSessionsContainer db = new DbSessionsContainer(engines.registry(), origin);
    Units.enter(db);
    count(db.writer());
    use(); // a unit inside of it
    db.close();
    use(); // another one
    try (Session session = engines.registry().engine("writer").openSession()) {
      count(session);
    }

    assertThat(listener.events().stream().filter(each -> each.startsWith("acquired")))
        .containsExactly(
            "acquired writer for the request",
            "acquired writer for the request",
            "acquired writer",
            "acquired writer");
  }

  @Test
  void listenerMayUseAnotherEngineWithoutMixingUpTheUnits() {
    RecordingListener ofOther = new RecordingListener();
    TestEngines others = TestEngines.none();
    others.add(
        "other",
        DatabaseKind.H2.fresh(),
        EngineKind.READ_WRITE,
        1,
        config -> config.connections(ofOther));
    ofOther.forget();
    List<Object> requests = new ArrayList<>();
    start(
        EngineKind.READ_WRITE,
        1,
        new ConnectionListener() {
          @Override
          public void acquired(
              String engine, Connection connection, Function<String, Optional<Object>> attributes) {
            if (attributes.apply("request").isPresent()) {
              Units.useUnit(others.registry(), db -> count(db.session("other")));
            }
          }
        },
        new ConnectionListener() {
          @Override
          public void acquired(
              String engine, Connection connection, Function<String, Optional<Object>> attributes) {
            attributes.apply("request").ifPresent(requests::add);
          }
        });
    DbSessionsContainer db =
        new DbSessionsContainer(
            engines.registry(),
            new UnitOrigin() {
              @Override
              public String label() {
                return "";
              }

              @Override
              public Optional<Object> attribute(String name) {
                return Optional.of("outer");
              }
            });
    count(db.writer());
    db.close();
    others.close();

    assertThat(requests).containsExactly("outer");
    assertThat(ofOther.events()).containsExactly("acquired other", "released other");
  }

  @Test
  void brokenConnectionIsReleasedWithoutTheObject() {
    start(EngineKind.READ_WRITE, 1, listener);

    DbSessionsContainer db = engines.unit();
    db.writer().doWork(connection -> physical(connection).close());
    db.close();

    assertThat(listener.events()).containsExactly("acquired writer", "released writer broken");
    use(); // and the pool has another one
    engines.assertConnectionsAreBackAndClean();
  }

  @Test
  void rejectedConnectionIsEvictedAndAnotherOneTried() {
    start(EngineKind.READ_WRITE, 1, listener);
    Set<Connection> stale = Collections.newSetFromMap(new IdentityHashMap<>());
    Units.useUnit(engines.registry(), db -> db.writer().doWork(c -> stale.add(physical(c))));
    listener.forget();
    listener.onAcquired =
        connection -> {
          if (stale.contains(physical(connection))) {
            throw new ConnectionRejectedException("it leads to the old host");
          }
        };

    use();
    use();

    assertThat(listener.events())
        .containsExactly(
            "acquired writer",
            "rejected writer: it leads to the old host",
            "connected writer",
            "acquired writer",
            "released writer",
            "acquired writer",
            "released writer");
    Connection evicted = stale.iterator().next();
    Eventually.until("the pool has closed the rejected connection", () -> isClosed(evicted));
    assertThat(engines.pool("writer").getHikariPoolMXBean().getTotalConnections()).isEqualTo(1);
    engines.assertConnectionsAreBackAndClean();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void rejectionEndsWhenEachConnectionOfThePoolAndANewOneWereRejected(int poolSize) {
    start(EngineKind.READ_WRITE, poolSize, listener);
    listener.onAcquired =
        connection -> {
          throw new ConnectionRejectedException("never good enough");
        };

    assertThatThrownBy(this::use)
        .isInstanceOf(ConnectionRejectedException.class)
        .hasMessageContaining(
            "Engine 'writer': listeners rejected " + (poolSize + 1) + " connections in a row")
        .hasMessageContaining("never good enough");

    assertThat(listener.count("acquired writer")).isEqualTo(poolSize + 1);
    assertThat(listener.count("rejected writer: never good enough")).isEqualTo(poolSize + 1);
    assertThat(listener.count("released writer")).isZero();
    listener.onAcquired = RecordingListener.NOTHING;
    use();
    engines.assertConnectionsAreBackAndClean();
  }

  @Test
  void listenerThatHadAcceptedIsToldThatTheConnectionIsGone() {
    List<String> events = new CopyOnWriteArrayList<>();
    RecordingListener first = new RecordingListener("first", events);
    RecordingListener second = new RecordingListener("second", events);
    start(EngineKind.READ_WRITE, 1, first, second);
    events.clear();
    second.onAcquired =
        connection -> {
          second.onAcquired = RecordingListener.NOTHING;
          throw new ConnectionRejectedException("no");
        };

    use();

    assertThat(events)
        .containsExactly(
            "first acquired writer",
            "second acquired writer",
            "first released writer broken",
            "first rejected writer: no",
            "second rejected writer: no",
            "first connected writer",
            "second connected writer",
            "first acquired writer",
            "second acquired writer",
            "second released writer",
            "first released writer");
  }

  @Test
  void failureOfAListenerReachesTheCallerAndLosesNoConnection() {
    start(EngineKind.READ_WRITE, 1, listener);
    listener.onAcquired =
        connection -> {
          throw new SQLException("no such setting", "42704");
        };
    assertThatThrownBy(this::use)
        .isInstanceOf(HibernateException.class)
        .hasRootCauseMessage("no such setting");
    listener.onAcquired =
        connection -> {
          throw new IllegalStateException("no tenant");
        };
    assertThatThrownBy(this::use).isInstanceOf(IllegalStateException.class).hasMessage("no tenant");
    listener.onAcquired =
        connection -> {
          throw new StackOverflowError("deep");
        };
    assertThatThrownBy(this::use).isInstanceOf(StackOverflowError.class);

    assertThat(listener.events()).noneMatch(event -> event.startsWith("released"));
    assertThat(engines.activeConnections("writer")).isZero();
    listener.onAcquired = RecordingListener.NOTHING;
    listener.forget();
    use();
    assertThat(listener.events())
        .as("what failed half-way is not used again")
        .startsWith("connected writer");
    engines.assertConnectionsAreBackAndClean();
  }

  @Test
  void connectionWhoseSetUpFailedIsNotTakenForSetUp() {
    start(EngineKind.READ_WRITE, 1, listener);
    engines.pool("writer").getHikariPoolMXBean().softEvictConnections();
    listener.onConnected =
        connection -> {
          throw new SQLException("set-up failed");
        };
    assertThatThrownBy(this::use).hasRootCauseMessage("set-up failed");
    assertThatThrownBy(this::use).hasRootCauseMessage("set-up failed");
    listener.onConnected = RecordingListener.NOTHING;

    use();

    assertThat(listener.count("connected writer")).isEqualTo(3);
    assertThat(listener.count("acquired writer")).isEqualTo(1);
  }

  @Test
  void engineWhoseListenerFailsAtTheStartIsRefused() {
    listener.onConnected =
        connection -> {
          throw new SQLException("set-up failed");
        };
    assertThatThrownBy(() -> start(EngineKind.READ_WRITE, 1, listener))
        .hasMessageContaining("Engine 'writer'")
        .hasMessageContaining("set-up failed");
    assertThat(engines.registry().names()).isEmpty();
    assertThat(engines.activeConnections("writer")).isZero();
  }

  @Test
  void failureAtTheReleaseChangesNoOutcomeAndCostsTheConnection() {
    start(EngineKind.READ_WRITE, 1, listener);
    List<Connection> failed = new ArrayList<>();
    listener.onReleased =
        connection -> {
          failed.add(physical(connection));
          throw new SQLException("reset failed");
        };
    Units.useUnit(engines.registry(), db -> db.writer().persist(new Novel("kept")));

    assertThat(engines.isbns("writer")).containsExactly("kept");
    assertThat(engines.observer().warnings())
        .singleElement()
        .asString()
        .contains("writer: a connection could not be given back clean")
        .contains("reset failed");
    listener.onReleased = RecordingListener.NOTHING;
    Units.useUnit(
        engines.registry(),
        db ->
            db.writer().doWork(c -> assertThat(physical(c)).isNotSameAs(failed.iterator().next())));
    engines.assertConnectionsAreBackAndClean();
  }

  @Test
  void connectionThatIsLostBeforeItsTransactionIsReleasedToItsObserver() {
    List<String> events = new ArrayList<>();
    ConnectionObserver ofConnections =
        new ConnectionObserver() {
          @Override
          public void acquired(long waitedNanos) {
            events.add("acquired");
          }

          @Override
          public void released(long heldNanos) {
            events.add("released");
          }
        };
    AtomicBoolean fails = new AtomicBoolean();
    ConnectionListener failing =
        new ConnectionListener() {
          @Override
          public void released(String engine, @Nullable Connection connection) throws SQLException {
            if (fails.get()) {
              throw new SQLException("not clean");
            }
          }
        };
    Observer observer =
        new Observer() {
          @Override
          public ConnectionObserver connections(String engine) {
            return ofConnections;
          }
        };
    try (EngineRegistry registry = EngineRegistry.create(observer)) {
      registry.initializeEngine(
          "writer", H2.dataSource(), config -> config.entities(Novel.class).connections(failing));
      events.clear();
      fails.set(true);

      Units.useUnit(
          registry,
          db ->
              assertThatThrownBy(
                      () ->
                          db.on("writer")
                              .isolation(Isolation.SERIALIZABLE)
                              .atomic(ConnectionEventsTest::count))
                  .hasStackTraceContaining("not clean"));
    }

    assertThat(events).containsExactly("acquired", "released");
  }

  @Test
  void sourceThatIsNoPoolIsListenedToAsWell() throws Exception {
    List<Connection> rejected = new ArrayList<>();
    RecordingListener own = new RecordingListener();
    Engine engine =
        engines.add(
            "plain",
            H2.dataSource(),
            EngineKind.READ_WRITE,
            config -> config.entities(Novel.class).connections(own));
    own.forget();
    own.onAcquired =
        connection -> {
          rejected.add(physical(connection));
          throw new ConnectionRejectedException("no");
        };

    assertThatThrownBy(
            () -> Units.useUnit(engines.registry(), db -> count(db.session(engine.name()))))
        .isInstanceOf(ConnectionRejectedException.class)
        .hasMessageContaining("rejected 3 connections in a row");

    assertThat(rejected).hasSize(3);
    for (Connection each : rejected) {
      assertThat(each.isClosed()).isTrue();
    }
    own.onAcquired = RecordingListener.NOTHING;
    own.forget();
    Units.useUnit(engines.registry(), db -> count(db.session("plain")));
    assertThat(own.events()).containsExactly("connected plain", "acquired plain", "released plain");
  }

  @ParameterizedTest
  @EnumSource(EngineKind.class)
  void withoutAListenerTheSessionHasThePoolsOwnConnection(EngineKind kind) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(H2.url());
    pool.setAutoCommit(kind != EngineKind.READ_WRITE);
    pool.setReadOnly(kind == EngineKind.READ_ONLY);
    try (pool;
        EngineRegistry registry = EngineRegistry.create(Observer.NONE)) {
      registry.initializeEngine(
          "writer",
          pool,
          config -> {
            config.entities();
            switch (kind) {
              case READ_ONLY -> config.readOnly();
              case AUTOCOMMIT -> config.autocommit();
              case READ_WRITE -> {}
            }
          });

      Units.useUnit(
          registry,
          db ->
              db.writer()
                  .doWork(
                      connection ->
                          assertThat(connection.getClass().getName())
                              .isEqualTo("com.zaxxer.hikari.pool.HikariProxyConnection")));
    }
  }
}
