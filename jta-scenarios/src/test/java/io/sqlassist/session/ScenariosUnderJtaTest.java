package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.entry;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.jta.JtaTestEngines;
import io.sqlassist.jta.fixture.Faulty;
import io.sqlassist.transaction.Outcome;
import io.sqlassist.transaction.PartialCommitException;
import jakarta.persistence.RollbackException;
import java.util.ArrayList;
import java.util.List;
import javax.transaction.xa.XAException;
import org.hibernate.Session;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The core's scenarios of a unit of work, with {@code writer} and {@code ledger} under one
 * coordinator. What is overridden here is what JTA means to be different:
 *
 * <ul>
 *   <li>The two engines end together, also when only one of them is asked to.
 *   <li>A commit that fails leaves nothing in either of them.
 *   <li>Databases are asked to end by the coordinator, not by their connections, and a rollback
 *       that fails is the database's to finish: the application is not told.
 *   <li>A session's own transaction can't be ended by hand.
 *   <li>There are no savepoints.
 * </ul>
 */
class ScenariosUnderJtaTest {

  private static JtaTestEngines jta;

  @BeforeAll
  static void start() {
    jta = new JtaTestEngines();
    TestEngines.shareInstead(kind -> jta);
  }

  @AfterAll
  static void stop() {
    TestEngines.shareInstead(TestEngines::fresh);
    jta.close();
  }

  private static void failWith(String engine, String step, int code) {
    jta.branches(engine).before(Faulty.failing(step, code));
  }

  @Nested
  class Commits extends CommitTest {

    private void assertNothingIsDurable() {
      jta.branches("writer").clear();
      jta.branches("ledger").clear();
      assertThat(engines.isbns("writer")).isEmpty();
      assertThat(engines.isbns("ledger")).isEmpty();
    }

    @Override
    @ParameterizedTest
    @EnumSource
    void commitThatFailsOnTheFirstEngineRollsBackTheSecond(Way way) {
      failWith("writer", "prepare", XAException.XA_RBROLLBACK);

      assertThatThrownBy(
              () ->
                  way.commit(
                      this,
                      db -> {
                        db.writer().persist(new Novel("writer"));
                        db.session("ledger").persist(new Novel("ledger"));
                      }))
          .isInstanceOf(RollbackException.class)
          .hasMessageContainingAll("writer", "ledger", "rolled back");
      assertNothingIsDurable();
    }

    @Override
    @ParameterizedTest
    @EnumSource
    void commitThatFailsInTheMiddleTellsWhatBecameOfEachEngine(Way way) {
      failWith("ledger", "prepare", XAException.XA_RBDEADLOCK);

      Throwable failure =
          catchThrowable(
              () ->
                  way.commit(
                      this,
                      db -> {
                        db.writer().persist(new Novel("writer"));
                        db.session("ledger").persist(new Novel("ledger"));
                        db.logger().persist(new Novel("log"));
                      }));

      assertThat(failure).isInstanceOf(RollbackException.class);
      assertNothingIsDurable();
      assertThat(engines.isbns("logger")).containsExactly("log");
      assertThat(engines.observer().failures().get(0)).isSameAs(failure);
    }

    @Override
    @ParameterizedTest
    @EnumSource
    void commitThatTheDatabaseRefusedIsRolledBackAndNamesTheEngine(Way way) {
      failWith("ledger", "commit(onePhase)", XAException.XA_RBINTEGRITY);

      assertThatThrownBy(
              () -> way.commit(this, db -> db.session("ledger").persist(new Novel("ledger"))))
          .isInstanceOf(RollbackException.class)
          .hasMessageContaining("ledger")
          .hasRootCauseInstanceOf(XAException.class);
      assertNothingIsDurable();
    }

    @Override
    @Test
    void commitWhoseAnswerWasLostIsUnknownAlthoughItIsThere() {
      jta.branches("writer").after(Faulty.failing("commit(onePhase)", XAException.XAER_RMFAIL));

      assertThatThrownBy(() -> useUnit(db -> db.writer().persist(new Novel("there"))))
          .isInstanceOfSatisfying(
              PartialCommitException.class,
              e ->
                  assertThat(e.report().outcomes())
                      .containsExactly(entry("writer", Outcome.UNKNOWN)));
      assertThat(engines.isbns("writer")).containsExactly("there");
    }

    @Override
    @Test
    void failuresOfTheRollbackAfterAFailedCommitAreSuppressedInIt() {
      failWith("writer", "prepare", XAException.XA_RBROLLBACK);
      failWith("ledger", "rollback", XAException.XAER_RMFAIL);

      assertThatThrownBy(
              () ->
                  useUnit(
                      db -> {
                        db.writer().persist(new Novel("writer"));
                        db.session("ledger").persist(new Novel("ledger"));
                      }))
          .isInstanceOf(RollbackException.class);
      assertNothingIsDurable();
    }

    @Override
    @Test
    void entityBelongsToTheSessionNoMoreAfterAFailedCommit() {
      DbSessionsContainer db = engines.unit();
      Novel novel = new Novel("lost");
      db.writer().persist(novel);
      failWith("writer", "commit(onePhase)", XAException.XA_RBROLLBACK);
      assertThatThrownBy(db::commit).isInstanceOf(RollbackException.class);

      assertThat(db.writer().contains(novel)).isFalse();
      db.close();
    }

    @Override
    @Test
    void scopeCommitsItsEngineOnly() {
      DbSessionsContainer db = engines.unit();
      db.writer().persist(new Novel("kept"));
      db.session("ledger").persist(new Novel("kept too"));

      assertThat(db.on("writer").commit().outcomes()).containsOnlyKeys("writer", "ledger");
      db.close();
      assertThat(engines.isbns("writer")).containsExactly("kept");
      assertThat(engines.isbns("ledger")).containsExactly("kept too");
    }

    @Override
    @Test
    void scopeRollsBackItsEngineOnly() {
      DbSessionsContainer db = engines.unit();
      db.writer().persist(new Novel("lost"));
      db.session("ledger").persist(new Novel("lost too"));

      db.on("writer").rollback();
      db.session("ledger").persist(new Novel("kept"));
      db.commitAndClose();
      assertThat(engines.isbns("writer")).isEmpty();
      assertThat(engines.isbns("ledger")).containsExactly("kept");
    }

    @Override
    @Test
    void scopeThatFailsToCommitRollsBackAndGoesOn() {
      engines.sql("writer", "insert into Novel (id, isbn, stock) values (-1, 'twice', 0)");
      DbSessionsContainer db = engines.unit();
      db.session("ledger").persist(new Novel("undone with it"));
      db.writer().persist(new Novel("twice"));

      assertThatThrownBy(db.on("writer")::commit).isInstanceOf(ConstraintViolationException.class);
      db.writer().persist(new Novel("after"));
      db.commitAndClose();
      assertThat(engines.isbns("writer")).containsExactly("twice", "after");
      assertThat(engines.isbns("ledger")).isEmpty();
    }

    @Override
    @Test
    void closedScopeRollsBackAndOpensAFreshSessionOnTheNextAccess() {
      DbSessionsContainer db = engines.unit();
      Session closed = db.writer();
      closed.persist(new Novel("lost"));
      closed.flush();
      db.session("ledger").persist(new Novel("lost with it"));

      db.on("writer").close();
      assertThat(closed.isOpen()).isFalse();
      assertThat(engines.activeConnections("writer")).isZero();
      assertThat(db.writer()).isNotSameAs(closed).isSameAs(db.session("writer"));
      db.writer().persist(new Novel("fresh"));
      db.on("writer").statelessSession().insert(new Novel("stateless"));
      db.session("ledger").persist(new Novel("kept"));
      db.commitAndClose();
      assertThat(engines.isbns("writer")).containsExactlyInAnyOrder("fresh", "stateless");
      assertThat(engines.isbns("ledger")).containsExactly("kept");
    }

    private void assertThatNobodyEndsItByHand() {
      DbSessionsContainer db = engines.unit();
      db.writer().persist(new Novel("kept"));
      assertThatThrownBy(() -> db.writer().getTransaction().commit())
          .hasStackTraceContaining("commit() of the unit of work");
      assertThatThrownBy(() -> db.writer().getTransaction().rollback())
          .hasStackTraceContaining("rollback() of the unit of work");
      db.commitAndClose();
      assertThat(engines.isbns("writer")).containsExactly("kept");
    }

    @Override
    @Test
    void changeThatNoTransactionCoversIsAnErrorAndNotSilentLoss() {
      assertThatNobodyEndsItByHand();
    }

    @Override
    @Test
    void transactionEndedByHandWithoutLaterChangesIsNoError() {
      assertThatNobodyEndsItByHand();
    }

    @Override
    @Test
    void transactionBegunByHandAgainIsCommitted() {
      assertThatNobodyEndsItByHand();
    }

    @Override
    @Test
    void failedRollbackLeavesNothingThatALaterCommitWouldKeep() {
      DbSessionsContainer db = engines.unit();
      db.writer().persist(new Novel("lost"));
      db.writer().flush();
      failWith("writer", "rollback", XAException.XAER_RMFAIL);
      db.rollback();
      jta.branches("writer").clear();

      db.writer().persist(new Novel("kept"));
      db.commitAndClose();
      assertThat(engines.isbns("writer")).containsExactly("kept");
    }

    @Override
    @Test
    void failedRollbackOfOneEngineStopsNeitherTheRollbackNorTheRestartOfTheOthers() {
      DbSessionsContainer db = engines.unit();
      db.writer().persist(new Novel("lost"));
      db.writer().flush();
      db.session("ledger").persist(new Novel("lost"));
      db.session("ledger").flush();
      failWith("writer", "rollback", XAException.XAER_RMERR);
      db.rollback();
      jta.branches("writer").clear();

      db.session("ledger").persist(new Novel("kept"));
      db.commitAndClose();
      assertThat(engines.isbns("ledger")).containsExactly("kept");
      assertThat(engines.isbns("writer")).isEmpty();
    }
  }

  @Nested
  class Failures extends FailedUnitTest {

    private void assertFailurePassesAndNothingIsLeft(Throwable failure) {
      Throwable thrown =
          catchThrowable(
              () ->
                  useUnit(
                      db -> {
                        db.writer().persist(new Novel("lost"));
                        db.writer().flush();
                        db.logger().persist(new Novel("log"));
                        db.session("ledger").persist(new Novel("lost"));
                        db.session("ledger").flush();
                        Failures.<RuntimeException>sneakily(failure);
                      }));

      assertThat(thrown).isSameAs(failure);
      jta.branches("writer").clear();
      assertThat(engines.isbns("writer")).isEmpty();
      assertThat(engines.isbns("ledger")).isEmpty();
      assertThat(engines.isbns("logger")).containsExactly("log");
      assertThat(events())
          .contains("closed writer", "closed logger", "closed ledger")
          .endsWith("ended");
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> void sneakily(Throwable failure) throws X {
      throw (X) failure;
    }

    @Override
    @ParameterizedTest
    @MethodSource("failures")
    void failingRollbackIsSuppressedInTheFailureAndStopsNoOtherCleanUp(Throwable failure) {
      failWith("writer", "rollback", XAException.XAER_RMERR);
      assertFailurePassesAndNothingIsLeft(failure);
    }

    @Override
    @Test
    void errorOfTheDriverDuringARollbackStopsNoOtherCleanUp() {
      jta.branches("writer")
          .before(
              step -> {
                if (step.equals("rollback")) {
                  throw new LinkageError("provoked");
                }
              });
      assertFailurePassesAndNothingIsLeft(new RuntimeException("of the work"));
    }

    @Override
    @Test
    void connectionThatDiesOnTheWayOutStopsNoOtherCleanUp() {
      failWith("writer", "rollback", XAException.XAER_RMFAIL);
      assertFailurePassesAndNothingIsLeft(new RuntimeException("of the work"));
    }

    @Override
    @Test
    void closeThrowsNothingWhateverFails() {
      DbSessionsContainer db = engines.unit();
      db.writer().persist(new Novel("lost"));
      db.writer().flush();
      db.session("ledger").persist(new Novel("lost"));
      db.session("ledger").flush();
      failWith("writer", "rollback", XAException.XAER_RMFAIL);
      failWith("ledger", "rollback", XAException.XAER_RMERR);

      db.close();

      assertThat(db.isEnded()).isTrue();
      jta.branches("writer").clear();
      jta.branches("ledger").clear();
      assertThat(engines.isbns("writer")).isEmpty();
      assertThat(engines.isbns("ledger")).isEmpty();
      assertThat(events()).endsWith("ended");
    }

    @Override
    @Test
    void failureOfTheCommitIsThrownOnceAndToldOnce() {
      failWith("writer", "commit(onePhase)", XAException.XA_RBROLLBACK);

      assertThatThrownBy(() -> useUnit(db -> db.writer().persist(new Novel("lost"))))
          .isInstanceOf(RollbackException.class);
      assertThat(events())
          .containsExactly("started", "opened writer", "commit failed", "closed writer", "ended");
    }
  }

  @Nested
  class Hooks extends HooksTest {

    @Override
    @Test
    void afterCommitDoesNotRunAfterAPartialCommit() {
      List<String> calls = new ArrayList<>();
      failWith("ledger", "prepare", XAException.XA_RBROLLBACK);

      assertThatThrownBy(
              () ->
                  Units.useUnit(
                      jta.registry(),
                      db -> {
                        db.afterCommit(report -> calls.add("after"));
                        db.afterRollback(cause -> calls.add(cause.getClass().getSimpleName()));
                        db.writer().persist(new Novel("a"));
                        db.session("ledger").persist(new Novel("b"));
                      }))
          .isInstanceOf(RollbackException.class);

      assertThat(calls).containsExactly("RollbackException");
    }
  }

  @Nested
  class RollbackOnly extends RollbackOnlyTest {

    @Override
    @Test
    void failingRollbackOfADoomedUnitIsSuppressedInTheRefusal() {
      DbSessionsContainer db = engines.unit();
      db.writer().persist(new Novel("lost"));
      db.writer().flush();
      db.doom();
      failWith("writer", "rollback", XAException.XAER_RMFAIL);

      assertThatThrownBy(db::commit).isInstanceOf(RollbackException.class);
      assertThat(db.writer().getTransaction().isActive()).isTrue();
      jta.branches("writer").clear();
      db.close();
      assertThat(engines.isbns("writer")).isEmpty();
    }
  }

  @Nested
  class Laziness extends LazinessTest {}

  @Nested
  class Current extends CurrentUnitTest {}

  @Nested
  class Ends extends EndedUnitTest {}

  @Nested
  class Owners extends OwnerTest {

    @Override
    @Test
    void insideOfASavepointTheBlocksSessionBelongsToTheUnit() {
      Units.useUnit(
          jta.registry(),
          db ->
              assertThatThrownBy(() -> db.on("writer").savepoint(session -> true))
                  .isInstanceOf(UnsupportedOperationException.class)
                  .hasMessageContainingAll("'writer'", "savepoints"));
    }
  }

  @Nested
  class Autocommits extends AutocommitEngineTest {}

  @Nested
  class Observed extends ObservedUnitTest {}

  @Nested
  class Wrapped extends WrapTest {}

  @Nested
  class Atomic extends AtomicIT {

    Atomic() {
      super(DatabaseKind.H2);
    }

    @Override
    @Test
    void otherEnginesAreNotTouched() {
      Units.useUnit(
          jta.registry(),
          db -> {
            db.session("ledger").persist(new Novel("ledger"));
            db.on("writer")
                .atomic(
                    session -> {
                      session.persist(new Novel("block"));
                      return null;
                    });
            assertThat(jta.isbns("ledger")).containsExactly("ledger");
          });
      assertThat(jta.isbns("writer")).containsExactly("block");
    }
  }
}
