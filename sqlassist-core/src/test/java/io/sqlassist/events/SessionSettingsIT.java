package io.sqlassist.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.ConnectionListener;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Isolation;
import io.sqlassist.session.UnitOrigin;
import io.sqlassist.session.Units;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What listeners set on connections: it holds as long as it should, and no one else sees it. */
class SessionSettingsIT {

  private final TestEngines engines = TestEngines.none();

  @AfterEach
  void close() {
    engines.close();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String ask(Session session, String sql) {
    return session.createNativeQuery(sql, String.class).getSingleResultOrNull();
  }

  private DbSessionsContainer unitOf(String tenant) {
    return new DbSessionsContainer(
        engines.registry(),
        new UnitOrigin() {
          @Override
          public String label() {
            return "GET /";
          }

          @Override
          public Optional<Object> attribute(String name) {
            return name.equals("request") ? Optional.of(tenant) : Optional.empty();
          }
        });
  }

  /** What a set-up statement is on each database, and how to see what it did. */
  private record Setting(String set, String show) {
    static Setting of(DatabaseKind kind) {
      return switch (kind) {
        case POSTGRESQL ->
            new Setting(
                "set application_name = 'shop'", "select current_setting('application_name')");
        case MARIADB -> new Setting("set @shop = 'shop'", "select @shop");
        case H2 -> new Setting("set @shop = 'shop'", "select cast(@shop as varchar)");
      };
    }
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void whatIsSetOnANewConnectionSurvivesARollback(DatabaseKind kind) {
    Setting setting = Setting.of(kind);
    List<String> connected = new ArrayList<>();
    engines.add(
        "writer",
        kind.fresh(),
        EngineKind.READ_WRITE,
        1,
        config ->
            config.connections(
                new ConnectionListener() {
                  @Override
                  public void connected(String engine, Connection connection) throws SQLException {
                    connected.add(engine);
                    execute(connection, setting.set());
                  }
                }));
    for (int i = 0; i < 2; i++) {
      DbSessionsContainer db = engines.unit();
      db.writer().persist(new Novel("lost"));
      db.writer().flush();
      assertThat(ask(db.writer(), setting.show())).isEqualTo("shop");
      db.close();
    }

    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(connected).hasSize(1);
    engines.assertConnectionsAreBackAndClean();
  }

  /** Row-level security by a variable that ends with the transaction. */
  private static final ConnectionListener LOCAL =
      new ConnectionListener() {
        @Override
        public void acquired(
            String engine, Connection connection, Function<String, Optional<Object>> attributes)
            throws SQLException {
          String tenant = attributes.apply("request").map(String::valueOf).orElse("");
          try (PreparedStatement set =
              connection.prepareStatement("select set_config('app.tenant', ?, true)")) {
            set.setString(1, tenant);
            set.execute();
          }
        }
      };

  private void enableRowLevelSecurity() {
    engines.sql(
        "writer",
        "alter table Novel enable row level security",
        "alter table Novel force row level security",
        "create policy tenants on Novel using (isbn like current_setting('app.tenant', true) || '%')");
  }

  private static List<String> isbns(Session session) {
    return session
        .createSelectionQuery("select isbn from Novel order by isbn", String.class)
        .getResultList();
  }

  @Test
  void requestSeesTheRowsOfItsTenantOnlyAndTheNextBorrowerNothingOfIt() throws SQLException {
    engines.add(
        "writer",
        DatabaseKind.POSTGRESQL.fresh(),
        EngineKind.READ_WRITE,
        1,
        config -> config.connections(LOCAL));
    engines.sql(
        "writer", "insert into Novel (id, isbn, stock) values (1, 'acme-1', 0), (2, 'bolt-1', 0)");
    enableRowLevelSecurity();

    for (String tenant : List.of("acme", "bolt", "acme")) {
      DbSessionsContainer db = unitOf(tenant);
      assertThat(isbns(db.writer())).containsExactly(tenant + "-1");
      db.commit();
      assertThat(isbns(db.writer())).as("in the next transaction").containsExactly(tenant + "-1");
      db.close();
      try (Connection next = engines.pool("writer").getConnection();
          Statement statement = next.createStatement();
          var row = statement.executeQuery("select current_setting('app.tenant', true)")) {
        row.next();
        assertThat(row.getString(1)).as("to the next borrower").isNullOrEmpty();
      }
    }
    engines.assertConnectionsAreBackAndClean();
  }

  @Test
  void tenantCannotInjectSql() {
    engines.add(
        "writer",
        DatabaseKind.POSTGRESQL.fresh(),
        EngineKind.READ_WRITE,
        1,
        config -> config.connections(LOCAL));
    DbSessionsContainer db = unitOf("x', true); drop table Novel; --");

    assertThat(ask(db.writer(), "select current_setting('app.tenant')"))
        .isEqualTo("x', true); drop table Novel; --");
    assertThat(isbns(db.writer())).isEmpty();
    db.close();
  }

  /** For engines without transactions: a variable of the session, taken back at the release. */
  private static final ConnectionListener RESET =
      new ConnectionListener() {
        @Override
        public void acquired(
            String engine, Connection connection, Function<String, Optional<Object>> attributes)
            throws SQLException {
          String tenant = attributes.apply("request").map(String::valueOf).orElse("");
          try (PreparedStatement set =
              connection.prepareStatement("select set_config('app.tenant', ?, false)")) {
            set.setString(1, tenant);
            set.execute();
          }
        }

        @Override
        public void released(String engine, Connection connection) throws SQLException {
          if (connection != null) {
            execute(connection, "reset app.tenant");
          }
        }
      };

  @ParameterizedTest
  @EnumSource(EngineKind.class)
  void variableOfTheSessionIsTakenBackWhateverBecameOfTheWork(EngineKind kind) throws SQLException {
    engines.add(
        "tested", DatabaseKind.POSTGRESQL.fresh(), kind, 1, config -> config.connections(RESET));
    for (boolean commit : new boolean[] {true, false}) {
      DbSessionsContainer db = unitOf("acme");
      assertThat(ask(db.session("tested"), "select current_setting('app.tenant')"))
          .isEqualTo("acme");
      if (commit) {
        db.commit();
      }
      db.close();

      try (Connection next = engines.pool("tested").getConnection();
          Statement statement = next.createStatement();
          var row = statement.executeQuery("select current_setting('app.tenant', true)")) {
        row.next();
        assertThat(row.getString(1)).as("after commit=%s", commit).isNullOrEmpty();
      }
    }
    engines.assertConnectionsAreBackAndClean();
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void isolationCanBeSetAlthoughTheListenerHasBegunATransaction(DatabaseKind kind) {
    RecordingListener listener = new RecordingListener();
    listener.onAcquired = connection -> execute(connection, "select 1");
    engines.add(
        "writer", kind.fresh(), EngineKind.READ_WRITE, 1, config -> config.connections(listener));
    listener.forget();
    DbSessionsContainer db = unitOf("acme");

    db.on("writer")
        .isolation(Isolation.SERIALIZABLE)
        .atomic(
            session -> {
              session.doWork(
                  connection ->
                      assertThat(connection.getTransactionIsolation())
                          .isEqualTo(Connection.TRANSACTION_SERIALIZABLE));
              session.persist(new Novel("serial"));
              return Boolean.TRUE;
            });
    db.close();

    assertThat(engines.isbns("writer")).containsExactly("serial");
    assertThat(listener.events())
        .containsExactly(
            "acquired writer for acme",
            "released writer",
            "acquired writer for acme",
            "released writer");
    engines.assertConnectionsAreBackAndClean();
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void savepointIsInTheTransactionOfTheListener(DatabaseKind kind) {
    RecordingListener listener = new RecordingListener();
    engines.add(
        "writer", kind.fresh(), EngineKind.READ_WRITE, 1, config -> config.connections(listener));
    listener.forget();

    Units.useUnit(
        engines.registry(),
        db -> {
          db.writer().persist(new Novel("outer"));
          db.on("writer")
              .savepoint(
                  session -> {
                    session.persist(new Novel("inner"));
                    return Boolean.TRUE;
                  });
        });

    assertThat(engines.isbns("writer")).containsExactly("outer", "inner");
    assertThat(listener.events()).containsExactly("acquired writer", "released writer");
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void connectionThatBreaksInAUnitIsReleasedWithoutTheObject(DatabaseKind kind) {
    RecordingListener listener = new RecordingListener();
    engines.add(
        "writer", kind.fresh(), EngineKind.READ_WRITE, 1, config -> config.connections(listener));
    listener.forget();
    DbSessionsContainer db = engines.unit();
    isbns(db.writer());
    db.writer().doWork(connection -> connection.unwrap(Connection.class).close());
    db.close();

    assertThat(listener.events()).containsExactly("acquired writer", "released writer broken");
    Units.useUnit(engines.registry(), other -> isbns(other.writer()));
    assertThat(listener.events())
        .endsWith("connected writer", "acquired writer", "released writer");
    engines.assertConnectionsAreBackAndClean();
  }
}
