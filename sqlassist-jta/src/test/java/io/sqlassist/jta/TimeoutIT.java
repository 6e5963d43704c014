package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.session.UnitTimeoutException;
import io.sqlassist.session.Units;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.xa.PGXADataSource;

/** Time-outs and refusals as real servers have them. */
class TimeoutIT {

  private static final Duration SOON = Duration.ofSeconds(15);

  @TempDir static Path store;
  private static final DatabaseHandle POSTGRES = DatabaseKind.POSTGRESQL.fresh();
  private static final DatabaseHandle MARIA_DB = DatabaseKind.MARIADB.fresh();
  private static EngineRegistry registry;
  private static JtaCoordinator jta;

  @BeforeAll
  static void start() throws Exception {
    registry = EngineRegistry.create();
    jta =
        JtaCoordinator.start(
            cfg -> {
              cfg.nodeId = "timeout-1";
              cfg.objectStore = store;
              cfg.registry = registry;
              cfg.timeout = Duration.ofSeconds(1);
            });
    PGXADataSource postgres = new PGXADataSource();
    postgres.setUrl(POSTGRES.jdbcUrl());
    postgres.setUser(POSTGRES.username());
    postgres.setPassword(POSTGRES.password());
    MariaDbDataSource mariaDb = new MariaDbDataSource(MARIA_DB.jdbcUrl());
    mariaDb.setUser(MARIA_DB.username());
    mariaDb.setPassword(MARIA_DB.password());
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
  @CsvSource({"postgres, select 1 from pg_sleep(60)", "mariadb, select sleep(60)"})
  void theRunningStatementIsCancelledAndNothingIsLeft(String engine, String endless)
      throws Exception {
    long before = count(POSTGRES);
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

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
    assertThat(count(POSTGRES)).isEqualTo(before);
    assertThat(count(MARIA_DB)).isEqualTo(before);
    writeBoth(before + 1);
    assertThat(count(POSTGRES)).isEqualTo(before + 1);
    assertThat(count(MARIA_DB)).isEqualTo(before + 1);
  }

  @Test
  void whatPostgresqlRefusesToPrepareIsRolledBackEverywhereAndSaysWhy() throws Exception {
    long before = count(MARIA_DB);

    assertThatThrownBy(
            () ->
                Units.useUnit(
                    registry,
                    db -> {
                      db.session("mariadb").persist(new Entry(-2, "lost"));
                      db.session("postgres")
                          .createNativeMutationQuery("create temporary table t (id int)")
                          .executeUpdate();
                    }))
        .hasStackTraceContaining("cannot PREPARE a transaction that has operated on temporary");
    assertThat(count(MARIA_DB)).isEqualTo(before);
    assertThat(jta.recovery().branches()).isEmpty();
  }
}
