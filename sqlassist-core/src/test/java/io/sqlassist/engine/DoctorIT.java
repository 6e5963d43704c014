package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.embedded.DatabaseServer;
import io.sqlassist.embedded.MariaDbServer;
import io.sqlassist.embedded.PostgresServer;
import io.sqlassist.engine.Verification.Finding;
import io.sqlassist.engine.Verification.Severity;
import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.Novel;
import io.sqlassist.observe.Observer;
import io.sqlassist.transaction.TransactionPolicy;
import io.sqlassist.transaction.UnitTransaction;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the doctor finds on real servers. */
class DoctorIT {

  private final EngineRegistry registry = EngineRegistry.create(Observer.NONE);

  @AfterEach
  void close() {
    registry.close();
  }

  private Engine start(String name, DatabaseHandle database, Consumer<EngineConfig> more) {
    return registry.initializeEngine(
        name,
        c -> {
          c.url(database.jdbcUrl())
              .username(database.username())
              .password(database.password())
              .pool(pool -> pool.setMaximumPoolSize(2));
          more.accept(c);
        });
  }

  private Engine writer(DatabaseHandle database, Consumer<EngineConfig> more) {
    return start(
        "writer",
        database,
        c -> {
          c.entities(Novel.class).property("hibernate.hbm2ddl.auto", "create");
          more.accept(c);
        });
  }

  /** With more time than a busy machine needs. */
  private Verification verify() {
    return registry.verify(cfg -> cfg.timeLimit(Duration.ofMinutes(2)));
  }

  private static List<String> lines(Verification verification) {
    return verification.findings().stream().map(Finding::toString).toList();
  }

  private static void execute(DataSource dataSource, String... statements) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A pool that is handed in, and so is not made to refuse writes. */
  private static HikariDataSource pool(DatabaseHandle database, boolean readOnly) {
    HikariConfig settings = new HikariConfig();
    settings.setJdbcUrl(database.jdbcUrl());
    settings.setUsername(database.username());
    settings.setPassword(database.password());
    settings.setAutoCommit(readOnly);
    settings.setReadOnly(readOnly);
    settings.setMaximumPoolSize(2);
    return new HikariDataSource(settings);
  }

  /** An entity with a table of its own, made by the test. */
  @Entity(name = "Plain")
  public static class Plain {
    @Id long id;
  }

  // on both

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB"})
  void enginesThatFitAreSoundAndThePrimaryUnderAReaderIsNoted(DatabaseKind kind) {
    DatabaseHandle database = kind.fresh();
    writer(database, c -> {});
    start("reader", database.readOnlyUser(), c -> c.readOnly().entities(Novel.class));

    Verification verification = verify();

    assertThat(lines(verification))
        .singleElement()
        .asString()
        .startsWith("NOTE reader, role: it is read-only, and its server is no replica");
    assertThat(verification.isSound()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB"})
  void readerWhoseUserMayWriteIsNotedIfTheSessionStopsItAndElseAWarning(DatabaseKind kind) {
    DatabaseHandle database = kind.fresh();
    writer(database, c -> {});
    start("stopped", database, c -> c.readOnly().entities(Novel.class));
    try (HikariDataSource pool = pool(database, true)) {
      registry.initializeEngine("open", pool, c -> c.readOnly().entities(Novel.class));

      Verification verification = verify();

      assertThat(verification.of("stopped"))
          .anySatisfy(
              each ->
                  assertThat(each.toString())
                      .contains("NOTE stopped, rights:", "table Novel", "read_only is on"));
      assertThat(verification.of("open"))
          .anySatisfy(
              each ->
                  assertThat(each.toString())
                      .contains(
                          // MariaDB's driver tells the server of the read-only mode
                          kind == DatabaseKind.MARIADB ? "NOTE" : "WARNING",
                          "open, rights:",
                          "table Novel",
                          kind == DatabaseKind.MARIADB ? "tx_read_only" : "doWork"));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB"})
  void writerWhoseUserMayOnlyReadIsAWarning(DatabaseKind kind) {
    DatabaseHandle database = kind.fresh();
    writer(database, c -> {});
    start("other", database.readOnlyUser(), c -> c.entities(Novel.class));

    assertThat(lines(verify()))
        .singleElement()
        .asString()
        .startsWith("WARNING other, rights: it writes, but its user may neither INSERT into");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB"})
  void rightToWriteASingleColumnIsSeen(DatabaseKind kind) {
    DatabaseHandle database = kind.fresh();
    writer(database, c -> {});
    DatabaseHandle limited = database.readOnlyUser();
    String user =
        kind == DatabaseKind.MARIADB
            ? "'" + limited.username() + "'@'127.0.0.1'"
            : limited.username();
    String schema = kind == DatabaseKind.MARIADB ? name(database) + "." : "";
    execute(superuser(kind, database), "grant update (stock) on " + schema + "Novel to " + user);
    start("other", limited, c -> c.entities(Novel.class));

    assertThat(verify().findings()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB"})
  void tableThatMayNotBeReadOrIsNotThereIsFound(DatabaseKind kind) {
    DatabaseHandle database = kind.fresh();
    writer(database, c -> {});
    start("writer2", database, c -> c.entities(Book.class));
    execute(database.dataSource(), "create table Plain (id bigint primary key)");

    assertThat(lines(verify()))
        .singleElement()
        .asString()
        .startsWith("WARNING writer2, rights: there is no tables Book, Book_tags");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB"})
  void poolsThatMayOpenMoreConnectionsThanTheServerAllowsAreAWarning(DatabaseKind kind) {
    start("a", kind.fresh(), c -> c.pool(p -> large(p, 150)).entities());
    start("b", kind.fresh(), c -> c.pool(p -> large(p, 100)).entities());

    assertThat(lines(verify()))
        .singleElement()
        .asString()
        .startsWith("WARNING a, connections: the pools [a 150, b 100], 250 in all, may open more")
        .contains("max_connections");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB"})
  void poolsThatFitOnlyOnceAreNoted(DatabaseKind kind) {
    start("a", kind.fresh(), c -> c.pool(p -> large(p, 150)).entities());

    assertThat(lines(verify()))
        .singleElement()
        .asString()
        .startsWith("NOTE a, connections: its pool [a 150], 150 in all, fit into max_connections");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB"})
  void enginesOnOnePoolAreCountedOnce(DatabaseKind kind) {
    DatabaseHandle database = kind.fresh();
    HikariConfig settings = new HikariConfig();
    settings.setJdbcUrl(database.jdbcUrl());
    settings.setUsername(database.username());
    settings.setPassword(database.password());
    settings.setAutoCommit(false);
    large(settings, 90);
    try (HikariDataSource pool = new HikariDataSource(settings)) {
      for (String name : List.of("a", "b", "c")) {
        registry.initializeEngine(name, pool, c -> c.entities());
      }

      assertThat(verify().findings()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB"})
  void limitOfAUserCounts(DatabaseKind kind) {
    DatabaseHandle database = kind.fresh();
    execute(
        superuser(kind, database),
        kind == DatabaseKind.POSTGRESQL
            ? "alter role " + database.username() + " connection limit 4"
            : "alter user '" + database.username() + "'@'127.0.0.1' with max_user_connections 4");
    start("a", database, c -> c.pool(p -> large(p, 3)).entities());
    start("b", database, c -> c.pool(p -> large(p, 2)).entities());
    start("others", kind.fresh(), c -> c.pool(p -> large(p, 3)).entities());

    assertThat(lines(verify()))
        .singleElement()
        .asString()
        .startsWith("WARNING a, connections: the pools [a 3, b 2], 5 in all,")
        .contains("user", "which is 4");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB"})
  void poolThatDoesNotTellItsSizeIsSaidToBeUnchecked(DatabaseKind kind) {
    DatabaseHandle database = kind.fresh();
    registry.initializeEngine("quiet", database.dataSource(), c -> c.autocommit().entities());
    registry.initializeEngine(
        "limited", database.dataSource(), c -> c.autocommit().entities().maxConnections(300));

    assertThat(lines(verify()))
        .hasSize(2)
        .anySatisfy(line -> assertThat(line).startsWith("NOT_CHECKED quiet, connections:"))
        .anySatisfy(line -> assertThat(line).startsWith("WARNING limited, connections: its pool"));
  }

  @ParameterizedTest
  @CsvSource({
    "POSTGRESQL, set idle_session_timeout='60s', 60 s",
    "MARIADB, set session wait_timeout=60, 60 s"
  })
  void connectionsThatTheServerClosesWhileThePoolKeepsThemAreAWarning(
      DatabaseKind kind, String sql, String limit) {
    start("writer", kind.fresh(), c -> c.pool(pool -> initially(pool, sql)).entities());
    start(
        "careful",
        kind.fresh(),
        c ->
            c.pool(
                    pool -> {
                      initially(pool, sql);
                      pool.setMaxLifetime(50_000);
                      pool.setKeepaliveTime(0);
                    })
                .entities());
    start(
        "awake",
        kind.fresh(),
        c ->
            c.pool(
                    pool -> {
                      initially(pool, sql);
                      pool.setKeepaliveTime(30_000);
                    })
                .entities());

    assertThat(lines(verify()))
        .singleElement()
        .asString()
        .startsWith("WARNING writer, idle connections: the server closes")
        .contains(limit, "for 1800 s");
  }

  @ParameterizedTest
  @CsvSource({"POSTGRESQL, set time zone '+05:30'", "MARIADB, set time_zone='+05:30'"})
  void sessionInAnotherTimeZoneIsAWarning(DatabaseKind kind, String sql) {
    start("writer", kind.fresh(), c -> c.pool(pool -> initially(pool, sql)).entities());

    assertThat(lines(verify()))
        .singleElement()
        .asString()
        .startsWith("WARNING writer, time zone: the session's time zone is ")
        .contains("5:30");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB"})
  void clocksAreCompared(DatabaseKind kind) {
    Engine engine = start("writer", kind.fresh(), c -> c.entities());

    for (Duration ahead : List.of(Duration.ofMinutes(1), Duration.ofMinutes(-1))) {
      Verification verification =
          new Doctor(
                  List.of(engine), new VerificationConfig(), Clock.offset(Clock.systemUTC(), ahead))
              .verify(Observer.NONE);

      assertThat(lines(verification))
          .singleElement()
          .asString()
          .startsWith("WARNING writer, clock: the database's clock is ")
          .contains(ahead.isNegative() ? "ahead of" : "behind");
    }
  }

  private static void initially(HikariConfig pool, String sql) {
    pool.setConnectionInitSql(sql);
    pool.setIsolateInternalQueries(true); // or the first rollback takes it back
  }

  private static String name(DatabaseHandle database) {
    return database.jdbcUrl().substring(database.jdbcUrl().lastIndexOf('/') + 1);
  }

  private static DataSource superuser(DatabaseKind kind, DatabaseHandle database) {
    DatabaseServer server =
        kind == DatabaseKind.MARIADB ? MariaDbServer.shared() : PostgresServer.shared();
    return server.superuserDataSource(name(database));
  }

  private static void large(HikariConfig pool, int size) {
    pool.setMaximumPoolSize(size);
    pool.setMinimumIdle(1);
  }

  /** PostgreSQL only. */
  @Nested
  class OnPostgres {

    private final DatabaseHandle database = DatabaseKind.POSTGRESQL.fresh();

    @Test
    void writerWhoseTransactionsAreReadOnlyByDefaultIsAnError() {
      execute(
          superuser(DatabaseKind.POSTGRESQL, database),
          "alter role " + database.username() + " set default_transaction_read_only = on");
      start("writer", database, c -> c.entities());

      assertThat(lines(verify()))
          .singleElement()
          .asString()
          .startsWith(
              "ERROR writer, role: it writes, but the database refuses that:"
                  + " transaction_read_only is on");
    }

    @Test
    void limitOfTheDatabaseCounts() {
      execute(
          superuser(DatabaseKind.POSTGRESQL, database),
          "alter database " + name(database) + " connection limit 5");
      start("a", database, c -> c.pool(p -> large(p, 6)).entities());

      assertThat(lines(verify()))
          .singleElement()
          .asString()
          .contains("WARNING a, connections:", "the CONNECTION LIMIT of database", "which is 5");
    }

    @Test
    void coordinatedEnginesNeedRoomForPreparedTransactions() {
      TransactionPolicy coordinated = coordinated(40);
      start("orders", database, c -> c.policy(coordinated).entities());
      assertThat(verify().findings()).isEmpty();
      start("ledger", database, c -> c.policy(coordinated).entities());

      assertThat(lines(verify()))
          .singleElement()
          .asString()
          .startsWith(
              "WARNING orders, prepared transactions: max_prepared_transactions is 64, but"
                  + " the pools of [orders, ledger] have 80 connections")
          .contains("Set max_prepared_transactions to 80");
    }

    @Test
    void transactionThatStaysPreparedIsSeen() throws SQLException {
      PostgresQuestions questions = new PostgresQuestions();
      try (Connection connection = database.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        assertThat(questions.preparedFor(connection, Duration.ZERO)).isZero();
        statement.execute("begin");
        statement.execute("create table left_over (id int)");
        statement.execute("prepare transaction 'doctor-it'");
        try {
          assertThat(questions.preparedFor(connection, Duration.ZERO)).isEqualTo(1);
          assertThat(questions.preparedFor(connection, Duration.ofHours(1))).isZero();
        } finally {
          statement.execute("rollback prepared 'doctor-it'");
        }
      }
    }

    @Test
    void tableThatMayNotBeReadIsAnError() {
      execute(database.dataSource(), "create table Plain (id bigint primary key)");
      DatabaseHandle other = database.readOnlyUser();
      execute(database.dataSource(), "revoke all on Plain from " + other.username() + ", public");
      start("reader", other, c -> c.readOnly().entities(Plain.class));

      assertThat(verify().of(Severity.ERROR))
          .singleElement()
          .asString()
          .contains("ERROR reader, rights: its user may not SELECT from table Plain");
    }

    @Test
    void writerOnAHotStandbyIsAnErrorAndAReaderIsWellThere(@TempDir Path directory)
        throws IOException {
      Path primary = directory.resolve("primary");
      Path standby = directory.resolve("standby");
      try (PostgresServer server = PostgresServer.start(primary)) {
        server.createDatabase("shop");
        server.createUser("shop", "x");
        server.grantAll("shop", "shop");
      }
      copy(primary, standby);
      Files.createFile(standby.resolve("data").resolve("standby.signal"));
      try (PostgresServer first = PostgresServer.start(primary);
          PostgresServer second = PostgresServer.start(standby)) {
        for (PostgresServer server : List.of(first, second)) {
          String name = server == first ? "primary" : "standby";
          registry.initializeEngine(
              "writer-" + name,
              c -> login(c, server).pool(p -> p.setMaximumPoolSize(90)).entities());
          registry.initializeEngine(
              "reader-" + name,
              c -> login(c, server).pool(p -> p.setMaximumPoolSize(2)).readOnly().entities());
        }

        assertThat(
                verify().findings().stream()
                    .map(each -> each.severity() + " " + each.engine() + " " + each.check()))
            .containsExactly("NOTE reader-primary role", "ERROR writer-standby role");
        registry.close();
      }
    }

    private EngineConfig login(EngineConfig config, PostgresServer server) {
      return config
          .url(server.jdbcUrl("shop"))
          .username("shop")
          .password("x")
          .pool(pool -> pool.setMinimumIdle(1));
    }

    private static void copy(Path from, Path to) throws IOException {
      try (Stream<Path> files = Files.walk(from)) {
        for (Path file : files.toList()) {
          if (!file.getFileName().toString().equals("lock")) {
            Files.copy(file, to.resolve(from.relativize(file).toString()));
          }
        }
      }
    }

    private static TransactionPolicy coordinated(int connections) {
      return new TransactionPolicy() {
        @Override
        public UnitTransaction begin() {
          throw new IllegalStateException("No unit of work is opened here");
        }

        @Override
        public boolean isCoordinated() {
          return true;
        }

        @Override
        public OptionalInt poolSize(String engine) {
          return OptionalInt.of(connections);
        }
      };
    }
  }

  /** MariaDB only. What concerns the whole server is taken back at the end of each test. */
  @Nested
  class OnMariaDb {

    private final DatabaseHandle database = DatabaseKind.MARIADB.fresh();
    private final DataSource admin = superuser(DatabaseKind.MARIADB, database);

    @Test
    void writerOnAServerThatIsReadOnlyIsAnError() {
      start("writer", database, c -> c.entities());
      execute(admin, "set global read_only = 1");
      try {
        assertThat(lines(verify()))
            .singleElement()
            .asString()
            .startsWith(
                "ERROR writer, role: it writes, but the database refuses that: read_only is"
                    + " on for the server");
      } finally {
        execute(admin, "set global read_only = 0");
      }
    }

    @Test
    void writerOnAReplicaIsAnErrorIfThatRefusesWritesAndAReaderIsWellThere() {
      start("writer", database, c -> c.entities());
      start("reader", database.readOnlyUser(), c -> c.readOnly().entities());
      execute(
          admin,
          "change master to master_host='127.0.0.1', master_port=1, master_user='nobody'",
          "start slave sql_thread");
      try {
        assertThat(lines(verify()))
            .singleElement()
            .asString()
            .startsWith(
                "WARNING writer, role: it writes, but its server is a replica: its status has"
                    + " Slaves_running = 1; it takes writes")
            .contains("replicates from the other");
        execute(admin, "set global read_only = 1");
        assertThat(lines(verify()))
            .singleElement()
            .asString()
            .startsWith(
                "ERROR writer, role: it writes, but its server is a replica: its status has"
                    + " Slaves_running = 1, and read_only is on for the server");
      } finally {
        execute(admin, "set global read_only = 0", "stop slave", "reset slave all");
      }
    }

    @Test
    void tableThatCantRollBackIsAnError() {
      execute(database.dataSource(), "create table Plain (id bigint primary key) engine=MyISAM");
      writer(database, c -> c.entities(Plain.class).property("hibernate.hbm2ddl.auto", "update"));
      start("logger", database, c -> c.entities(Plain.class).autocommit());

      assertThat(lines(verify()))
          .singleElement()
          .asString()
          .startsWith("ERROR writer, tables: there is no rollback for {Plain=ENGINE=MyISAM}");
    }
  }
}
