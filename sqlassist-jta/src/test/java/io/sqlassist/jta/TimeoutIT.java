package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.InTime;
import io.sqlassist.jta.fixture.ThisNode;
import io.sqlassist.session.UnitTimeoutException;
import io.sqlassist.session.Units;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.xa.PGXADataSource;

/** Time-outs and refusals as real servers have them. */
class TimeoutIT {

  /** Of the statements that are cancelled; nothing else takes as long. */
  private static final Duration ENDLESS = Duration.ofSeconds(300);

  private static DatabaseHandle postgresql;
  private static DatabaseHandle maria;
  private static EngineRegistry registry;
  private static JtaCoordinator jta;

  @BeforeAll
  static void start() throws Exception {
    postgresql = DatabaseKind.POSTGRESQL.fresh();
    maria = DatabaseKind.MARIADB.fresh();
    registry = EngineRegistry.create();
    jta =
        JtaCoordinator.start(
            cfg -> {
              cfg.nodeId = ThisNode.ID;
              cfg.objectStore = ThisNode.emptyStore();
              cfg.registry = registry;
              cfg.timeout = Duration.ofSeconds(1);
            });
    PGXADataSource postgres = new PGXADataSource();
    postgres.setUrl(postgresql.jdbcUrl());
    postgres.setUser(postgresql.username());
    postgres.setPassword(postgresql.password());
    MariaDbDataSource mariaDb = new MariaDbDataSource(maria.jdbcUrl());
    mariaDb.setUser(maria.username());
    mariaDb.setPassword(maria.password());
    jta.initializeEngine("postgres", postgres, cfg -> cfg.entities(Entry.class))
        .sessionFactory()
        .getSchemaManager()
        .create(false);
    jta.initializeEngine("mariadb", mariaDb, cfg -> cfg.entities(Entry.class))
        .sessionFactory()
        .getSchemaManager()
        .create(false);
  }

  @AfterAll
  static void stop() {
    jta.close();
    registry.close();
  }

  private static long count(DatabaseHandle database) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from Entry")) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void writeBoth(long id) {
    Units.useUnit(
        registry,
        db -> {
          db.session("postgres").persist(new Entry(id, "entry " + id));
          db.session("mariadb").persist(new Entry(id, "entry " + id));
        });
  }

  @ParameterizedTest
  @CsvSource({"postgres, select 1 from pg_sleep(300)", "mariadb, select sleep(300)"})
  void theRunningStatementIsCancelledAndNothingIsLeft(String engine, String endless)
      throws Exception {
    long before = count(postgresql);
    long begin = System.nanoTime();

    assertThatThrownBy(
            () ->
                Units.useUnit(
                    registry,
                    db -> {
                      db.session("postgres").persist(new Entry(-1, "lost"));
                      db.session("postgres").flush();
                      db.session("mariadb").persist(new Entry(-1, "lost"));
                      db.session("mariadb").flush();
                      db.session(engine).createNativeQuery(endless, Object.class).list();
                    }))
        .isInstanceOf(UnitTimeoutException.class)
        .hasMessageContaining("1000 ms");

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(ENDLESS);
    assertThat(count(postgresql)).isEqualTo(before);
    assertThat(count(maria)).isEqualTo(before);
    InTime.repeat(() -> writeBoth(before + 1));
    assertThat(count(postgresql)).isEqualTo(before + 1);
    assertThat(count(maria)).isEqualTo(before + 1);
  }

  @Test
  void whatPostgresqlRefusesToPrepareIsRolledBackEverywhereAndSaysWhy() throws Exception {
    long before = count(maria);

    assertThatThrownBy(
            () ->
                InTime.repeat(
                    () ->
                        Units.useUnit(
                            registry,
                            db -> {
                              db.session("mariadb").persist(new Entry(-2, "lost"));
                              db.session("postgres")
                                  .createNativeMutationQuery("create temporary table t (id int)")
                                  .executeUpdate();
                            })))
        .hasStackTraceContaining("cannot PREPARE a transaction that has operated on temporary");
    assertThat(count(maria)).isEqualTo(before);
    assertThat(jta.recovery().branches()).isEmpty();
  }
}
