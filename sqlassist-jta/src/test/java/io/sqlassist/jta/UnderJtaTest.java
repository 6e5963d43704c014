package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.Faulty;
import io.sqlassist.jta.fixture.JtaShop;
import io.sqlassist.jta.fixture.ThisNode;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import io.sqlassist.session.Units;
import io.sqlassist.session.WhenOpen;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.Outcome;
import io.sqlassist.transaction.PartialCommitException;
import jakarta.persistence.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.transaction.xa.XAException;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules of a unit of work, for engines that commit together. */
class UnderJtaTest {

  private static JtaShop shop;

  @BeforeAll
  static void start() {
    shop =
        new JtaShop(ThisNode.emptyStore())
            .withEngines()
            .addPlain("reader", config -> config.readOnly())
            .addPlain("audit", config -> config.autocommit());
  }

  @AfterAll
  static void stop() {
    shop.close();
  }

  @BeforeEach
  void reset() {
    shop.reset();
  }

  @AfterEach
  void theThreadIsClean() throws Exception {
    shop.reset();
    assertThat(com.arjuna.ats.jta.TransactionManager.transactionManager().getTransaction())
        .isNull();
    assertThat(Units.findCurrent()).isEmpty();
    // Every place among the transactions under way is free again: as many as the pools have.
    List<DbSessionsContainer> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      DbSessionsContainer unit = new DbSessionsContainer(shop.registry(), UnitOrigin.NONE);
      all.add(unit);
      unit.session("orders").createNativeQuery("select 1", Integer.class).list();
    }
    all.forEach(DbSessionsContainer::close);
  }

  private static List<String> ends(String engine) {
    return shop.faults(engine).steps().stream()
        .filter(step -> List.of("prepare", "commit", "commit(onePhase)", "rollback").contains(step))
        .toList();
  }

  @Test
  void oneEngineCommitsInOnePhase() {
    shop.useUnit(db -> db.session("orders").persist(new Entry(1, "one")));
    assertThat(shop.texts("orders")).containsExactly("one");
    assertThat(ends("orders")).containsExactly("commit(onePhase)");
  }

  @Test
  void twoEnginesCommitInTwoPhases() {
    try (DbSessionsContainer db = shop.openUnit()) {
      db.session("orders").persist(new Entry(1, "one"));
      db.session("ledger").persist(new Entry(1, "one"));
      CommitReport report = db.commit();
      assertThat(report.outcomes())
          .isEqualTo(Map.of("orders", Outcome.COMMITTED, "ledger", Outcome.COMMITTED));
    }
    assertThat(shop.texts("orders")).containsExactly("one");
    assertThat(shop.texts("ledger")).containsExactly("one");
    assertThat(ends("orders")).containsExactly("prepare", "commit");
    assertThat(ends("ledger")).containsExactly("prepare", "commit");
  }

  @Test
  void anEngineThatIsOnlyOpenedTakesNoPart() {
    shop.useUnit(
        db -> {
          db.session("ledger");
          db.session("orders").persist(new Entry(1, "one"));
        });
    assertThat(ends("orders")).containsExactly("commit(onePhase)");
    assertThat(shop.faults("ledger").steps()).doesNotContain("start");
  }

  @Test
  void readOnlyAndAutocommitEnginesStayOutside() {
    shop.useUnit(
        db -> {
          db.session("reader").createQuery("from Entry", Entry.class).list();
          db.session("audit").persist(new Entry(1, "audited"));
          db.session("orders").persist(new Entry(1, "one"));
        });
    assertThat(ends("orders")).containsExactly("commit(onePhase)");
    assertThat(shop.texts("audit")).containsExactly("audited");
  }

  @Test
  void anExceptionRollsBothBack() {
    assertThatThrownBy(
            () ->
                shop.useUnit(
                    db -> {
                      db.session("orders").persist(new Entry(1, "one"));
                      db.session("ledger").persist(new Entry(1, "one"));
                      db.session("ledger").flush();
                      db.session("orders").flush();
                      throw new IllegalArgumentException("no");
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasNoSuppressedExceptions();
    assertThat(shop.texts("orders")).isEmpty();
    assertThat(shop.texts("ledger")).isEmpty();
    assertThat(ends("orders")).containsExactly("rollback");
  }

  @Test
  void aDuplicateKeyInTheSecondEngineLeavesNothingInTheFirst() {
    shop.sql("ledger", "insert into Entry (id, text, version) values (7, 'taken', 0)");
    assertThatThrownBy(
            () ->
                shop.useUnit(
                    db -> {
                      db.session("orders").persist(new Entry(1, "one"));
                      db.session("ledger").persist(new Entry(1, "taken"));
                    }))
        .rootCause()
        .hasMessageContaining("nique");
    assertThat(shop.texts("orders")).isEmpty();
    assertThat(shop.texts("ledger")).containsExactly("taken");
  }

  @Test
  void aDatabaseThatRefusesToPrepareRollsTheOtherBack() {
    shop.faults("ledger").before(Faulty.failing("prepare", XAException.XA_RBINTEGRITY));
    assertThatThrownBy(() -> writeBoth())
        .isInstanceOf(RollbackException.class)
        .hasMessageContaining("rolled back")
        .hasRootCauseInstanceOf(XAException.class);
    assertThat(shop.texts("orders")).isEmpty();
    assertThat(shop.texts("ledger")).isEmpty();
  }

  @Test
  void aBranchWhoseSecondPhaseFailsIsReportedAsDecidedAndFinishedByRecovery() {
    shop.faults("ledger").before(Faulty.failing("commit", XAException.XAER_RMFAIL));
    CommitReport report;
    try (DbSessionsContainer db = shop.openUnit()) {
      db.session("orders").persist(new Entry(1, "one"));
      db.session("ledger").persist(new Entry(1, "one"));
      report = db.commit();
    }
    assertThat(report.outcomes())
        .isEqualTo(Map.of("orders", Outcome.COMMITTED, "ledger", Outcome.DECIDED));
    assertThat(report.isComplete()).isTrue();
    assertThat(shop.warnings()).anyMatch(warning -> warning.startsWith("ledger: a commit is"));
    shop.faults("ledger").clear();
    shop.recoverEverything();
    assertThat(shop.texts("ledger")).containsExactly("one");
  }

  @Test
  void aDatabaseThatDecidesByItselfIsReportedAndListedUntilItIsForgotten() {
    shop.faults("ledger").before(Faulty.failing("commit", XAException.XA_HEURRB));
    assertThatThrownBy(this::writeBoth)
        .isInstanceOfSatisfying(
            PartialCommitException.class,
            e ->
                assertThat(e.report().outcomes())
                    .isEqualTo(Map.of("orders", Outcome.COMMITTED, "ledger", Outcome.ROLLED_BACK)));
    shop.faults("ledger").clear();
    InDoubt inDoubt = shop.jta().recoverNow();
    assertThat(inDoubt.heuristics()).hasSize(1);
    assertThat(inDoubt.heuristics().get(0).engines()).containsExactly("ledger");
    assertThat(shop.jta().recoverNow().heuristics()).hasSize(1);
    assertThat(shop.warnings())
        .filteredOn(warning -> warning.contains("forgetHeuristic"))
        .hasSize(1);
    shop.jta().forgetHeuristic(inDoubt.heuristics().get(0).transaction());
    assertThat(shop.jta().recoverNow().heuristics()).isEmpty();
  }

  @Test
  void onePhaseOfWhichNobodyKnowsIsUnknown() {
    shop.faults("orders").after(Faulty.failing("commit(onePhase)", XAException.XAER_RMFAIL));
    assertThatThrownBy(() -> shop.useUnit(db -> db.session("orders").persist(new Entry(1, "one"))))
        .isInstanceOfSatisfying(
            PartialCommitException.class,
            e -> assertThat(e.report().outcomes()).isEqualTo(Map.of("orders", Outcome.UNKNOWN)));
  }

  private void writeBoth() {
    shop.useUnit(
        db -> {
          db.session("orders").persist(new Entry(1, "one"));
          db.session("ledger").persist(new Entry(1, "one"));
        });
  }

  @Test
  void workGoesOnAfterACommitAndAfterARollback() {
    shop.useUnit(
        db -> {
          db.session("orders").persist(new Entry(1, "one"));
          db.session("ledger").persist(new Entry(1, "one"));
          db.commit();
          db.session("orders").persist(new Entry(2, "two"));
          db.session("ledger").persist(new Entry(2, "two"));
          db.session("ledger").flush();
          db.rollback();
          db.session("orders").persist(new Entry(3, "three"));
          db.session("ledger").persist(new Entry(3, "three"));
        });
    assertThat(shop.texts("orders")).containsExactly("one", "three");
    assertThat(shop.texts("ledger")).containsExactly("one", "three");
  }

  @Test
  void aDoomedUnitRollsBothBack() {
    shop.useUnit(
        db -> {
          db.session("orders").persist(new Entry(1, "one"));
          db.session("orders").flush();
          db.session("ledger").persist(new Entry(1, "one"));
          db.doom();
        });
    assertThat(shop.texts("orders")).isEmpty();
    assertThat(shop.texts("ledger")).isEmpty();
  }

  @Test
  void aCaughtFailureOfOneEngineIsNoSuccess() {
    shop.sql("ledger", "insert into Entry (id, text, version) values (7, 'taken', 0)");
    assertThatThrownBy(
            () ->
                shop.useUnit(
                    db -> {
                      db.session("orders").persist(new Entry(1, "one"));
                      Session ledger = db.session("ledger");
                      ledger.persist(new Entry(1, "taken"));
                      assertThatThrownBy(ledger::flush).isNotNull();
                    }))
        .isInstanceOf(RollbackException.class)
        .hasMessageContaining("ledger");
    assertThat(shop.texts("orders")).isEmpty();
  }

  @Test
  void anAtomicBlockCommitsWhatWasOpenAndThenItself() {
    shop.useUnit(
        db -> {
          db.session("orders").persist(new Entry(1, "before"));
          db.session("ledger").persist(new Entry(1, "before"));
          assertThatThrownBy(
                  () ->
                      db.on("orders")
                          .atomic(
                              session -> {
                                session.persist(new Entry(2, "inside"));
                                db.session("ledger").persist(new Entry(2, "inside"));
                                session.flush();
                                throw new IllegalStateException("no");
                              }))
              .hasMessage("no");
          db.on("orders")
              .atomic(
                  WhenOpen.REFUSE,
                  session -> {
                    session.persist(new Entry(3, "block"));
                    return true;
                  });
        });
    assertThat(shop.texts("orders")).containsExactly("before", "block");
    assertThat(shop.texts("ledger")).containsExactly("before");
  }

  @Test
  void savepointsAndIsolationLevelsAreRefused() {
    shop.useUnit(
        db -> {
          db.session("orders").persist(new Entry(1, "one"));
          assertThatThrownBy(() -> db.on("orders").savepoint(session -> true))
              .isInstanceOf(UnsupportedOperationException.class)
              .hasMessageContaining("orders")
              .hasMessageContaining("inUnit");
          assertThatThrownBy(
                  () ->
                      db.on("orders")
                          .isolation(io.sqlassist.session.Isolation.SERIALIZABLE)
                          .atomic(session -> true))
              .isInstanceOf(UnsupportedOperationException.class);
        });
    assertThat(shop.texts("orders")).containsExactly("one");
  }

  @Test
  void plainEnginesCommitAfterTheDecision() {
    shop.faults("ledger").before(Faulty.failing("prepare", XAException.XA_RBROLLBACK));
    assertThatThrownBy(
            () ->
                shop.useUnit(
                    db -> {
                      db.session("plain").persist(new Entry(1, "one"));
                      db.session("orders").persist(new Entry(1, "one"));
                      db.session("ledger").persist(new Entry(1, "one"));
                    }))
        .isInstanceOf(RollbackException.class);
    assertThat(shop.texts("plain")).isEmpty();
    shop.faults("ledger").clear();
    try (DbSessionsContainer db = shop.openUnit()) {
      db.session("plain").persist(new Entry(1, "one"));
      db.session("orders").persist(new Entry(1, "one"));
      assertThat(db.commit().outcomes().keySet()).containsExactly("orders", "plain");
    }
    assertThat(shop.texts("plain")).containsExactly("one");
  }

  @Test
  void aPlainCommitThatFailsAfterTheDecisionIsReported() {
    shop.sql("plain", "drop table if exists Parent");
    try (DbSessionsContainer db = shop.openUnit()) {
      db.session("orders").persist(new Entry(1, "one"));
      Session plain = db.session("plain");
      plain.persist(new Entry(1, "one"));
      plain.flush();
      plain.doWork(connection -> connection.close());
      assertThatThrownBy(db::commit)
          .isInstanceOfSatisfying(
              PartialCommitException.class,
              e -> {
                assertThat(e.report().outcomes()).containsEntry("orders", Outcome.COMMITTED);
                assertThat(e.report().outcomes().get("plain")).isNotEqualTo(Outcome.COMMITTED);
              });
    }
    assertThat(shop.texts("orders")).containsExactly("one");
  }

  @Test
  void aSessionsOwnCommitAndRollbackAreRefusedAndChangeNothing() {
    shop.useUnit(
        db -> {
          Session orders = db.session("orders");
          orders.persist(new Entry(1, "one"));
          orders.flush();
          assertThatThrownBy(() -> orders.getTransaction().commit())
              .hasStackTraceContaining("commit() of the unit of work");
          assertThatThrownBy(() -> orders.getTransaction().rollback())
              .hasStackTraceContaining("rollback() of the unit of work");
          assertThat(shop.texts("orders")).isEmpty();
          db.session("ledger").persist(new Entry(1, "one"));
        });
    assertThat(shop.texts("orders")).containsExactly("one");
    assertThat(shop.texts("ledger")).containsExactly("one");
    assertThatThrownBy(
            () ->
                shop.useUnit(
                    db -> {
                      Session orders = db.session("orders");
                      orders.persist(new Entry(2, "two"));
                      orders.flush();
                      assertThatThrownBy(() -> orders.getTransaction().commit()).isNotNull();
                      throw new IllegalStateException("undo");
                    }))
        .hasMessage("undo");
    assertThat(shop.texts("orders")).containsExactly("one");
  }

  @Test
  void aUnitInsideOfAUnitHasATransactionOfItsOwn() {
    assertThatThrownBy(
            () ->
                shop.useUnit(
                    outer -> {
                      outer.session("orders").persist(new Entry(1, "outer"));
                      outer.session("orders").flush();
                      shop.useUnit(
                          inner -> {
                            inner.session("orders").persist(new Entry(2, "inner"));
                            inner.session("ledger").persist(new Entry(2, "inner"));
                          });
                      outer.session("ledger").persist(new Entry(1, "outer"));
                      outer.session("ledger").flush();
                      throw new IllegalStateException("undo");
                    }))
        .hasMessage("undo");
    assertThat(shop.texts("orders")).containsExactly("inner");
    assertThat(shop.texts("ledger")).containsExactly("inner");
  }

  @Test
  void aSessionOutsideOfAnyUnitHasAPlainTransaction() {
    try (Session session = shop.registry().engine("orders").openSession()) {
      session.beginTransaction();
      session.persist(new Entry(1, "kept"));
      session.getTransaction().commit();
      session.beginTransaction();
      session.persist(new Entry(2, "undone"));
      session.flush();
      session.getTransaction().rollback();
    }
    assertThat(shop.texts("orders")).containsExactly("kept");
    assertThat(ends("orders")).isEmpty();
  }

  @Test
  void statelessSessionsShareTheTransaction() {
    assertThatThrownBy(
            () ->
                shop.useUnit(
                    db -> {
                      db.on("orders").statelessSession().insert(new Entry(1, "one"));
                      db.session("ledger").persist(new Entry(1, "one"));
                      db.session("ledger").flush();
                      throw new IllegalStateException("undo");
                    }))
        .hasMessage("undo");
    assertThat(shop.texts("orders")).isEmpty();
    shop.useUnit(db -> db.on("orders").statelessSession().insert(new Entry(1, "one")));
    assertThat(shop.texts("orders")).containsExactly("one");
  }

  @Test
  void closingOneEngineRollsBothBackAndTheOtherGoesOn() {
    shop.useUnit(
        db -> {
          db.session("orders").persist(new Entry(1, "one"));
          db.session("orders").flush();
          db.session("ledger").persist(new Entry(1, "one"));
          db.session("ledger").flush();
          db.on("orders").close();
          db.session("ledger").persist(new Entry(2, "two"));
          db.session("orders").persist(new Entry(2, "two"));
        });
    assertThat(shop.texts("orders")).containsExactly("two");
    assertThat(shop.texts("ledger")).containsExactly("two");
  }

  @Test
  void librariesFindTheTransactionOfTheCurrentUnit() throws Exception {
    List<Integer> completed = new ArrayList<>();
    shop.useUnit(
        db -> {
          assertThat(shop.jta().userTransaction().getStatus())
              .isEqualTo(Status.STATUS_NO_TRANSACTION);
          db.session("orders").persist(new Entry(1, "one"));
          assertThat(shop.jta().transactionManager().getStatus()).isEqualTo(Status.STATUS_ACTIVE);
          shop.jta()
              .transactionSynchronizationRegistry()
              .registerInterposedSynchronization(
                  new Synchronization() {
                    @Override
                    public void beforeCompletion() {
                      completed.add(-1);
                    }

                    @Override
                    public void afterCompletion(int status) {
                      completed.add(status);
                    }
                  });
          assertThatThrownBy(() -> shop.jta().userTransaction().commit())
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("unit of work");
        });
    assertThat(completed).containsExactly(-1, Status.STATUS_COMMITTED);
    assertThatThrownBy(
            () ->
                shop.useUnit(
                    db -> {
                      db.session("orders").persist(new Entry(2, "two"));
                      shop.jta().userTransaction().setRollbackOnly();
                    }))
        .isInstanceOf(RollbackException.class);
    assertThat(shop.texts("orders")).containsExactly("one");
  }

  @Test
  void aThreadsOwnTransactionIsLeftAlone() throws Exception {
    shop.jta().userTransaction().begin();
    Object own = shop.jta().transactionManager().getTransaction();
    shop.useUnit(db -> db.session("orders").persist(new Entry(1, "one")));
    assertThat(shop.jta().transactionManager().getTransaction()).isSameAs(own);
    assertThat(shop.texts("orders")).containsExactly("one");
    shop.jta().userTransaction().rollback();
    assertThat(shop.texts("orders")).containsExactly("one");
  }
}
