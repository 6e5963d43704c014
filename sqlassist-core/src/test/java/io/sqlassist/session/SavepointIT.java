package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import jakarta.persistence.RollbackException;
import java.io.IOException;
import org.hibernate.Session;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks that can be undone alone, inside of a transaction that goes on. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class SavepointIT {

  private final TestEngines engines;
  private final DbSessionsContainer db;
  private final EngineScope writer;

  SavepointIT(DatabaseKind kind) {
    engines = TestEngines.shared(kind).reset();
    db = engines.unit();
    writer = db.on("writer");
  }

  @AfterEach
  void everyConnectionIsBack() {
    db.close();
    engines.assertConnectionsAreBackAndClean();
  }

  private static Void persist(Session session, String isbn) {
    session.persist(new Novel(isbn));
    session.flush();
    return null;
  }

  private void failingBlock(SessionFunction<?, ? extends Exception> work) {
    assertThatThrownBy(
            () ->
                writer.savepoint(
                    session -> {
                      work.apply(session);
                      throw new IOException("undo");
                    }))
        .isInstanceOf(IOException.class)
        .hasNoSuppressedExceptions();
  }

  @Test
  void aDuplicateKeyInsideThatIsCaughtOutsideLeavesTheOuterRows() {
    persist(db.writer(), "outer");

    assertThatThrownBy(() -> writer.savepoint(session -> persist(session, "outer")))
        .isInstanceOf(ConstraintViolationException.class);
    persist(db.writer(), "after");
    db.commit();

    assertThat(engines.isbns("writer")).containsExactlyInAnyOrder("outer", "after");
  }

  @Test
  void aBlockThatReturnsBecomesPartOfTheTransaction() {
    persist(db.writer(), "outer");

    String result =
        writer.savepoint(
            session -> {
              persist(session, "inner");
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(engines.isbns("writer")).isEmpty();
    db.commit();
    assertThat(engines.isbns("writer")).containsExactlyInAnyOrder("outer", "inner");
  }

  @Test
  void theOuterRollbackUndoesABlockThatReturned() {
    writer.savepoint(session -> persist(session, "inner"));

    db.rollback();
    db.commit();

    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void onlyTheBlockIsUndoneWhenItThrows() {
    persist(db.writer(), "outer");

    failingBlock(session -> persist(session, "inner"));
    db.commit();

    assertThat(engines.isbns("writer")).containsExactly("outer");
  }

  @Test
  void changesThatWereNotFlushedBelongToTheOuterPart() {
    db.writer().persist(new Novel("outer"));

    failingBlock(session -> persist(session, "inner"));
    db.commit();

    assertThat(engines.isbns("writer")).containsExactly("outer");
  }

  @Test
  void afterAPartialRollbackTheSessionFindsWhatTheDatabaseHolds() {
    Novel outer = new Novel("outer");
    outer.setStock(5);
    db.writer().persist(outer);
    Long[] inner = new Long[1];

    failingBlock(
        session -> {
          session.find(Novel.class, outer.getId()).setStock(1);
          Novel made = new Novel("inner");
          session.persist(made);
          inner[0] = made.getId();
          session.flush();
          return null;
        });

    assertThat(db.writer().find(Novel.class, inner[0])).isNull();
    assertThat(db.writer().find(Novel.class, outer.getId()).getStock()).isEqualTo(5);
    db.commit();
    assertThat(engines.stock("writer", "outer")).isEqualTo(5);
  }

  @Test
  void theOuterSessionReloadsWhatTheBlockChanged() {
    Novel outer = new Novel("outer");
    db.writer().persist(outer);

    writer.savepoint(
        session -> {
          session.find(Novel.class, outer.getId()).setStock(7);
          return null;
        });

    assertThat(outer.getStock()).isEqualTo(7);
    assertThat(db.writer().contains(outer)).isTrue();
  }

  @Test
  void theOuterSessionForgetsWhatTheBlockRemoved() {
    Novel outer = new Novel("outer");
    db.writer().persist(outer);

    writer.savepoint(
        session -> {
          session.remove(session.find(Novel.class, outer.getId()));
          return null;
        });

    assertThat(db.writer().find(Novel.class, outer.getId())).isNull();
    db.commit();
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void blocksNestToAnyDepth() {
    writer.savepoint(
        first -> {
          persist(first, "1");
          failingBlock(
              second -> {
                persist(second, "2");
                writer.savepoint(third -> persist(third, "3"));
                return null;
              });
          writer.savepoint(second -> persist(second, "2b"));
          return persist(first, "1b");
        });
    db.commit();

    assertThat(engines.isbns("writer")).containsExactlyInAnyOrder("1", "2b", "1b");
  }

  @Test
  void aViolationCaughtInsideOfTheBlockUndoesTheBlockLoudly() {
    persist(db.writer(), "outer");

    assertThatThrownBy(
            () ->
                writer.savepoint(
                    session -> {
                      persist(session, "inner");
                      try {
                        persist(session, "inner");
                      } catch (ConstraintViolationException e) {
                        // swallowed
                      }
                      return null;
                    }))
        .isInstanceOf(RollbackException.class)
        .hasMessageContaining("catch it outside");

    db.commit();
    assertThat(engines.isbns("writer")).containsExactly("outer");
  }

  @Test
  void insideTheBlockTheUnitHandsOutTheBlocksSession() {
    Session outer = db.writer();

    writer.savepoint(
        session -> {
          assertThat(db.writer()).isSameAs(session).isNotSameAs(outer);
          return persist(db.writer(), "inner");
        });

    assertThat(db.writer()).isSameAs(outer);
  }

  @Test
  void theOuterSessionIsRefusedInsideTheBlock() {
    Session outer = db.writer();

    assertThatThrownBy(() -> writer.savepoint(session -> persist(outer, "wrong session")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("outer session of engine 'writer'");
  }

  @Test
  void theBlocksSessionIsClosedAfterTheBlock() {
    Session[] kept = new Session[1];
    writer.savepoint(
        session -> {
          kept[0] = session;
          return null;
        });

    assertThatThrownBy(() -> kept[0].persist(new Novel("late")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aStatelessSessionInsideTheBlockIsUndoneWithIt() {
    persist(db.writer(), "outer");

    failingBlock(session -> writer.statelessSession().insert(new Novel("stateless")));
    db.commit();

    assertThat(engines.isbns("writer")).containsExactly("outer");
  }

  @Test
  void commitAndRollbackAreRefusedInsideTheBlock() {
    persist(db.writer(), "outer");

    writer.savepoint(
        session -> {
          assertThatThrownBy(db::commit).hasMessageContaining("A savepoint block is open");
          assertThatThrownBy(db::rollback).hasMessageContaining("A savepoint block is open");
          assertThatThrownBy(writer::close).hasMessageContaining("A savepoint block is open");
          return persist(session, "inner");
        });
    db.commit();

    assertThat(engines.isbns("writer")).containsExactlyInAnyOrder("outer", "inner");
  }

  @Test
  void otherEnginesMayCommitInsideTheBlock() {
    writer.savepoint(
        session -> {
          persist(db.session("ledger"), "ledger");
          db.on("ledger").commit();
          return null;
        });

    assertThat(engines.isbns("ledger")).containsExactly("ledger");
  }

  @Test
  void theEndOfTheUnitInsideTheBlockLeavesNothingBehind() {
    assertThatThrownBy(
            () ->
                writer.savepoint(
                    session -> {
                      persist(session, "inner");
                      db.close();
                      return persist(session, "late");
                    }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void aBlockInsideOfAnAtomicBlockIsCommittedWithIt() {
    writer.atomic(
        session -> {
          persist(session, "atomic");
          failingBlock(inner -> persist(inner, "undone"));
          return writer.savepoint(inner -> persist(inner, "kept"));
        });

    assertThat(engines.isbns("writer")).containsExactlyInAnyOrder("atomic", "kept");
  }

  @Test
  void anEngineWithoutTransactionsIsRefused() {
    assertThatThrownBy(() -> db.on("reader").savepoint(session -> null))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("'reader' is READ_ONLY and has no transactions");
  }
}
