package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.EngineTests;
import io.sqlassist.fixture.Novel;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Units that are ended, as after a time-out, while the database still works for them. */
@ParameterizedClass
@EnumSource
class AbandonIT extends EngineTests {

  private final AtomicReference<Thread> workerThread = new AtomicReference<>();
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "worker");
            workerThread.set(thread);
            return thread;
          });

  AbandonIT(DatabaseKind kind) {
    super(kind);
  }

  @AfterEach
  void stopWorker() throws InterruptedException {
    worker.shutdownNow();
    assertThat(worker.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  /** Takes ten minutes, if it is not cancelled. */
  private String slowQuery() {
    return switch (kind) {
      case H2 -> "select sum(x) from system_range(1, 200000000000)";
      case POSTGRESQL -> "select cast(pg_sleep(600) as text)";
      case MARIADB -> "select sleep(600)";
    };
  }

  /** Waits until the database works on a statement with that text, for the worker. */
  private void awaitRunning(Connection connection, String text) throws SQLException {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!(kind == DatabaseKind.H2 ? h2IsRunning() : isRunning(connection, text))) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the database does not work on '" + text + "'");
      }
      Thread.onSpinWait();
    }
  }

  private boolean isRunning(Connection connection, String text) throws SQLException {
    String running =
        kind == DatabaseKind.POSTGRESQL
            ? "select count(*) from pg_stat_activity where state = 'active' and datname ="
                + " current_database() and pid <> pg_backend_pid() and query like '%"
            : "select count(*) from information_schema.processlist where db = database() and id <>"
                + " connection_id() and info like '%";
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(running + text + "%'")) {
      row.next();
      return row.getInt(1) > 0;
    }
  }

  /** H2 works in the thread of the caller, and shows the sessions of others to nobody. */
  private boolean h2IsRunning() {
    Thread thread = workerThread.get();
    return thread != null
        && Stream.of(thread.getStackTrace())
            .anyMatch(frame -> frame.getClassName().matches("org\\.h2\\.command\\.(dml|query).*"));
  }

  private void assertWorkerIsRefused(DbSessionsContainer db, Future<?> work) throws Exception {
    try {
      work.get(60, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      // cancelled; MariaDB's sleep() returns instead
    }
    assertThatThrownBy(() -> worker.submit(db::writer).get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(UnitEndedException.class);
  }

  @Test
  void queryThatRunsIsCancelledAndItsConnectionComesBackClean() throws Exception {
    DbSessionsContainer db = engines.unit();
    Session writer = db.writer();
    writer.persist(new Novel("lost"));
    writer.flush();
    Future<?> work =
        worker.submit(() -> writer.createNativeQuery(slowQuery(), Object.class).getResultList());
    try (Connection watch = engines.connect("writer")) {
      awaitRunning(watch, "sleep(600)");
    }

    db.abandon();

    assertWorkerIsRefused(db, work);
    engines.observer().awaitEnd();
    assertThat(writer.isOpen()).isFalse();
    assertThat(engines.activeConnections("writer")).isZero();
    assertThat(engines.isbns("writer")).isEmpty();
    useUnit(next -> next.writer().persist(new Novel("next")));
    assertThat(engines.isbns("writer")).containsExactly("next");
  }

  @Test
  void updateThatWaitsForALockIsCancelledAndDoesNotWriteTheRow() throws Exception {
    useUnit(db -> db.writer().persist(new Novel("locked")));
    engines.observer().clear();
    try (Connection holder = engines.connect("writer");
        Connection watch = engines.connect("writer")) {
      holder.setAutoCommit(false);
      try (Statement statement = holder.createStatement()) {
        statement.executeUpdate("update Novel set stock = 1 where isbn = 'locked'");
      }
      DbSessionsContainer db = engines.unit();
      Session writer = db.writer();
      Future<?> work =
          worker.submit(
              () ->
                  writer
                      .createNativeMutationQuery("update Novel set stock = 2, isbn = 'written'")
                      .executeUpdate());
      awaitRunning(watch, "stock = 2");

      db.abandon();

      assertWorkerIsRefused(db, work);
      engines.observer().awaitEnd();
      holder.commit();
    }
    assertThat(engines.activeConnections("writer")).isZero();
    assertThat(engines.isbns("writer")).containsExactly("locked");
    assertThat(engines.stock("writer", "locked")).isEqualTo(1);
    useUnit(next -> next.writer().persist(new Novel("next")));
  }

  @Test
  void savepointBlockThatWaitsForALockIsCancelledToo() throws Exception {
    useUnit(db -> db.writer().persist(new Novel("locked")));
    engines.observer().clear();
    try (Connection holder = engines.connect("writer");
        Connection watch = engines.connect("writer")) {
      holder.setAutoCommit(false);
      try (Statement statement = holder.createStatement()) {
        statement.executeUpdate("update Novel set stock = 1 where isbn = 'locked'");
      }
      DbSessionsContainer db = engines.unit();
      EngineScope writer = db.on("writer");
      Future<?> work =
          worker.submit(
              () ->
                  writer.<Integer, RuntimeException>savepoint(
                      block ->
                          block
                              .createNativeMutationQuery("update Novel set stock = 2")
                              .executeUpdate()));
      awaitRunning(watch, "stock = 2");

      db.abandon();

      assertWorkerIsRefused(db, work);
      engines.observer().awaitEnd();
      holder.commit();
    }
    assertThat(engines.activeConnections("writer")).isZero();
    assertThat(engines.stock("writer", "locked")).isEqualTo(1);
  }

  @Test
  void flushThatWaitsForALockIsCancelledAndDoesNotWriteTheRow() throws Exception {
    useUnit(db -> db.writer().persist(new Novel("locked")));
    engines.observer().clear();
    try (Connection holder = engines.connect("writer");
        Connection watch = engines.connect("writer")) {
      DbSessionsContainer db = engines.unit();
      Session writer = db.writer();
      Novel novel = writer.createSelectionQuery("from Novel", Novel.class).getSingleResult();
      db.commit();
      holder.setAutoCommit(false);
      try (Statement statement = holder.createStatement()) {
        statement.executeUpdate("update Novel set stock = 1 where isbn = 'locked'");
      }
      novel.setStock(2);
      Future<?> work = worker.submit(writer::flush);
      awaitRunning(watch, kind == DatabaseKind.MARIADB ? "update Novel" : "update Novel set");

      db.close();

      assertWorkerIsRefused(db, work);
      engines.observer().awaitEnd();
      holder.commit();
    }
    assertThat(engines.activeConnections("writer")).isZero();
    assertThat(engines.stock("writer", "locked")).isEqualTo(1);
  }

  @Test
  void secondThreadIsRefusedWhileTheDatabaseWorksForTheFirst() throws Exception {
    DbSessionsContainer db = engines.unit();
    Session writer = db.writer();
    Future<?> work =
        worker.submit(() -> writer.createNativeQuery(slowQuery(), Object.class).getResultList());
    try (Connection watch = engines.connect("writer")) {
      awaitRunning(watch, "sleep(600)");
    }

    assertThatThrownBy(() -> db.session("ledger"))
        .isInstanceOf(ConcurrentUnitException.class)
        .hasMessageContaining("'worker'")
        .hasMessageContaining(Thread.currentThread().getName());
    assertThatThrownBy(() -> writer.createSelectionQuery("from Novel", Novel.class).getResultList())
        .isInstanceOf(ConcurrentUnitException.class);
    db.abandon();
    assertWorkerIsRefused(db, work);
    engines.observer().awaitEnd();
  }
}
