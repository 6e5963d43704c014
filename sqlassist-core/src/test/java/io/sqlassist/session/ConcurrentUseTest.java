package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.EngineTests;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.Held;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.transaction.CommitReport;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.BeforeCompletionCallback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConcurrentUseTest extends EngineTests {

  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "worker"));

  ConcurrentUseTest() {
    super(DatabaseKind.H2);
  }

  @AfterEach
  void stopWorker() throws InterruptedException {
    worker.shutdownNow();
    assertThat(worker.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  private static List<Novel> novels(Session session) {
    return session.createSelectionQuery("from Novel", Novel.class).getResultList();
  }

  private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable use) {
    assertThatThrownBy(use)
        .isInstanceOf(ConcurrentUnitException.class)
        .hasMessageContaining("'worker'")
        .hasMessageContaining("'" + Thread.currentThread().getName() + "'");
  }

  @Test
  void secondThreadIsRefusedWithBothNamesWhileTheFirstIsInAStatement() throws Exception {
    DbSessionsContainer db = engines.unit();
    Session writer = db.writer();
    StatelessSession stateless = db.on("writer").statelessSession();
    Session reader = db.reader();
    Held statement = Held.in(engines.faults("writer"), "execute");
    Future<List<Novel>> first = worker.submit(() -> novels(writer));
    statement.awaitArrival();

    assertRefused(() -> db.session("ledger"));
    assertRefused(() -> db.on("writer"));
    assertRefused(db::commit);
    assertRefused(db::rollback);
    assertRefused(() -> novels(writer));
    assertRefused(() -> novels(reader));
    assertRefused(() -> stateless.createSelectionQuery("from Novel", Novel.class).getResultList());
    assertRefused(writer::flush);

    statement.release();
    assertThat(get(first)).isEmpty();
    assertThat(novels(writer)).isEmpty();
    db.close();
  }

  @Test
  void statusesAreReadableWhileAnotherThreadIsInAStatement() throws Exception {
    DbSessionsContainer db = engines.unit();
    Session writer = db.writer();
    Held statement = Held.in(engines.faults("writer"), "execute");
    Future<List<Novel>> first = worker.submit(() -> novels(writer));
    statement.awaitArrival();

    assertThat(db.statuses()).containsEntry("writer", EngineStatus.START);
    assertThat(db.isOpen("writer")).isTrue();
    db.doom();
    assertThat(db.isDoomed()).isTrue();

    statement.release();
    get(first);
    db.close();
  }

  @Test
  void secondThreadIsRefusedWhileTheFirstCommits() throws Exception {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("kept"));
    Held commit = Held.in(engines.faults("writer"), "commit");
    Future<?> first = worker.submit(db::commit);
    commit.awaitArrival();

    assertRefused(db::rollback);
    assertRefused(() -> db.session("ledger"));

    commit.release();
    get(first);
    db.close();
    assertThat(engines.isbns("writer")).containsExactly("kept");
  }

  @Test
  void unitMayBeHandedFromThreadToThread() throws Exception {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("main"));
    db.writer().flush();
    get(worker.submit(() -> db.writer().persist(new Novel("worker"))));
    db.session("ledger").persist(new Novel("main again"));
    get(worker.submit(db::commitAndClose));

    assertThat(engines.isbns("writer")).containsExactlyInAnyOrder("main", "worker");
    assertThat(engines.isbns("ledger")).containsExactly("main again");
  }

  @Test
  void unitMayBeHandedAlongAChainOfFutures() {
    DbSessionsContainer db = engines.unit();
    ExecutorService many = Executors.newFixedThreadPool(4);
    try {
      CompletableFuture<Void> chain = CompletableFuture.completedFuture(null);
      for (int i = 0; i < 40; i++) {
        String isbn = "novel " + i;
        chain =
            chain.thenRunAsync(
                () -> {
                  db.writer().persist(new Novel(isbn));
                  db.writer().flush();
                },
                many);
      }
      chain.thenRunAsync(db::commitAndClose, many).orTimeout(60, TimeUnit.SECONDS).join();
    } finally {
      many.shutdownNow();
    }
    assertThat(engines.isbns("writer")).hasSize(40);
  }

  @Test
  void unitMayBeUsedByVirtualThreads() throws Exception {
    ExecutorService virtual;
    try {
      virtual =
          (ExecutorService)
              Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (NoSuchMethodException e) {
      assumeTrue(false, "no virtual threads on this JDK");
      return;
    }
    try {
      for (int i = 0; i < 50; i++) {
        String isbn = "novel " + i;
        get(virtual.submit(() -> useUnit(db -> db.writer().persist(new Novel(isbn)))));
      }
      DbSessionsContainer db = engines.unit();
      get(virtual.submit(() -> db.writer().persist(new Novel("handed over"))));
      get(virtual.submit(db::commitAndClose));
      assertThat(get(virtual.submit(Units::findCurrent))).isEmpty();
    } finally {
      virtual.shutdownNow();
    }
    assertThat(engines.isbns("writer")).hasSize(51);
  }

  @Test
  void abandonedUnitIsClosedOnlyWhenTheWorkerHasLetGo() throws Exception {
    DbSessionsContainer db = engines.unit();
    Session writer = db.writer();
    Held statement = Held.in(engines.faults("writer"), "execute");
    Future<List<Novel>> first = worker.submit(() -> novels(writer));
    statement.awaitArrival();

    db.abandon();
    assertThatThrownBy(db::writer).isInstanceOf(UnitEndedException.class);
    assertThatThrownBy(() -> db.session("ledger")).isInstanceOf(UnitEndedException.class);
    assertThat(events()).containsExactly("started", "opened writer");
    assertThat(writer.isOpen()).isTrue();
    assertThat(engines.activeConnections("writer")).isEqualTo(1);
    assertThat(engines.faults("writer").calls("statement.cancel")).isLessThanOrEqualTo(1);

    statement.release();
    engines.observer().awaitEnd();
    assertThat(writer.isOpen()).isFalse();
    Eventually.until("the worker has ended", first::isDone);
    assertThatThrownBy(() -> get(worker.submit(() -> novels(writer))))
        .hasRootCauseInstanceOf(IllegalStateException.class);
    assertThat(events())
        .containsExactly("started", "opened writer", "rolled back", "closed writer", "ended");
  }

  @Test
  void abandonedUnitIsClosedAlthoughEveryCommonThreadIsBusy() throws Exception {
    Held busy = new Held();
    ForkJoinPool common = ForkJoinPool.commonPool();
    List<ForkJoinTask<?>> tasks = new ArrayList<>();
    for (int i = 0; i < common.getParallelism() + 2; i++) {
      tasks.add(common.submit(busy::arriveAndWait));
    }
    try {
      DbSessionsContainer db = engines.unit();
      db.writer().persist(new Novel("lost"));
      db.writer().flush();
      db.abandon();
      engines.observer().awaitEnd();
      assertThat(engines.activeConnections("writer")).isZero();
    } finally {
      busy.release();
      for (ForkJoinTask<?> task : tasks) {
        get(task);
      }
    }
  }

  @Test
  void closeByAnotherThreadWhileTheWorkerIsBusyIsTheSameAsAbandon() throws Exception {
    DbSessionsContainer db = engines.unit();
    Session writer = db.writer();
    Held statement = Held.in(engines.faults("writer"), "execute");
    Future<List<Novel>> first = worker.submit(() -> novels(writer));
    statement.awaitArrival();

    db.close();
    db.close();
    db.abandon();
    assertThat(writer.isOpen()).isTrue();
    assertThat(db.isEnded()).isTrue();

    statement.release();
    // However it ends: the unit may be closed when its thread has not gone on for ten milliseconds.
    Eventually.until("the worker has ended", first::isDone);
    engines.observer().awaitEnd();
    assertThat(writer.isOpen()).isFalse();
    assertThat(events()).filteredOn("ended"::equals).hasSize(1);
  }

  /** Reads the one novel there is, and stops in the middle of its row. */
  private static List<String> read(Session session, Held row) {
    return session
        .createSelectionQuery("select isbn from Novel", Object[].class)
        .setTupleTransformer(
            (tuple, aliases) -> {
              row.arriveAndWait();
              return (String) tuple[0];
            })
        .getResultList();
  }

  /** As the unit itself would do it, with another patience for rows that are not read. */
  private static void abandon(DbSessionsContainer db, Duration reading) {
    Unit unit = db.unitIfUsed();
    assertThat(unit.guard().abandon()).isTrue();
    new AbandonedUnit(unit, reading).closeWhenQuiet();
  }

  /** Abandons other units and waits for their ends: one before could have come to its own. */
  private void abandonOthers() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      DbSessionsContainer other = engines.unit();
      novels(other.session("ledger"));
      other.abandon();
      engines.observer().awaitEnd();
    }
  }

  @Test
  void abandonedUnitIsNotClosedUnderAWorkerThatReadsItsRows() throws Exception {
    useUnit(db -> db.writer().persist(new Novel("read")));
    engines.observer().clear();
    DbSessionsContainer db = engines.unit();
    Session writer = db.writer();
    Held row = new Held();
    Future<List<String>> reading = worker.submit(() -> read(writer, row));
    row.awaitArrival();

    abandon(db, Duration.ofMinutes(5));
    abandonOthers();
    assertThat(writer.isOpen()).isTrue();
    assertThat(engines.activeConnections("writer")).isEqualTo(1);

    row.release();
    assertThat(get(reading)).containsExactly("read");
    engines.observer().awaitEnd();
    assertThat(writer.isOpen()).isFalse();
    assertThat(engines.activeConnections("writer")).isZero();
  }

  @Test
  void abandonedUnitIsClosedThoughItsWorkerHasLeftRowsUnread() throws Exception {
    useUnit(db -> db.writer().persist(new Novel("unread")));
    engines.observer().clear();
    DbSessionsContainer db = engines.unit();
    Session writer = db.writer();
    assertThat(writer.createSelectionQuery("from Novel", Novel.class).getResultStream().findFirst())
        .isPresent();

    abandon(db, Duration.ofMillis(50));

    engines.observer().awaitEnd();
    assertThat(writer.isOpen()).isFalse();
    assertThat(engines.activeConnections("writer")).isZero();
  }

  @Test
  void nextStatementOfAnAbandonedWorkerThrowsAndIsNotSent() throws Exception {
    DbSessionsContainer db = engines.unit();
    Session writer = db.writer();
    Held flush = Held.in(engines.faults("writer"), "execute");
    Future<?> work =
        worker.submit(
            () -> {
              novels(writer);
              writer.persist(new Novel("lost"));
              writer.flush();
            });
    flush.awaitArrival();
    db.abandon();
    int sent = engines.faults("writer").calls("execute");
    flush.release();

    assertThatThrownBy(() -> get(work))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(UnitEndedException.class);
    engines.observer().awaitEnd();
    assertThat(engines.faults("writer").calls("execute")).isEqualTo(sent);
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void flushOfManyRowsStopsInTheMiddleWhenItsUnitIsAbandoned() throws Exception {
    DbSessionsContainer db = engines.unit();
    Session writer = db.writer();
    for (int i = 0; i < 10; i++) {
      writer.persist(new Novel("novel " + i));
    }
    Held third = Held.in(engines.faults("writer"), "execute", 3);
    Future<?> work = worker.submit(writer::flush);
    third.awaitArrival();
    db.abandon();
    third.release();

    assertThatThrownBy(() -> get(work)).hasRootCauseInstanceOf(UnitEndedException.class);
    engines.observer().awaitEnd();
    assertThat(engines.faults("writer").calls("execute")).isLessThanOrEqualTo(4);
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void workInAUnitThatAnotherThreadEndedDoesNotPassForCommitted() throws Exception {
    Held work = new Held();
    DbSessionsContainer[] unit = new DbSessionsContainer[1];
    Future<String> result =
        worker.submit(
            () ->
                inUnit(
                    db -> {
                      unit[0] = db;
                      db.writer().persist(new Novel("lost"));
                      work.arriveAndWait();
                      return "result";
                    }));
    work.awaitArrival();
    unit[0].close();
    work.release();

    assertThatThrownBy(() -> get(result)).hasRootCauseInstanceOf(UnitEndedException.class);
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void unitAbandonedWhileItsWorkerWaitsForAConnectionLeaksNone() throws Exception {
    try (TestEngines narrow =
        TestEngines.none()
            .add("writer", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE, 1, config -> {})) {
      DbSessionsContainer db = narrow.unit();
      Session writer = db.writer();
      Held acquisition = Held.in(narrow.faults("writer"), "getConnection");
      Connection taken = narrow.pool("writer").getConnection();
      Future<List<Novel>> work = worker.submit(() -> novels(writer));
      acquisition.awaitArrival();
      acquisition.release();
      db.abandon();
      taken.close();

      assertThatThrownBy(() -> get(work)).hasRootCauseInstanceOf(UnitEndedException.class);
      narrow.observer().awaitEnd();
      narrow.assertConnectionsAreBackAndClean();
    }
  }

  @Test
  void autocommitEngineAbandonedWhileItsWorkerWaitsForAConnectionLeaksNone() throws Exception {
    try (TestEngines narrow =
        TestEngines.none()
            .add("logger", DatabaseKind.H2.fresh(), EngineKind.AUTOCOMMIT, 1, config -> {})) {
      DbSessionsContainer db = narrow.unit();
      Session logger = db.logger();
      Held acquisition = Held.in(narrow.faults("logger"), "getConnection");
      Connection taken = narrow.pool("logger").getConnection();
      Future<List<Novel>> work = worker.submit(() -> novels(logger));
      acquisition.awaitArrival();
      acquisition.release();
      db.abandon();
      taken.close();

      assertThatThrownBy(() -> get(work)).hasRootCauseInstanceOf(UnitEndedException.class);
      narrow.observer().awaitEnd();
      narrow.assertConnectionsAreBackAndClean();
    }
  }

  @Test
  @SuppressWarnings("removal") // the successor of the action queue is not there yet
  void commitThatHasBegunIsNotTornApartByAnEnd() throws Exception {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("writer"));
    db.session("ledger").persist(new Novel("ledger"));
    Session ledger = db.session("ledger");
    BeforeCompletionCallback reachesTheGuardBetweenTheCommits = session -> novels(ledger);
    ledger
        .unwrap(SessionImplementor.class)
        .getActionQueue()
        .registerCallback(reachesTheGuardBetweenTheCommits);
    Held commit = Held.in(engines.faults("writer"), "commit");
    Future<CommitReport> committing = worker.submit(db::commitAndClose);
    commit.awaitArrival();
    db.abandon();
    commit.release();

    assertThat(get(committing).isComplete()).isTrue();
    engines.observer().awaitEnd();
    assertThat(engines.isbns("writer")).containsExactly("writer");
    assertThat(engines.isbns("ledger")).containsExactly("ledger");
    assertThat(events())
        .containsExactly(
            "started",
            "opened writer",
            "opened ledger",
            "committed [writer=COMMITTED, ledger=COMMITTED]",
            "closed writer",
            "closed ledger",
            "ended");
  }

  @Test
  void hookAfterTheCommitIsStoppedWhenTheUnitEnds() throws Exception {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("committed"));
    Session writer = db.writer();
    Held hook = new Held();
    db.afterCommit(
        report -> {
          hook.arriveAndWait();
          novels(writer);
        });
    Future<CommitReport> committing = worker.submit(db::commit);
    hook.awaitArrival();
    int sent = engines.faults("writer").calls("execute");
    db.abandon();
    hook.release();

    get(committing);
    engines.observer().awaitEnd();
    assertThat(engines.faults("writer").calls("execute")).isEqualTo(sent);
    assertThat(engines.observer().failures())
        .anySatisfy(e -> assertThat(e).isInstanceOf(UnitEndedException.class));
    assertThat(engines.isbns("writer")).containsExactly("committed");
  }

  @Test
  void commitThatIsStillFlushingIsRefusedWhenTheUnitEnds() throws Exception {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("writer"));
    db.session("ledger").persist(new Novel("ledger"));
    Held flush = Held.in(engines.faults("ledger"), "execute");
    Future<CommitReport> committing = worker.submit(db::commitAndClose);
    flush.awaitArrival();
    db.abandon();
    flush.release();

    assertThatThrownBy(() -> get(committing)).hasRootCauseInstanceOf(UnitEndedException.class);
    engines.observer().awaitEnd();
    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(engines.isbns("ledger")).isEmpty();
  }

  @Test
  void endsThatRaceCloseTheUnitOnce() throws Exception {
    ExecutorService many = Executors.newFixedThreadPool(4);
    try {
      for (int i = 0; i < 200; i++) {
        engines.observer().clear();
        DbSessionsContainer db = engines.unit();
        db.writer().persist(new Novel("lost " + i));
        db.writer().flush();
        Held start = new Held();
        List<Future<?>> ends =
            List.of(
                many.submit(() -> raceTo(start, db::close)),
                many.submit(() -> raceTo(start, db::abandon)),
                many.submit(() -> raceTo(start, () -> db.closeBecause(new RuntimeException()))));
        start.release();
        for (Future<?> end : ends) {
          get(end);
        }
        engines.observer().awaitEnd();
        assertThat(events())
            .containsExactly("started", "opened writer", "rolled back", "closed writer", "ended");
        assertThat(engines.activeConnections("writer")).isZero();
      }
    } finally {
      many.shutdownNow();
    }
  }

  @Test
  void commitThatRacesWithAnEndIsEitherWholeOrRefused() throws Exception {
    for (int i = 0; i < 200; i++) {
      engines.reset();
      DbSessionsContainer db = engines.unit();
      db.writer().persist(new Novel("novel"));
      Held start = new Held();
      Future<Boolean> committing =
          worker.submit(
              () -> {
                start.arriveAndWait();
                try {
                  db.commitAndClose();
                  return true;
                } catch (RuntimeException e) {
                  return false;
                }
              });
      start.awaitArrival();
      start.release();
      db.abandon();
      boolean committed = get(committing);
      engines.observer().awaitEnd();

      assertThat(engines.isbns("writer")).hasSize(committed ? 1 : 0);
      assertThat(events()).filteredOn("ended"::equals).hasSize(1);
      assertThat(events().contains("committed [writer=COMMITTED]")).isEqualTo(committed);
      assertThat(events().contains("rolled back") || events().contains("commit failed"))
          .isEqualTo(!committed);
    }
  }

  @Test
  void firstUseThatRacesWithAnEndLeaksNothing() throws Exception {
    for (int i = 0; i < 300; i++) {
      engines.observer().clear();
      DbSessionsContainer db = engines.unit();
      Held start = new Held();
      Future<?> using =
          worker.submit(
              () -> {
                start.arriveAndWait();
                try {
                  novels(db.writer());
                } catch (RuntimeException e) {
                  // ended before, or in the middle: rows are read outside of every region
                }
              });
      start.awaitArrival();
      start.release();
      db.close();
      get(using);
      if (!engines.observer().units().isEmpty()) {
        engines.observer().awaitEnd();
      }

      assertThatThrownBy(db::writer).isInstanceOf(UnitEndedException.class);
      assertThat(engines.activeConnections("writer")).isZero();
    }
  }

  private static void raceTo(Held start, Runnable action) {
    start.arriveAndWait();
    action.run();
  }
}
