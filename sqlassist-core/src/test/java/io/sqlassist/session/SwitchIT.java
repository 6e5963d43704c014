package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.embedded.PostgresServer;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineMovedException;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.EngineSwitchException;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.OtherPostgres;
import io.sqlassist.observe.Observer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Moving an engine between real databases; between two servers on PostgreSQL. */
@ParameterizedClass
@EnumSource
class SwitchIT {

  private static final Duration LONG = Duration.ofMinutes(2);
  private static final int MOVES = 12;

  private final DatabaseKind kind;
  private final EngineRegistry registry = EngineRegistry.create(Observer.NONE);
  private final HikariDataSource first;
  private final HikariDataSource second;

  SwitchIT(DatabaseKind kind) {
    this.kind = kind;
    this.first = pool(kind.fresh(), "first");
    this.second =
        pool(
            kind == DatabaseKind.POSTGRESQL ? OtherPostgres.server().freshDatabase() : kind.fresh(),
            "second");
  }

  private static HikariDataSource pool(DatabaseHandle database, String name) {
    HikariConfig settings = new HikariConfig();
    settings.setPoolName(name);
    settings.setJdbcUrl(database.jdbcUrl());
    settings.setUsername(database.username());
    settings.setPassword(database.password());
    settings.setMaximumPoolSize(6);
    settings.setMinimumIdle(0);
    settings.setAutoCommit(false);
    HikariDataSource pool = new HikariDataSource(settings);
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table host (name varchar(20))");
      statement.execute("insert into host values ('" + name + "')");
      statement.execute("create table note (unit_id int)");
      connection.commit();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return pool;
  }

  @AfterEach
  void close() {
    registry.close();
    assertThat(first.getHikariPoolMXBean().getActiveConnections()).isZero();
    assertThat(second.getHikariPoolMXBean().getActiveConnections()).isZero();
    first.close();
    second.close();
  }

  private static String host(Session session) {
    return session.createNativeQuery("select name from host", String.class).getSingleResult();
  }

  private static void note(Session session, int unit) {
    session.createNativeMutationQuery("insert into note values (" + unit + ")").executeUpdate();
  }

  private static int notes(HikariDataSource pool, String condition) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("select count(*) from note where " + condition)) {
      row.next();
      return row.getInt(1);
    }
  }

  @Test
  void underLoadNoUnitFailsAndNoneMixesHosts() throws Exception {
    Engine writer = registry.initializeEngine("writer", first, config -> config.entities());
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger number = new AtomicInteger();
    Map<Integer, String> hosts = new ConcurrentHashMap<>();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        workers.add(
            threads.submit(
                () -> {
                  while (!over.get()) {
                    int unit = number.incrementAndGet();
                    hosts.put(unit, work(unit));
                  }
                }));
      }
      for (int move = 0; move < MOVES; move++) {
        int before = number.get();
        writer.switchTo(move % 2 == 0 ? second : first, LONG);
        Eventually.until("some more units", () -> number.get() > before + 20);
      }
      over.set(true);
      for (Future<?> worker : workers) {
        worker.get(60, TimeUnit.SECONDS);
      }
      assertThat(writer.awaitDrained(LONG)).isTrue();
    } finally {
      over.set(true);
      threads.shutdownNow();
    }

    assertThat(hosts.values()).contains("first", "second").hasSize(number.get());
    int onFirst = (int) hosts.values().stream().filter("first"::equals).count();
    // Each unit has written twice, and both on the host where it has read.
    assertThat(notes(first, "1 = 1")).isEqualTo(2 * onFirst);
    assertThat(notes(second, "1 = 1")).isEqualTo(2 * (number.get() - onFirst));
  }

  /** Uses several connections, one after the other, and two sessions. */
  private String work(int unit) {
    return Units.<String, RuntimeException>inUnit(
        registry,
        db -> {
          String host = host(db.writer());
          note(db.writer(), unit);
          db.commit();
          assertThat(host(db.writer())).isEqualTo(host);
          db.on("writer").close();
          note(db.writer(), unit);
          assertThat(host(db.writer())).isEqualTo(host);
          return host;
        });
  }

  private String longStatement() {
    return switch (kind) {
      case POSTGRESQL -> "select 1 from pg_sleep(600)";
      case MARIADB -> "select sleep(600)";
      case H2 -> "select count(*) from system_range(1, 1000000) a, system_range(1, 1000000) b";
    };
  }

  @Test
  void statementThatRunsAfterTheDrainIsCancelledAndItsWorkRolledBack() throws Exception {
    Engine writer = registry.initializeEngine("writer", first, config -> config.entities());
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<?> unit =
          threads.submit(
              () ->
                  Units.useUnit(
                      registry,
                      db -> {
                        note(db.writer(), 1);
                        db.writer()
                            .createNativeQuery(longStatement(), Object.class)
                            .getResultList();
                      }));
      Eventually.until(
          "it has a connection", () -> first.getHikariPoolMXBean().getActiveConnections() == 1);

      writer.switchTo(second, Duration.ofMillis(300));

      assertThatThrownBy(() -> unit.get(60, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(EngineMovedException.class)
          .hasMessageContaining("Engine 'writer' has moved to another data source");
      assertThat(writer.awaitDrained(LONG)).isTrue();
    } finally {
      threads.shutdownNow();
    }
    assertThat(notes(first, "1 = 1")).isZero();
  }

  @Test
  void connectionThatAnIdleUnitHoldsIsCutInTheEnd() throws Exception {
    assumeTrue(kind != DatabaseKind.H2, "H2's driver does nothing when it is told to abort");
    Engine writer = registry.initializeEngine("writer", first, config -> config.entities());
    DbSessionsContainer db = Units.openUnit(registry);
    try {
      note(db.writer(), 1);
      Connection held =
          Cancellation.connectionOf(db.writer()).getPhysicalConnection().unwrap(Connection.class);

      writer.switchTo(second, Duration.ZERO);
      assertThat(writer.awaitDrained(LONG)).isTrue();

      assertThat(held.isClosed()).isTrue();
    } finally {
      db.close();
    }
    assertThat(notes(first, "1 = 1")).isZero();
  }

  @Test
  void otherKindOfDatabaseIsRefused() {
    assumeTrue(kind != DatabaseKind.H2);
    Engine writer = registry.initializeEngine("writer", first, config -> config.entities());

    assertThatThrownBy(() -> writer.switchTo(H2.dataSource(), LONG))
        .isInstanceOf(EngineSwitchException.class)
        .hasMessageContaining("and the replacement on H2")
        .hasMessageContaining("Replace the engine instead");
    assertThat(writer.dataSource()).isSameAs(first);
  }

  @Test
  void hookThatFindsThePrimaryFollowsAFailover() throws Exception {
    AtomicBoolean failedOver = new AtomicBoolean();
    registry.initializeEngine(
        "writer",
        first,
        config ->
            config
                .entities()
                .beforeSession(engine -> engine.switchTo(failedOver.get() ? second : first, LONG)));
    assertThat(work(1)).isEqualTo("first");

    failedOver.set(true);

    assertThat(work(2)).isEqualTo("second");
    assertThat(notes(second, "unit_id = 2")).isEqualTo(2);
  }

  /** Where the servers check passwords. */
  static final class Rotation {

    private final PostgresServer server = PostgresServer.shared();
    private final DatabaseHandle database = server.freshDatabase();

    private HikariConfig settings(String password) {
      HikariConfig settings = new HikariConfig();
      settings.setJdbcUrl(database.jdbcUrl());
      settings.setUsername(database.username());
      settings.setPassword(password);
      settings.setMinimumIdle(0);
      settings.setAutoCommit(false);
      return settings;
    }

    private void rotate(String password) {
      server.createUser(database.username(), password);
    }
  }

  private static int ping(Session session) {
    return session.createNativeQuery("select pg_backend_pid()", Integer.class).getSingleResult();
  }

  private int pingInUnit() {
    return Units.<Integer, RuntimeException>inUnit(registry, db -> ping(db.writer()));
  }

  @Test
  void passwordIsRotatedOnAPoolThatRuns() {
    assumeTrue(kind == DatabaseKind.POSTGRESQL);
    Rotation rotation = new Rotation();
    try (HikariDataSource pool =
        new HikariDataSource(rotation.settings(rotation.database.password()))) {
      Engine writer = registry.initializeEngine("writer", pool, config -> config.entities());
      Units.useUnit(
          registry,
          db -> {
            int before = ping(db.writer());

            rotation.rotate("second-password");
            pool.getHikariConfigMXBean().setPassword("second-password");
            writer.reinit();

            assertThat(ping(db.writer())).isEqualTo(before); // goes on
            assertThat(pingInUnit()).isNotEqualTo(before); // a new connection, logged in anew
          });
      assertThat(pingInUnit()).isPositive();
      registry.close();
    }
  }

  @Test
  void passwordIsRotatedWithANewPool() throws Exception {
    assumeTrue(kind == DatabaseKind.POSTGRESQL);
    Rotation rotation = new Rotation();
    HikariDataSource old = new HikariDataSource(rotation.settings(rotation.database.password()));
    Engine writer = registry.initializeEngine("writer", old, config -> config.entities());
    pingInUnit();

    rotation.rotate("second-password");
    HikariConfig wrong = rotation.settings("wrong-password");
    wrong.setInitializationFailTimeout(-1);
    wrong.setConnectionTimeout(250);
    try (HikariDataSource refused = new HikariDataSource(wrong)) {
      assertThatThrownBy(() -> writer.switchTo(refused, LONG))
          .isInstanceOf(EngineSwitchException.class)
          .hasMessageNotContaining("wrong-password");
    }
    assertThat(pingInUnit()).isPositive(); // still on the old one

    try (HikariDataSource renewed = new HikariDataSource(rotation.settings("second-password"))) {
      writer.switchTo(renewed, LONG);
      assertThat(writer.awaitDrained(LONG)).isTrue();
      old.close();
      assertThat(pingInUnit()).isPositive();
      registry.close();
    }
  }
}
