package io.sqlassist.pools;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.Held;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long sessions keep their connections, and who hears of it. */
class BudgetTest {

  private static final Duration BUDGET = Duration.ofMillis(20);

  /**
   * Much longer than a thread takes from its connection to its statement, on a busy machine too.
   */
  private static final Duration LONG = Duration.ofSeconds(2);

  private static final Duration LONGER = Duration.ofSeconds(3);

  private final TestEngines engines = TestEngines.none();
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "worker"));

  @AfterEach
  void close() throws InterruptedException {
    worker.shutdown();
    assertThat(worker.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    engines.assertConnectionsAreBackAndClean();
    engines.close();
  }

  private void add(Consumer<EngineConfig> budgets) {
    engines.add("writer", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE, 2, budgets);
  }

  private static void query(Session session) {
    session.createNativeQuery("select 1", Integer.class).getSingleResult();
  }

  private String awaitWarning() {
    return awaitWarning(1);
  }

  /** Waits for the nth warning, after which there is none yet. */
  private String awaitWarning(int nth) {
    Eventually.until("a warning", () -> engines.observer().warnings().size() >= nth);
    assertThat(engines.observer().warnings()).hasSize(nth);
    return engines.observer().warnings().get(nth - 1);
  }

  /** Holds a connection and does not come back until it is let go. */
  private void slowWork(Held held) {
    Units.useUnit(
        engines.registry(),
        db -> {
          query(db.writer());
          waitForSomethingElse(held);
        });
  }

  private static void waitForSomethingElse(Held held) {
    held.arriveAndWait();
  }

  @Test
  void connectionHeldForTooLongIsWarnedOfWhileItIsStillHeld() throws Exception {
    add(engine -> engine.holdBudget(BUDGET));
    Held held = new Held();
    Future<?> work = worker.submit(() -> slowWork(held));

    String warning = awaitWarning();

    assertThat(work.isDone()).isFalse();
    held.release();
    work.get(60, TimeUnit.SECONDS);
    assertThat(warning)
        .startsWith("writer: a connection has been held for")
        .contains("longer than the holdBudget of 20 ms")
        .contains("in 'unit of work' by thread 'worker'")
        .containsPattern("acquired at [\\w.]+BudgetTest\\.query\\(BudgetTest.java:\\d+\\)")
        .containsPattern(", now at [\\w.]+\\(\\w+\\.java:\\d+\\)")
        .contains("Commit, roll back or close before slow work");
  }

  @Test
  void connectionThatRunsNoStatementForTooLongIsWarnedOf() throws Exception {
    add(engine -> engine.idleInTransactionBudget(BUDGET));
    Held held = new Held();
    Future<?> work = worker.submit(() -> slowWork(held));

    assertThat(awaitWarning())
        .contains("held without running a statement for")
        .contains("longer than the idleInTransactionBudget of 20 ms");

    held.release();
    work.get(60, TimeUnit.SECONDS);
  }

  @Test
  void statementThatRunsForLongIsNotIdle() throws Exception {
    add(engine -> engine.holdBudget(LONGER).idleInTransactionBudget(LONG));
    try (DbSessionsContainer first = engines.unit()) {
      query(first.writer());
    }
    Held statement = Held.in(engines.faults("writer"), "execute");
    Future<?> work =
        worker.submit(() -> Units.useUnit(engines.registry(), db -> query(db.writer())));
    statement.awaitArrival();

    // the other budget is the smaller one: it would have been exceeded before
    assertThat(awaitWarning()).contains("holdBudget");

    statement.release();
    work.get(60, TimeUnit.SECONDS);
    assertThat(engines.observer().warnings()).hasSize(1);
  }

  @Test
  void eachPlaceIsWarnedOfOnce() throws Exception {
    add(engine -> engine.holdBudget(BUDGET));
    Held firstTime = new Held();
    Future<?> first = worker.submit(() -> slowWork(firstTime));
    assertThat(awaitWarning()).contains("BudgetTest.query(");
    firstTime.release();
    first.get(60, TimeUnit.SECONDS);

    Held secondTime = new Held();
    Future<?> second = worker.submit(() -> slowWork(secondTime));
    secondTime.awaitArrival();
    Units.useUnit(
        engines.registry(),
        db -> {
          queryElsewhere(db.writer());
          assertThat(awaitWarning(2)).contains("BudgetTest.queryElsewhere(");
        });

    secondTime.release();
    second.get(60, TimeUnit.SECONDS);
  }

  private static void queryElsewhere(Session session) {
    session.createNativeQuery("select 1", Integer.class).getSingleResult();
  }

  @Test
  void statementsOfASavepointBlockAreStatementsOfItsSession() throws Exception {
    add(engine -> engine.holdBudget(LONGER).idleInTransactionBudget(LONG));
    Held statement = new Held();
    Future<?> work =
        worker.submit(
            () ->
                Units.useUnit(
                    engines.registry(),
                    db ->
                        db.on("writer")
                            .savepoint(
                                session -> {
                                  engines
                                      .faults("writer")
                                      .before("execute", statement::arriveAndWait);
                                  query(session);
                                  engines.faults("writer").clear();
                                  return true;
                                })));
    statement.awaitArrival();

    assertThat(awaitWarning()).contains("holdBudget");

    statement.release();
    work.get(60, TimeUnit.SECONDS);
  }

  @Test
  void enginesWithoutBudgetsAreNotWatched() throws Exception {
    engines.add("writer", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE);
    engines.add(
        "ledger",
        DatabaseKind.H2.fresh(),
        EngineKind.READ_WRITE,
        2,
        engine -> engine.holdBudget(BUDGET));
    Held held = new Held();
    Future<?> work =
        worker.submit(
            () ->
                Units.useUnit(
                    engines.registry(),
                    db -> {
                      query(db.writer());
                      query(db.session("ledger"));
                      held.arriveAndWait();
                    }));

    assertThat(awaitWarning()).startsWith("ledger:");

    held.release();
    work.get(60, TimeUnit.SECONDS);
  }
}
