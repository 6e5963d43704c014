package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.EngineTests;
import io.sqlassist.fixture.Novel;
import jakarta.persistence.OptimisticLockException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hibernate.Session;
import org.junit.jupiter.api.Test;

/** Work that fills a unit of work to its end, undone and done again. */
class AttemptsTest extends EngineTests {

  private static final Exception CONFLICT = new OptimisticLockException("changed meanwhile");

  AttemptsTest() {
    super(DatabaseKind.H2);
  }

  private static OptimisticLockException conflict() {
    return new OptimisticLockException("changed meanwhile");
  }

  private static void write(Session session, String isbn) {
    session.persist(new Novel(isbn));
    session.flush();
  }

  @Test
  void anAttemptThatIsRepeatedLeavesNothing() {
    useUnit(
        db -> {
          Attempts attempts = new Attempts(db, 1, WhenOpen.COMMIT);
          write(db.writer(), "a");
          write(db.session("ledger"), "b");
          assertThat(attempts.repeat(conflict())).isTrue();
          assertThat(engines.activeConnections("writer")).isZero();
          write(db.writer(), "c");
        });

    assertThat(engines.isbns("writer")).containsExactly("c");
    assertThat(engines.isbns("ledger")).isEmpty();
  }

  @Test
  void anAttemptIsRepeatedAfterAFailedCommitToo() {
    useUnit(
        db -> {
          Attempts attempts = new Attempts(db, 1, WhenOpen.COMMIT);
          write(db.writer(), "a");
          OptimisticLockException conflict = conflict();
          db.beforeCommit(
              () -> {
                throw conflict;
              });
          assertThatThrownBy(db::commitAndClose).isSameAs(conflict);
          assertThat(attempts.isRepeatable(conflict)).isTrue();
          assertThat(attempts.repeat(conflict)).isTrue();
          write(db.writer(), "b");
        });

    assertThat(engines.isbns("writer")).containsExactly("b");
  }

  @Test
  void eachAttemptHasASessionOfItsOwn() {
    useUnit(
        db -> {
          Session before = db.writer();
          Attempts attempts = new Attempts(db, 1, WhenOpen.COMMIT);
          Session first = db.writer();
          attempts.repeat(conflict());

          assertThat(before.isOpen()).isFalse();
          assertThat(first.isOpen()).isFalse();
          assertThat(db.writer()).isNotSameAs(first).isNotSameAs(before);
        });
  }

  @Test
  void workUnderWayIsCommittedRolledBackOrRefused() {
    useUnit(
        db -> {
          write(db.writer(), "refused");
          assertThatThrownBy(() -> new Attempts(db, 1, WhenOpen.REFUSE))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("has work under way");
          assertThatThrownBy(() -> new Attempts(db, 1, WhenOpen.JOIN))
              .isInstanceOf(IllegalStateException.class);
          new Attempts(db, 1, WhenOpen.ROLLBACK);
          write(db.writer(), "committed");
          new Attempts(db, 1, WhenOpen.COMMIT);
          assertThat(engines.isbns("writer")).containsExactly("committed");
        });
  }

  @Test
  void onlyAConflictInWorkThatIsNotCommittedIsRepeatable() {
    useUnit(
        db -> {
          Attempts attempts = new Attempts(db, 1, WhenOpen.COMMIT);
          assertThat(attempts.isRepeatable(new IllegalStateException())).isFalse();
          assertThat(attempts.isRepeatable(CONFLICT)).isTrue();
          db.on("ledger").session();
          db.on("ledger").commit();
          assertThat(attempts.isRepeatable(CONFLICT)).isFalse();
        });
  }

  @Test
  void nothingIsRepeatableTooOftenNorDoomedNorEnded() {
    useUnit(
        db -> {
          Attempts attempts = new Attempts(db, 1, WhenOpen.COMMIT);
          attempts.repeat(conflict());
          assertThat(attempts.isRepeatable(CONFLICT)).isFalse();
          Attempts others = new Attempts(db, 1, WhenOpen.COMMIT);
          db.doom();
          assertThat(others.isRepeatable(CONFLICT)).isFalse();
        });
    DbSessionsContainer ended = openUnit();
    Attempts attempts = new Attempts(ended, 1, WhenOpen.COMMIT);
    ended.close();
    assertThat(attempts.isRepeatable(CONFLICT)).isFalse();
  }

  @Test
  void theLastFailureCarriesTheEarlierOnes() {
    useUnit(
        db -> {
          Attempts attempts = new Attempts(db, 2, WhenOpen.COMMIT);
          Exception first = conflict();
          Exception second = conflict();
          Exception last = conflict();
          attempts.repeat(first);
          attempts.repeat(second);
          attempts.giveUp(last);

          assertThat(last.getSuppressed()).containsExactly(first, second);
        });
  }

  @Test
  void anInterruptedThreadRepeatsNothing() {
    useUnit(
        db -> {
          Attempts attempts = new Attempts(db, 1, WhenOpen.COMMIT);
          write(db.writer(), "a");
          Thread.currentThread().interrupt();
          boolean repeated = attempts.repeat(conflict());
          assertThat(Thread.interrupted()).isTrue();
          assertThat(repeated).isFalse();
        });

    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void hooksOfAnAttemptAreForgottenWithItAndOthersStay() {
    List<String> calls = new CopyOnWriteArrayList<>();
    useUnit(
        db -> {
          db.afterRollback(cause -> calls.add("outer rollback"));
          db.afterCommit(report -> calls.add("outer commit"));
          Attempts attempts = new Attempts(db, 1, WhenOpen.COMMIT);
          db.beforeCommit(() -> calls.add("first before"));
          db.afterCommit(report -> calls.add("first commit"));
          db.afterRollback(cause -> calls.add("first rollback"));
          db.onClose(() -> calls.add("first close"));
          attempts.repeat(conflict());
          db.onClose(() -> calls.add("second close"));
        });

    assertThat(calls)
        .containsExactly("first rollback", "first close", "outer commit", "second close");
  }

  @Test
  void anAttemptsResourcesAreClosedBeforeTheNextOnce() {
    List<String> calls = new CopyOnWriteArrayList<>();
    useUnit(
        db -> {
          db.onClose(() -> calls.add("outer"));
          Attempts attempts = new Attempts(db, 1, WhenOpen.COMMIT);
          write(db.writer(), "a");
          db.onClose(() -> calls.add("first, connections: " + engines.activeConnections("writer")));
          attempts.repeat(conflict());
          calls.add("repeated");
        });

    assertThat(calls).containsExactly("first, connections: 0", "repeated", "outer");
  }

  @Test
  void aRollbackByTheAttemptItselfLeavesItsOtherHooks() {
    List<String> calls = new CopyOnWriteArrayList<>();
    useUnit(
        db -> {
          new Attempts(db, 1, WhenOpen.COMMIT);
          db.beforeCommit(() -> calls.add("before"));
          db.onClose(() -> calls.add("close"));
          db.rollback();
        });

    assertThat(calls).containsExactly("before", "close");
  }

  @Test
  void afterALastCommitThatFailsAllHooksAreTold() {
    List<String> calls = new CopyOnWriteArrayList<>();
    DbSessionsContainer db = openUnit();
    db.afterRollback(cause -> calls.add("outer rollback: " + cause.getMessage()));
    db.onClose(() -> calls.add("outer close"));
    Attempts attempts = new Attempts(db, 0, WhenOpen.COMMIT);
    db.afterRollback(cause -> calls.add("rollback: " + cause.getMessage()));
    db.onClose(() -> calls.add("close"));
    OptimisticLockException conflict = conflict();
    db.beforeCommit(
        () -> {
          throw conflict;
        });
    assertThatThrownBy(db::commitAndClose).isSameAs(conflict);
    attempts.giveUp(conflict);
    db.closeBecause(conflict);

    assertThat(calls)
        .containsExactly(
            "rollback: changed meanwhile",
            "outer rollback: changed meanwhile",
            "outer close",
            "close");
  }

  @Test
  void afterTheLastAttemptTheHooksOfAllAreToldOfTheRollback() {
    List<String> calls = new CopyOnWriteArrayList<>();
    DbSessionsContainer db = openUnit();
    db.afterRollback(cause -> calls.add("outer"));
    Attempts attempts = new Attempts(db, 0, WhenOpen.COMMIT);
    db.afterRollback(cause -> calls.add("attempt's"));
    attempts.giveUp(conflict());
    db.close();

    assertThat(calls).containsExactly("outer", "attempt's");
  }

  @Test
  void aNegativeNumberIsRefused() {
    useUnit(
        db ->
            assertThatThrownBy(() -> new Attempts(db, -1, WhenOpen.COMMIT))
                .isInstanceOf(IllegalArgumentException.class));
  }
}
