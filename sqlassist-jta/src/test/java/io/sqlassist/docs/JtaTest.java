package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.SqlAssist;
import io.sqlassist.jta.InDoubt;
import io.sqlassist.jta.JtaCoordinator;
import io.sqlassist.jta.XaPool;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.JtaShop;
import io.sqlassist.jta.fixture.ThisNode;
import io.sqlassist.transaction.CommitReport;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** The code of docs/jta.md. */
class JtaTest {

  private static XADataSource withTable() throws Exception {
    JdbcDataSource database = JtaShop.h2();
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(
          "create table Entry (id bigint primary key, text varchar(255) not null unique, version"
              + " integer not null)");
    }
    return database;
  }

  @Test
  void twoEnginesCommitTogether() throws Exception {
    XADataSource shopDataSource = withTable();
    XADataSource ledgerDataSource = withTable();
    Path store = ThisNode.emptyStore();
    // tag::start[]
    JtaCoordinator jta =
        JtaCoordinator.start(
            cfg -> {
              cfg.nodeId = "shop-1"; // unique, and the same after a restart
              cfg.objectStore = store; // a directory that outlives the process
            });
    jta.initializeEngine(
        "writer", shopDataSource, engine -> engine.entityPackages("io.sqlassist.jta.fixture"));
    // end::start[]
    // tag::pool[]
    XaPool pool = XaPool.of(ledgerDataSource);
    pool.maximumPoolSize = 20;
    pool.connectionTimeout = Duration.ofSeconds(5);
    jta.initializeEngine(
        "ledger", pool, engine -> engine.entityPackages("io.sqlassist.jta.fixture"));
    // end::pool[]
    try {
      // tag::unit[]
      SqlAssist.useUnit(
          db -> {
            db.writer().persist(new Entry(1, "an order"));
            db.session("ledger").persist(new Entry(1, "its booking"));
          });
      // end::unit[]
      assertThat(count("writer")).isOne();
      assertThat(count("ledger")).isOne();
      // tag::report[]
      SqlAssist.useUnit(
          db -> {
            db.writer().persist(new Entry(2, "an order"));
            db.session("ledger").persist(new Entry(2, "another booking"));
            db.rollback(); // both
            db.session("ledger").persist(new Entry(3, "a correction"));
            CommitReport report = db.commit(); // one engine: one phase, no log
            assertThat(report.isComplete()).isTrue();
          });
      // end::report[]
      assertThat(count("writer")).isOne();
      assertThat(count("ledger")).isEqualTo(2);
      // tag::recovery[]
      InDoubt inDoubt = jta.recovery();
      for (InDoubt.Branch branch : inDoubt.branches()) {
        alert(branch.engine() + " holds locks since " + branch.since());
      }
      for (InDoubt.Heuristic heuristic : inDoubt.heuristics()) {
        alert("compare " + heuristic.engines() + ", transaction " + heuristic.transaction());
      }
      // end::recovery[]
      assertThat(inDoubt.branches()).isEmpty();
      DataSource oldDataSource = JtaShop.h2();
      // tag::last[]
      jta.initializeEngine("old", XaPool.lastResource(oldDataSource), engine -> engine.entities());
      // end::last[]
      assertThatThrownBy(
              () ->
                  jta.initializeEngine(
                      "older", XaPool.lastResource(oldDataSource), engine -> engine.entities()))
          .isInstanceOf(IllegalArgumentException.class);
    } finally {
      // tag::close[]
      jta.close(); // after the last request; before or after SqlAssist.shutdown()
      // end::close[]
      SqlAssist.shutdown();
    }
  }

  private static void alert(String text) {
    throw new AssertionError(text);
  }

  private static long count(String engine) {
    return SqlAssist.<Long, RuntimeException>inUnit(
        db ->
            db.session(engine)
                .createSelectionQuery("select count(*) from Entry", Long.class)
                .getSingleResult());
  }
}
