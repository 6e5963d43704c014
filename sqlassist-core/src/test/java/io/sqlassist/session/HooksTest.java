package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.PartialCommitException;
import io.sqlassist.transaction.UnitHooks;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens around the ends of a unit of work, and what a failure of it means. */
class HooksTest {

  private final TestEngines engines = TestEngines.shared(DatabaseKind.H2).reset();
  private final List<String> calls = new CopyOnWriteArrayList<>();

  @AfterEach
  void everyConnectionIsBack() {
    engines.assertConnectionsAreBackAndClean();
  }

  private void inUnit(UnitConsumer<RuntimeException> work) {
    Units.useUnit(engines.registry(), work);
  }

  private void note(DbSessionsContainer db) {
    db.beforeCommit(() -> calls.add("before " + engines.isbns("writer")));
    db.afterCommit(report -> calls.add("after " + report + " " + engines.isbns("writer")));
    db.afterRollback(cause -> calls.add("rollback " + cause));
    db.onClose(() -> calls.add("close " + engines.activeConnections("writer")));
  }

  @Test
  void hooksOfASuccessRunInOrderAroundTheCommit() {
    inUnit(
        db -> {
          note(db);
          db.writer().persist(new Novel("a"));
        });

    assertThat(calls).containsExactly("before []", "after [writer=COMMITTED] [a]", "close 0");
  }

  @Test
  void hooksOfAFailureKnowItsCause() {
    assertThatThrownBy(
            () ->
                inUnit(
                    db -> {
                      note(db);
                      db.writer().persist(new Novel("a"));
                      throw new IllegalStateException("no");
                    }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(calls).containsExactly("rollback java.lang.IllegalStateException: no", "close 0");
  }

  @Test
  void beforeCommitMayWriteAndOpenEngines() {
    inUnit(
        db -> {
          db.beforeCommit(() -> db.session("ledger").persist(new Novel("by hook")));
          db.writer().persist(new Novel("a"));
        });

    assertThat(engines.isbns("ledger")).containsExactly("by hook");
  }

  @Test
  void beforeCommitRunsBeforeAnyEngineIsCommitted() {
    inUnit(
        db -> {
          db.writer().persist(new Novel("a"));
          db.session("ledger").persist(new Novel("b"));
          db.beforeCommit(() -> calls.add("" + engines.isbns("writer") + engines.isbns("ledger")));
        });

    assertThat(calls).containsExactly("[][]");
  }

  @Test
  void beforeCommitThatThrowsStopsTheCommitOfAllEngines() {
    assertThatThrownBy(
            () ->
                inUnit(
                    db -> {
                      db.writer().persist(new Novel("a"));
                      db.session("ledger").persist(new Novel("b"));
                      db.beforeCommit(
                          () -> {
                            throw new IllegalStateException("stop");
                          });
                      db.afterCommit(report -> calls.add("after"));
                      db.afterRollback(cause -> calls.add("rollback " + cause.getMessage()));
                    }))
        .hasMessage("stop");

    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(engines.isbns("ledger")).isEmpty();
    assertThat(calls).containsExactly("rollback stop");
  }

  @Test
  void beforeCommitRunsOnEveryWayToCommit() {
    inUnit(
        db -> {
          db.beforeCommit(() -> calls.add("before"));
          db.writer().persist(new Novel("a"));
          db.commit();
          db.on("writer").commit();
          db.on("writer").atomic(WhenOpen.JOIN, session -> null);
        });

    assertThat(calls).hasSize(4);
  }

  @Test
  void afterCommitRunsOnceForTheWorkDoneSoFar() {
    inUnit(
        db -> {
          db.writer().persist(new Novel("a"));
          db.afterCommit(report -> calls.add("first"));
          db.commit();
          db.writer().persist(new Novel("b"));
          db.afterCommit(report -> calls.add("second"));
        });

    assertThat(calls).containsExactly("first", "second");
  }

  @Test
  void afterCommitDoesNotRunAfterTheCommitOfOneEngineAlone() {
    assertThatThrownBy(
            () ->
                inUnit(
                    db -> {
                      db.afterCommit(report -> calls.add("after"));
                      db.writer().persist(new Novel("a"));
                      db.session("ledger").persist(new Novel("b"));
                      db.on("ledger").commit();
                      throw new IllegalStateException("no");
                    }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(calls).isEmpty();
  }

  @Test
  void afterCommitDoesNotRunAfterAPartialCommit() {
    engines.faults("ledger").fail("commit");

    assertThatThrownBy(
            () ->
                inUnit(
                    db -> {
                      db.afterCommit(report -> calls.add("after"));
                      db.afterRollback(cause -> calls.add(cause.getClass().getSimpleName()));
                      db.writer().persist(new Novel("a"));
                      db.session("ledger").persist(new Novel("b"));
                    }))
        .isInstanceOf(PartialCommitException.class);

    assertThat(calls).containsExactly("PartialCommitException");
  }

  @Test
  void afterCommitThatThrowsDoesNotTurnSuccessIntoFailure() {
    inUnit(
        db -> {
          db.afterCommit(
              report -> {
                throw new IllegalStateException("mail server is down");
              });
          db.afterCommit(report -> calls.add("next hook"));
          db.writer().persist(new Novel("a"));
        });

    assertThat(engines.isbns("writer")).containsExactly("a");
    assertThat(calls).containsExactly("next hook");
    assertThat(engines.observer().failures())
        .anySatisfy(failure -> assertThat(failure).hasMessage("mail server is down"));
  }

  @Test
  void hooksOfRolledBackWorkDoNotRunAfterALaterCommit() {
    inUnit(
        db -> {
          db.writer().persist(new Novel("undone"));
          db.afterCommit(report -> calls.add("undone"));
          db.rollback();
          db.writer().persist(new Novel("done"));
          db.afterCommit(report -> calls.add("done"));
        });

    assertThat(calls).containsExactly("done");
  }

  @Test
  void aDoomedUnitRunsTheHooksOfARollback() {
    inUnit(
        db -> {
          note(db);
          db.writer().persist(new Novel("a"));
          db.doom();
        });

    assertThat(calls).containsExactly("rollback null", "close 0");
  }

  @Test
  void aHookForAllUnitsMayRefuseAnEngineAndIsAskedOnceForEach() throws SQLException {
    List<String> asked = new ArrayList<>();
    IllegalStateException refusal = new IllegalStateException("not this one");
    try (TestEngines own = TestEngines.fresh(DatabaseKind.H2)) {
      own.registry()
          .hooks(
              new UnitHooks() {
                @Override
                public void beforeOpening(String engine) {
                  asked.add(engine);
                  if (engine.equals("reader")) {
                    throw refusal;
                  }
                }
              });

      try (DbSessionsContainer db = Units.openUnit(own.registry())) {
        db.writer();
        db.on("writer").statelessSession();
        assertThatThrownBy(db::reader).isSameAs(refusal);
        assertThat(db.isOpen("reader")).isFalse();
        assertThat(db.writer().createNativeQuery("select 1", Integer.class).getSingleResult())
            .isEqualTo(1);
      }
    }

    assertThat(asked).containsExactly("writer", "reader");
  }

  @Test
  void hooksForAllUnitsRunBeforeTheUnitsOwn() throws SQLException {
    try (TestEngines own = TestEngines.fresh(DatabaseKind.H2)) {
      own.registry()
          .hooks(
              new UnitHooks() {
                @Override
                public void beforeCommit(Map<String, Session> sessions) {
                  calls.add("all before " + sessions.keySet());
                }

                @Override
                public void afterCommit(CommitReport report) {
                  calls.add("all after");
                }

                @Override
                public void afterRollback(@Nullable Throwable cause) {
                  calls.add("all rollback");
                }

                @Override
                public void onClose() {
                  calls.add("all close");
                }
              });

      Units.useUnit(
          own.registry(),
          db -> {
            db.beforeCommit(() -> calls.add("own before"));
            db.writer().persist(new Novel("a"));
          });
      Units.useUnit(
          own.registry(),
          db -> {
            db.writer();
            db.rollback();
            db.doom();
          });
    }

    assertThat(calls)
        .containsExactly(
            "all before [writer]",
            "own before",
            "all after",
            "all close",
            "all rollback",
            "all rollback",
            "all close");
  }

  @Test
  void anAbandonedUnitRunsTheHooksOfARollback() throws InterruptedException {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("a"));
    db.afterRollback(cause -> calls.add("rollback"));
    db.onClose(() -> calls.add("close"));

    db.abandon();
    engines.observer().awaitEnd();

    assertThat(calls).containsExactly("rollback", "close");
  }

  @Test
  void aSessionClosedByHandAfterACommitDoesNotKeepTheUnitFromEnding() {
    DbSessionsContainer db = engines.unit();
    db.onClose(() -> calls.add("close"));
    db.writer().persist(new Novel("a"));
    db.session("ledger").persist(new Novel("ledger"));
    db.commit();
    db.session("ledger").persist(new Novel("undone"));
    db.session("ledger").flush();
    db.writer().close();

    db.close();

    assertThat(calls).containsExactly("close");
    assertThat(engines.isbns("ledger")).containsExactly("ledger");
  }
}
