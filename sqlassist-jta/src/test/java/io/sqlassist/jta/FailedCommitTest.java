package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.Faulty;
import io.sqlassist.jta.fixture.JtaShop;
import io.sqlassist.jta.fixture.ThisNode;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.Outcome;
import io.sqlassist.transaction.PartialCommitException;
import jakarta.persistence.RollbackException;
import jakarta.transaction.Status;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.transaction.xa.XAException;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever a database does when it is asked to prepare or to commit: nobody is told of a commit
 * that was none, and nothing is left behind in a connection.
 */
class FailedCommitTest {

  private static JtaShop shop;

  @BeforeAll
  static void start() {
    shop = new JtaShop(ThisNode.emptyStore()).add("orders", 1).add("ledger", 1);
  }

  @AfterAll
  static void stop() {
    shop.close();
  }

  @BeforeEach
  void reset() {
    shop.reset();
  }

  /**
   * With one connection in each pool: the next unit gets the very one that failed, if it is back.
   */
  @AfterEach
  void theNextUnitIsNotDisturbed() {
    shop.reset();
    if (!shop.jta().recovery().isEmpty()) {
      shop.recoverEverything();
      shop.reset();
    }
    writeBoth(77);
    assertThat(shop.texts("orders")).containsExactly("entry 77");
    assertThat(shop.texts("ledger")).containsExactly("entry 77");
  }

  private static void writeOrders(long id) {
    shop.useUnit(db -> db.session("orders").persist(new Entry(id, "entry " + id)));
  }

  private static void writeBoth(long id) {
    shop.useUnit(
        db -> {
          db.session("orders").persist(new Entry(id, "entry " + id));
          db.session("ledger").persist(new Entry(id, "entry " + id));
        });
  }

  /** What may come out of a driver. */
  static Stream<Faulty.Fault> failures() {
    return Stream.of(
        failing(new XAException(XAException.XAER_OUTSIDE)),
        failing(new XAException(XAException.XAER_DUPID)),
        failing(new XAException(XAException.XAER_ASYNC)),
        failing(new XAException(4711)),
        failing(new XAException("no code")),
        failing(new IllegalStateException("of the driver")),
        failing(new StackOverflowError("of the driver")));
  }

  private static Faulty.Fault failing(Throwable failure) {
    return new Faulty.Fault() {
      @Override
      public void at(String step) throws XAException {
        if (step.startsWith("commit")) {
          FailedCommitTest.<RuntimeException>sneak(failure);
        }
      }

      @Override
      public String toString() {
        return failure + (failure instanceof XAException xa ? " " + xa.errorCode : "");
      }
    };
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void sneak(Throwable failure) throws X {
    throw (X) failure;
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aCommitInOnePhaseThatFailsInAnyWayIsNeverReportedAsCommitted(Faulty.Fault failure) {
    shop.faults("orders").before(failure);

    assertThatThrownBy(() -> writeOrders(1))
        .isInstanceOfSatisfying(
            PartialCommitException.class,
            e -> assertThat(e.report().outcomes()).isEqualTo(Map.of("orders", Outcome.UNKNOWN)));
    assertThat(shop.texts("orders")).as("nobody has committed it").isEmpty();
  }

  static Stream<Faulty.Fault> someFailures() {
    return Stream.of(
        failing(new XAException(XAException.XAER_OUTSIDE)),
        failing(new IllegalStateException("of the driver")));
  }

  @ParameterizedTest
  @MethodSource("someFailures")
  void aSecondPhaseThatFailsInAnyWayIsFinishedByRecovery(Faulty.Fault failure) {
    shop.faults("ledger").before(failure);
    try (DbSessionsContainer db = shop.openUnit()) {
      db.session("orders").persist(new Entry(1, "one"));
      db.session("ledger").persist(new Entry(1, "one"));
      CommitReport report = db.commit();
      assertThat(report.outcomes())
          .isEqualTo(Map.of("orders", Outcome.COMMITTED, "ledger", Outcome.DECIDED));
    }
    shop.faults("ledger").clear();
    shop.recoverEverything();

    assertThat(shop.texts("ledger")).containsExactly("one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"53100", "57014"})
  void aSecondPhaseThatIsRefusedForAWhileIsTriedAgain(String state) {
    XAException shortOfSomething = new XAException(XAException.XAER_RMERR);
    shortOfSomething.initCause(new SQLException("for a while", state));
    shop.faults("ledger").before(failing(shortOfSomething));
    writeBoth(1);
    shop.faults("ledger").clear();
    shop.recoverEverything();

    assertThat(shop.texts("ledger")).containsExactly("entry 1");
    assertThat(shop.jta().recovery().heuristics()).isEmpty();
  }

  @Test
  void aRuntimeExceptionWhilePreparingRollsBothBack() {
    shop.faults("ledger")
        .before(
            step -> {
              if (step.equals("prepare")) {
                throw new IllegalStateException("of the driver");
              }
            });

    assertThatThrownBy(() -> writeBoth(1)).isInstanceOf(RollbackException.class);
    assertThat(shop.texts("orders")).isEmpty();
    assertThat(shop.texts("ledger")).isEmpty();
  }

  /** Else retries would stop, and somebody would compensate a query. */
  @Test
  void anEngineThatOnlyReadHasCommittedNothingWhenAnotherFails() {
    shop.faults("orders").voteReadOnly();
    shop.faults("ledger")
        .before(
            step -> {
              if (step.equals("prepare") || step.startsWith("commit")) {
                throw new XAException(XAException.XA_RBINTEGRITY);
              }
            });

    assertThatThrownBy(
            () ->
                shop.useUnit(
                    db -> {
                      db.session("orders").find(Entry.class, 1L);
                      db.session("ledger").persist(new Entry(1L, "one"));
                    }))
        .isInstanceOf(RollbackException.class);

    assertThat(shop.faults("orders").steps()).contains("prepare").doesNotContain("commit");
    assertThat(shop.texts("ledger")).isEmpty();
  }

  @Test
  void anEngineThatIsDecidedInAnIncompleteCommitIsLeftToRecoveryWithAWarning() {
    shop.faults("orders").before(Faulty.failing("commit", XAException.XAER_RMFAIL));
    shop.faults("ledger")
        .before(
            step -> {
              if (step.equals("commit")) {
                throw new XAException(XAException.XA_HEURRB);
              }
            });

    assertThatThrownBy(() -> writeBoth(1))
        .isInstanceOfSatisfying(
            PartialCommitException.class,
            e ->
                assertThat(e.report().outcomes())
                    .isEqualTo(Map.of("orders", Outcome.DECIDED, "ledger", Outcome.ROLLED_BACK)));

    assertThat(shop.warnings())
        .anyMatch(
            warning ->
                warning.startsWith("orders: a commit is decided")
                    && warning.contains("Recovery will finish it"));
    shop.faults("orders").clear();
    shop.faults("ledger").clear();
    InDoubt inDoubt = shop.jta().recoverNow();
    assertThat(shop.texts("orders")).containsExactly("entry 1");
    inDoubt.heuristics().forEach(each -> shop.jta().forgetHeuristic(each.transaction()));
  }

  @Test
  void aConnectionLostInOnePhaseLeavesNothingToBeLookedAfter() {
    shop.faults("orders").after(Faulty.failing("commit(onePhase)", XAException.XAER_RMFAIL));
    assertThatThrownBy(() -> writeOrders(1)).isInstanceOf(PartialCommitException.class);
    shop.faults("orders").clear();

    assertThat(shop.jta().recoverNow().isEmpty()).isTrue();
    assertThat(shop.warnings()).noneMatch(warning -> warning.contains("forgetHeuristic"));
  }

  @Test
  void afterAFailedCommitTheUnitGoesOnAndStillRefusesEndsByHand() {
    shop.faults("ledger").before(Faulty.failing("prepare", XAException.XA_RBINTEGRITY));
    try (DbSessionsContainer db = shop.openUnit()) {
      db.session("orders").persist(new Entry(1, "one"));
      db.session("ledger").persist(new Entry(1, "one"));
      assertThatThrownBy(db::commit).isInstanceOf(RollbackException.class);
      shop.faults("ledger").clear();
      Session orders = db.session("orders");
      orders.persist(new Entry(2, "two"));
      orders.flush();
      db.session("ledger").persist(new Entry(2, "two"));
      db.session("ledger").flush();
      assertThatThrownBy(() -> orders.getTransaction().rollback())
          .hasStackTraceContaining("rollback() of the unit of work");
      assertThat(db.commit().isComplete()).isTrue();
    }
    assertThat(shop.texts("orders")).containsExactly("two");
    assertThat(shop.texts("ledger")).containsExactly("two");
  }

  @Test
  void aTransactionThatALibraryHasEndedIsNotReportedAsCommitted() {
    assertThatThrownBy(
            () ->
                shop.<Exception>useUnit(
                    db -> {
                      db.session("orders").persist(new Entry(1, "one"));
                      db.session("orders").flush();
                      shop.jta().transactionManager().getTransaction().rollback();
                    }))
        .isInstanceOf(RollbackException.class);
    assertThat(shop.texts("orders")).isEmpty();
  }

  @Test
  void askingForTheStatusBeginsNothing() throws Exception {
    shop.<Exception>useUnit(
        db -> {
          db.session("orders");
          assertThat(shop.jta().transactionManager().getStatus()).isEqualTo(Status.STATUS_ACTIVE);
          // The only place is free: another unit may have it.
          writeLedgerInAnotherUnit();
        });
    assertThat(shop.texts("ledger")).containsExactly("entry 5");
  }

  private static void writeLedgerInAnotherUnit() {
    shop.useUnit(db -> db.session("ledger").persist(new Entry(5, "entry 5")));
  }

  @Test
  void aConnectionUnderATransactionOfNoUnitIsRefused() throws Exception {
    shop.jta().userTransaction().begin();
    try {
      assertThatThrownBy(() -> shop.registry().engine("orders").dataSource().getConnection())
          .hasStackTraceContaining("inUnit");
    } finally {
      shop.jta().userTransaction().rollback();
    }
    shop.registry().engine("orders").dataSource().getConnection().close();
  }

  @Test
  void aTransactionThatIsBeingCommittedIsNeitherInDoubtNorDisturbedByRecovery() {
    InDoubt[] meanwhile = new InDoubt[1];
    shop.faults("ledger")
        .before(
            step -> {
              if (step.equals("prepare") && meanwhile[0] == null) {
                meanwhile[0] = shop.jta().recoverNow(); // orders has prepared, nothing is decided
              }
            });
    writeBoth(1);

    assertThat(meanwhile[0].branches()).isEmpty();
    assertThat(shop.jta().recovery().branches()).isEmpty();
    assertThat(shop.texts("orders")).containsExactly("entry 1");
    assertThat(shop.texts("ledger")).containsExactly("entry 1");
  }

  @Test
  void aTransactionThatEndsDuringTheLastLookOfAScanIsNotInDoubt() throws Exception {
    CountDownLatch prepared = new CountDownLatch(1);
    CountDownLatch seen = new CountDownLatch(1);
    shop.faults("ledger")
        .before(
            step -> {
              if (step.equals("commit")) {
                prepared.countDown();
                await(seen);
              }
            });
    CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> writeBoth(1));
    await(prepared);
    shop.faults("ledger")
        .after(
            step -> {
              if (step.equals("recover") && isTheLastLook()) {
                seen.countDown(); // what this look has found ends before it is judged
                writing.join();
              }
            });

    assertThat(shop.jta().recoverNow().branches()).isEmpty();
    assertThat(writing).isDone();
    assertThat(seen.getCount()).as("the last look was seen").isZero();
    assertThat(shop.texts("ledger")).containsExactly("entry 1");
  }

  private static boolean isTheLastLook() {
    return StackWalker.getInstance()
        .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("finishScan")));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatAScanHasFinishedIsNotInDoubtAfterwards() {
    shop.faults("ledger").before(Faulty.failing("commit", XAException.XAER_RMFAIL));
    writeBoth(1);
    shop.faults("ledger").clear();
    InDoubt afterwards = shop.jta().recoverNow();
    while (shop.texts("ledger").isEmpty()) {
      afterwards = shop.jta().recoverNow();
    }

    assertThat(afterwards.branches()).isEmpty();
  }

  /** An error, say for want of memory, that comes out of any step. */
  @ParameterizedTest
  @CsvSource({
    "before, start",
    "after, start",
    "before, end",
    "after, end",
    "before, prepare",
    "before, rollback"
  })
  void anErrorAtAnyStepCommitsNothingAndKeepsNoPlace(String when, String step) {
    Faulty.Fault once = throwingOnce(step);
    if (when.equals("before")) {
      shop.faults("orders").before(once);
    } else {
      shop.faults("orders").after(once);
    }
    try (DbSessionsContainer db = shop.openUnit()) {
      assertThatThrownBy(
              () -> {
                db.session("orders").persist(new Entry(1, "one"));
                db.session("orders").flush();
                db.session("ledger").persist(new Entry(1, "one"));
                db.session("ledger").flush();
                if (step.equals("rollback")) {
                  throw new IllegalStateException("undo");
                }
                db.commit();
              })
          .isNotNull();
    }
    assertThat(shop.texts("orders")).isEmpty();
    assertThat(shop.texts("ledger")).isEmpty();
    assertThat(shop.jta().pool("orders").orElseThrow().active()).isZero();
  }

  private static Faulty.Fault throwingOnce(String where) {
    AtomicBoolean thrown = new AtomicBoolean();
    return step -> {
      if (step.equals(where) && !thrown.getAndSet(true)) {
        throw new AssertionError("of the driver");
      }
    };
  }
}
