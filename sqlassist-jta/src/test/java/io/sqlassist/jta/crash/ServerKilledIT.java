package io.sqlassist.jta.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseServer;
import io.sqlassist.embedded.MariaDbServer;
import io.sqlassist.embedded.PostgresServer;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.jta.InDoubt;
import io.sqlassist.jta.JtaCoordinator;
import io.sqlassist.jta.XaPool;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.Faulty;
import io.sqlassist.jta.fixture.ThisNode;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.xa.PGXADataSource;

/** A database server that dies between the two phases, and comes back. */
class ServerKilledIT {

  @TempDir Path folder;

  @Test
  void aServerKilledBetweenThePhasesHasTheWorkWhenItIsBack() throws Exception {
    // With directories of their own, since servers without one don't wait for the disk.
    try (PostgresServer postgres = PostgresServer.start(folder.resolve("postgres"));
        MariaDbServer mariaDb = MariaDbServer.start(folder.resolve("mariadb"))) {
      DatabaseHandle shop = postgres.freshDatabase();
      DatabaseHandle accounts = mariaDb.freshDatabase();
      PGXADataSource ordersDataSource = new PGXADataSource();
      ordersDataSource.setUrl(shop.jdbcUrl());
      ordersDataSource.setUser(shop.username());
      ordersDataSource.setPassword(shop.password());
      MariaDbDataSource ledgerDataSource = new MariaDbDataSource(accounts.jdbcUrl());
      ledgerDataSource.setUser(accounts.username());
      ledgerDataSource.setPassword(accounts.password());
      Faulty orders = new Faulty(ordersDataSource);
      Faulty ledger = new Faulty(ledgerDataSource);
      try (EngineRegistry registry = EngineRegistry.create();
          JtaCoordinator jta =
              JtaCoordinator.start(
                  cfg -> {
                    cfg.nodeId = ThisNode.ID;
                    cfg.objectStore = ThisNode.emptyStore();
                    cfg.registry = registry;
                    cfg.recoveryInterval = Duration.ofSeconds(1);
                  })) {
        for (var each :
            java.util.Map.of("orders", XaPool.of(orders), "ledger", XaPool.of(ledger)).entrySet()) {
          jta.initializeEngine(
                  each.getKey(), each.getValue(), config -> config.entities(Entry.class))
              .sessionFactory()
              .getSchemaManager()
              .create(false);
        }
        killBeforeCommit(registry, jta, orders, "orders", postgres, 1);
        killBeforeCommit(registry, jta, ledger, "ledger", mariaDb, 2);
      }
      assertThat(count(shop)).isEqualTo(2);
      assertThat(count(accounts)).isEqualTo(2);
    }
  }

  private static void killBeforeCommit(
      EngineRegistry registry,
      JtaCoordinator jta,
      Faulty faults,
      String engine,
      DatabaseServer server,
      long id) {
    AtomicBoolean killed = new AtomicBoolean();
    faults.before(
        step -> {
          if (step.equals("commit") && !killed.getAndSet(true)) {
            server.kill();
          }
        });
    try (DbSessionsContainer db = Units.openUnit(registry)) {
      db.session("orders").persist(new Entry(id, "entry " + id));
      db.session("ledger").persist(new Entry(id, "entry " + id));
      CommitReport report = db.commit();
      assertThat(report.outcomes()).containsEntry(engine, Outcome.DECIDED);
    }
    assertThat(jta.recoverNow().unreachable()).containsExactly(engine);
    server.restart();
    long end = System.nanoTime() + Duration.ofMinutes(5).toNanos();
    InDoubt inDoubt = jta.recoverNow();
    while (!inDoubt.isEmpty() && System.nanoTime() < end) {
      inDoubt = jta.recoverNow();
    }
    assertThat(inDoubt.isEmpty()).as("%s", inDoubt).isTrue();
    faults.clear();
  }

  private static int count(DatabaseHandle database) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from Entry")) {
      row.next();
      return row.getInt(1);
    }
  }
}
