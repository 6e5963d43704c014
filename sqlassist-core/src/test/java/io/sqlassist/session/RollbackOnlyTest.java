package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.EngineTests;
import io.sqlassist.fixture.Novel;
import jakarta.persistence.RollbackException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.Test;

class RollbackOnlyTest extends EngineTests {

  RollbackOnlyTest() {
    super(DatabaseKind.H2);
  }

  @Test
  void swallowedConstraintViolationMakesTheCommitThrow() {
    engines.sql("writer", "insert into Novel (id, isbn, stock) values (-1, 'twice', 0)");

    assertThatThrownBy(
            () ->
                useUnit(
                    db -> {
                      db.writer().persist(new Novel("lost"));
                      db.session("ledger").persist(new Novel("lost too"));
                      db.writer().persist(new Novel("twice"));
                      try {
                        db.writer().flush();
                      } catch (ConstraintViolationException e) {
                        // swallowed, as applications do
                      }
                    }))
        .isInstanceOf(RollbackException.class)
        .hasMessageContaining("'writer'")
        .hasMessageContaining("rollback-only");
    assertThat(engines.isbns("writer")).containsExactly("twice");
    assertThat(engines.isbns("ledger")).isEmpty();
  }

  @Test
  void swallowedViolationOfNativeSqlMakesTheCommitThrow() {
    engines.sql("writer", "insert into Novel (id, isbn, stock) values (-1, 'twice', 0)");

    assertThatThrownBy(
            () ->
                useUnit(
                    db -> {
                      db.writer().persist(new Novel("lost"));
                      try {
                        db.writer()
                            .createNativeMutationQuery(
                                "insert into Novel (id, isbn, stock) values (-2, 'twice', 0)")
                            .executeUpdate();
                      } catch (ConstraintViolationException e) {
                        // swallowed, as applications do
                      }
                    }))
        .isInstanceOf(RollbackException.class)
        .hasMessageContaining("'writer'");
    assertThat(engines.isbns("writer")).containsExactly("twice");
  }

  @Test
  void markRollbackOnlyMakesTheCommitThrow() {
    assertThatThrownBy(
            () ->
                useUnit(
                    db -> {
                      db.writer().persist(new Novel("lost"));
                      db.writer().getTransaction().markRollbackOnly();
                    }))
        .isInstanceOf(RollbackException.class)
        .hasMessageContaining("'writer'");
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void setRollbackOnlyMakesTheCommitOfTheScopeThrow() {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("lost"));
    db.writer().getTransaction().setRollbackOnly();

    assertThatThrownBy(db.on("writer")::commit).isInstanceOf(RollbackException.class);
    db.writer().persist(new Novel("kept"));
    db.commitAndClose();
    assertThat(engines.isbns("writer")).containsExactly("kept");
  }

  @Test
  void doomedUnitReturnsItsResultAndKeepsNothing() {
    String result =
        inUnit(
            db -> {
              db.writer().persist(new Novel("lost"));
              db.session("ledger").persist(new Novel("lost"));
              db.doom();
              assertThat(db.isDoomed()).isTrue();
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(engines.isbns("ledger")).isEmpty();
    assertThat(events())
        .containsExactly(
            "started",
            "opened writer",
            "opened ledger",
            "rolled back",
            "closed writer",
            "closed ledger",
            "ended");
  }

  @Test
  void commitOfADoomedUnitThrows() {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("lost"));
    db.doom();

    assertThatThrownBy(db::commit)
        .isInstanceOf(RollbackException.class)
        .hasMessageContaining("doom");
    assertThatThrownBy(db::commit).isInstanceOf(RollbackException.class);
    assertThatThrownBy(db::commitAndClose).isInstanceOf(RollbackException.class);
    db.close();
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void commitAtTheEndOfADoomedUnitTellsOfOneRollback() {
    assertThatThrownBy(
            () -> {
              DbSessionsContainer db = engines.unit();
              db.writer().persist(new Novel("lost"));
              db.doom();
              try {
                db.commitAndClose();
              } finally {
                db.close();
              }
            })
        .isInstanceOf(RollbackException.class);
    assertThat(events())
        .containsExactly("started", "opened writer", "rolled back", "closed writer", "ended");
  }

  @Test
  void commitOfADoomedScopeRollsBackAndLeavesTheOtherEnginesUsable() {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("lost"));
    db.session("ledger").persist(new Novel("lost"));
    db.doom();

    assertThatThrownBy(db.on("writer")::commit).isInstanceOf(RollbackException.class);
    assertThat(db.session("ledger").getTransaction().isActive()).isTrue();
    assertThat(db.writer().getTransaction().isActive()).isTrue();
    db.close();
    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(engines.isbns("ledger")).isEmpty();
  }

  @Test
  void failingRollbackOfADoomedUnitIsSuppressedInTheRefusal() {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("lost"));
    db.writer().flush();
    db.doom();
    engines.faults("writer").fail("rollback", 1);

    assertThatThrownBy(db::commit)
        .isInstanceOf(RollbackException.class)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(db.writer().getTransaction().isActive()).isTrue();
    db.close();
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void doomFromAnotherThreadRulesOutTheCommit() {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("lost"));
    CompletableFuture.runAsync(db::doom).orTimeout(60, TimeUnit.SECONDS).join();

    assertThatThrownBy(db::commit).isInstanceOf(RollbackException.class);
    db.close();
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void doomOfAUnitThatUsedNothingOpensNothing() {
    DbSessionsContainer db = engines.unit();
    db.doom();

    assertThat(db.isDoomed()).isTrue();
    assertThat(db.statuses().values()).containsOnly(EngineStatus.INIT);
    db.close();
    assertThat(events()).isEmpty();
  }

  @Test
  void doomedUnitKeepsWhatTheAutocommitEngineWrote() {
    useUnit(
        db -> {
          db.logger().persist(new Novel("log"));
          db.doom();
        });

    assertThat(engines.isbns("logger")).containsExactly("log");
  }
}
