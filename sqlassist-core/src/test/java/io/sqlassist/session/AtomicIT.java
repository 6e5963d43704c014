package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import java.io.IOException;
import org.hibernate.Session;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks with a transaction of their own. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class AtomicIT {

  private final TestEngines engines;
  private final DbSessionsContainer db;
  private final EngineScope writer;

  AtomicIT(DatabaseKind kind) {
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

  @Test
  void aBlockThatReturnsIsCommittedAtOnce() {
    String result =
        writer.atomic(
            session -> {
              persist(session, "block");
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(engines.isbns("writer")).containsExactly("block");
  }

  @Test
  void aBlockThatThrowsIsRolledBackAndItsExceptionPasses() {
    IOException failure = new IOException("no");

    assertThatThrownBy(
            () ->
                writer.atomic(
                    session -> {
                      persist(session, "block");
                      throw failure;
                    }))
        .isSameAs(failure);

    db.commit();
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void anErrorRollsBackAndPasses() {
    assertThatThrownBy(
            () ->
                writer.atomic(
                    session -> {
                      persist(session, "block");
                      throw new StackOverflowError();
                    }))
        .isInstanceOf(StackOverflowError.class);

    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void whatWasUnderWayIsCommittedFirst() {
    persist(db.writer(), "before");

    assertThatThrownBy(
            () ->
                writer.atomic(
                    session -> {
                      persist(session, "block");
                      throw new IllegalStateException();
                    }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(engines.isbns("writer")).containsExactly("before");
  }

  @Test
  void rollbackDropsWhatWasUnderWay() {
    persist(db.writer(), "before");

    writer.atomic(WhenOpen.ROLLBACK, session -> persist(session, "block"));

    assertThat(engines.isbns("writer")).containsExactly("block");
  }

  @Test
  void joinCommitsWhatWasUnderWayWithTheBlock() {
    persist(db.writer(), "before");

    writer.atomic(WhenOpen.JOIN, session -> persist(session, "block"));

    assertThat(engines.isbns("writer")).containsExactly("before", "block");
  }

  @Test
  void aFailureInAJoinedBlockRollsBackWhatWasUnderWayToo() {
    persist(db.writer(), "before");

    assertThatThrownBy(
            () ->
                writer.atomic(
                    WhenOpen.JOIN,
                    session -> {
                      throw new IllegalStateException();
                    }))
        .isInstanceOf(IllegalStateException.class);

    db.commit();
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void refuseLeavesWhatIsUnderWayAsItIs() {
    persist(db.writer(), "before");

    assertThatThrownBy(() -> writer.atomic(WhenOpen.REFUSE, session -> persist(session, "block")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'writer' has work under way");

    db.commit();
    assertThat(engines.isbns("writer")).containsExactly("before");
  }

  @Test
  void refuseSeesChangesThatAreNotFlushed() {
    db.writer().persist(new Novel("pending"));

    assertThatThrownBy(() -> writer.atomic(WhenOpen.REFUSE, session -> persist(session, "block")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refuseAcceptsASessionThatHasDoneNothing() {
    db.writer();

    writer.atomic(WhenOpen.REFUSE, session -> persist(session, "block"));

    assertThat(engines.isbns("writer")).containsExactly("block");
  }

  @Test
  void theFiveRowsOfThePredecessorsScenarioRemain() {
    persist(db.writer(), "1 committed by the next block");
    writer.atomic(session -> persist(session, "2 block"));
    persist(db.writer(), "rolled back by the next block");
    writer.atomic(WhenOpen.ROLLBACK, session -> persist(session, "3 block"));
    persist(db.writer(), "4 joined");
    writer.atomic(WhenOpen.JOIN, session -> persist(session, "5 block"));
    persist(db.writer(), "lost with the joined failure");
    assertThatThrownBy(
            () ->
                writer.atomic(
                    WhenOpen.JOIN,
                    session -> {
                      persist(session, "lost");
                      throw new IllegalStateException();
                    }))
        .isInstanceOf(IllegalStateException.class);
    persist(db.writer(), "under way");
    assertThatThrownBy(() -> writer.atomic(WhenOpen.REFUSE, session -> persist(session, "refused")))
        .isInstanceOf(IllegalStateException.class);
    db.close();

    assertThat(engines.isbns("writer"))
        .containsExactly(
            "1 committed by the next block", "2 block", "3 block", "4 joined", "5 block");
  }

  @Test
  void aCommitThatFailsIsRolledBackAndTheUnitGoesOn() {
    assertThatThrownBy(
            () ->
                writer.atomic(
                    session -> {
                      persist(session, "twice");
                      session.persist(new Novel("twice"));
                      return null;
                    }))
        .isInstanceOf(ConstraintViolationException.class);

    writer.atomic(session -> persist(session, "after"));

    assertThat(engines.isbns("writer")).containsExactly("after");
  }

  @Test
  void otherEnginesAreNotTouched() {
    persist(db.session("ledger"), "ledger");

    writer.atomic(session -> persist(session, "block"));

    assertThat(engines.isbns("ledger")).isEmpty();
    db.commit();
    assertThat(engines.isbns("ledger")).containsExactly("ledger");
  }

  @Test
  void anEngineWithoutTransactionsIsRefused() {
    assertThatThrownBy(() -> db.on("logger").atomic(session -> null))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("'logger' is AUTOCOMMIT and has no transactions");
  }
}
