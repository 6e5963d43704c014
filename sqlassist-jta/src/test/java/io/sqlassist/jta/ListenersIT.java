package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.ConnectionListener;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.ThisNode;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import javax.sql.XADataSource;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.xa.PGXADataSource;

/** What a listener sets on a connection of a real server is gone for the next unit. */
class ListenersIT {

  private record Tenants(String ask, String set, String reset) implements ConnectionListener {

    private static final List<String> FOUND = new CopyOnWriteArrayList<>();

    @Override
    public void acquired(
        String engine, Connection connection, Function<String, Optional<Object>> attributes)
        throws SQLException {
      String found = first(connection, ask);
      FOUND.add(found == null ? "" : found);
      run(connection, set);
    }

    @Override
    public void released(String engine, Connection connection) throws SQLException {
      run(connection, reset);
    }
  }

  /** What it sets PostgreSQL undoes if the transaction is rolled back. */
  private static final class Limit implements ConnectionListener {

    @Override
    public void connected(String engine, Connection connection) throws SQLException {
      run(connection, "set statement_timeout = '77s'");
    }
  }

  private static final List<String> WARNINGS = new CopyOnWriteArrayList<>();
  private static EngineRegistry registry;
  private static JtaCoordinator jta;

  @BeforeAll
  static void start() throws SQLException {
    registry =
        EngineRegistry.create(
            new Observer() {
              @Override
              public void engineWarning(String engine, String warning) {
                WARNINGS.add(engine + ": " + warning);
              }
            });
    jta =
        JtaCoordinator.start(
            cfg -> {
              cfg.nodeId = ThisNode.ID;
              cfg.objectStore = ThisNode.emptyStore();
              cfg.registry = registry;
            });
    Tenants postgresTenants =
        new Tenants(
            "select current_setting('app.tenant', true)",
            "select set_config('app.tenant', 'acme', false)",
            "reset app.tenant");
    add("postgres", postgres(), postgresTenants);
    add("fresh", postgres(), new Limit());
    DatabaseHandle server = DatabaseKind.MARIADB.fresh();
    MariaDbDataSource mariaDb = new MariaDbDataSource(server.jdbcUrl());
    mariaDb.setUser(server.username());
    mariaDb.setPassword(server.password());
    add(
        "mariadb",
        mariaDb,
        new Tenants("select @tenant", "set @tenant = 'acme'", "set @tenant = null"));
  }

  private static PGXADataSource postgres() {
    DatabaseHandle server = DatabaseKind.POSTGRESQL.fresh();
    PGXADataSource postgres = new PGXADataSource();
    postgres.setUrl(server.jdbcUrl());
    postgres.setUser(server.username());
    postgres.setPassword(server.password());
    return postgres;
  }

  private static void add(String name, XADataSource database, ConnectionListener listener) {
    XaPool pool = XaPool.of(database);
    pool.maximumPoolSize = 1;
    jta.initializeEngine(name, pool, cfg -> cfg.entities(Entry.class).connections(listener))
        .sessionFactory()
        .getSchemaManager()
        .create(false);
  }

  @AfterAll
  static void stop() {
    jta.close();
    registry.close();
  }

  @BeforeEach
  void forget() {
    Tenants.FOUND.clear();
    WARNINGS.clear();
  }

  private static String first(Connection connection, String question) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(question)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long count(DbSessionsContainer db, String engine) {
    Session session = db.session(engine);
    return session.createSelectionQuery("select count(*) from Entry", Long.class).getSingleResult();
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "mariadb"})
  void nothingIsLeftForTheNextUnitHoweverThisOneEnds(String engine) {
    Units.useUnit(registry, db -> count(db, engine));
    Units.useUnit(registry, db -> db.session(engine).persist(new Entry(1, "one")));
    Units.useUnit(
        registry,
        db -> {
          db.session(engine).persist(new Entry(2, "two"));
          db.session("fresh").persist(new Entry(engine.length(), engine));
        });
    assertThatThrownBy(
            () ->
                Units.useUnit(
                    registry,
                    db -> {
                      db.session(engine).persist(new Entry(3, "three"));
                      db.session(engine).flush();
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");
    assertThatThrownBy(
            () ->
                Units.useUnit(
                    registry,
                    db ->
                        db.session(engine)
                            .createNativeMutationQuery("insert into nowhere values (1)")
                            .executeUpdate()))
        .isNotNull();
    assertThatThrownBy(
            () -> Units.useUnit(registry, db -> db.session(engine).persist(new Entry(4, "one"))))
        .isNotNull();
    Units.useUnit(registry, db -> assertThat(count(db, engine)).isEqualTo(2));

    assertThat(Tenants.FOUND).hasSize(7).containsOnly("");
    assertThat(WARNINGS).isEmpty();
  }

  @Test
  void setUpThatARollbackHasUndoneIsDoneAgain() {
    int former = Units.<Integer, RuntimeException>inUnit(registry, ListenersIT::connection);
    registry.reinitEngine("fresh");
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    // The pool drops the former one on a thread of its own.
    while (connectionOfARollback() == former) {
      assertThat(System.nanoTime()).as("still the former connection").isLessThan(end);
    }

    Units.useUnit(
        registry,
        db ->
            assertThat(
                    db.session("fresh")
                        .createNativeQuery("show statement_timeout", String.class)
                        .getSingleResult())
                .isEqualTo("77s"));
  }

  private static int connection(DbSessionsContainer db) {
    return db.session("fresh")
        .createNativeQuery("select pg_backend_pid()", Integer.class)
        .getSingleResult();
  }

  private static int connectionOfARollback() {
    int[] used = new int[1];
    assertThatThrownBy(
            () ->
                Units.useUnit(
                    registry,
                    db -> {
                      used[0] = connection(db);
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");
    return used[0];
  }
}
