package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.entry;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.EngineTests;
import io.sqlassist.fixture.Novel;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.Outcome;
import io.sqlassist.transaction.PartialCommitException;
import jakarta.persistence.RollbackException;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CommitTest extends EngineTests {

  CommitTest() {
    super(DatabaseKind.H2);
  }

  /** Every way to commit a unit of work. */
  enum Way {
    EXPLICIT {
      @Override
      void commit(CommitTest test, Consumer<DbSessionsContainer> work) {
        DbSessionsContainer db = test.engines.unit();
        try {
          work.accept(db);
          db.commit();
        } finally {
          db.close();
        }
      }
    },
    AT_END {
      @Override
      void commit(CommitTest test, Consumer<DbSessionsContainer> work) {
        DbSessionsContainer db = test.engines.unit();
        try {
          work.accept(db);
          db.commitAndClose();
        } finally {
          db.close();
        }
      }
    },
    IN_UNIT {
      @Override
      void commit(CommitTest test, Consumer<DbSessionsContainer> work) {
        test.useUnit(work::accept);
      }
    },
    INNER_UNIT {
      @Override
      void commit(CommitTest test, Consumer<DbSessionsContainer> work) {
        test.useUnit(outer -> test.useUnit(work::accept));
      }
    };

    abstract void commit(CommitTest test, Consumer<DbSessionsContainer> work);
  }

  @Test
  void engineThatUsedNoConnectionCommitsToo() {
    DbSessionsContainer db = engines.unit();
    db.writer();

    assertThat(db.commitAndClose()).isEqualTo(CommitReport.of("writer", Outcome.COMMITTED));
    assertThat(engines.faults("writer").calls("getConnection")).isZero();
  }

  @Test
  void reportNamesTransactionalEnginesInTheOrderOfFirstUse() {
    DbSessionsContainer db = engines.unit();
    db.logger().persist(new Novel("log"));
    db.session("ledger").persist(new Novel("ledger"));
    db.reader().createSelectionQuery("from Novel", Novel.class).getResultList();
    db.writer().persist(new Novel("writer"));

    CommitReport report = db.commitAndClose();

    assertThat(report.outcomes())
        .containsExactly(entry("ledger", Outcome.COMMITTED), entry("writer", Outcome.COMMITTED));
    assertThat(report.isComplete()).isTrue();
    assertThat(report).hasToString("[ledger=COMMITTED, writer=COMMITTED]");
  }

  @ParameterizedTest
  @EnumSource
  void workOfEveryEngineIsDurableAfterEveryWayToCommit(Way way) {
    way.commit(
        this,
        db -> {
          db.writer().persist(new Novel("writer"));
          db.session("ledger").persist(new Novel("ledger"));
        });

    assertThat(engines.isbns("writer")).containsExactly("writer");
    assertThat(engines.isbns("ledger")).containsExactly("ledger");
  }

  @ParameterizedTest
  @EnumSource
  void flushThatFailsOnTheSecondEngineLeavesNothingInTheFirst(Way way) {
    engines.sql("ledger", "insert into Novel (id, isbn, stock) values (-1, 'twice', 0)");

    Throwable failure =
        catchThrowable(
            () ->
                way.commit(
                    this,
                    db -> {
                      db.writer().persist(new Novel("writer"));
                      db.session("ledger").persist(new Novel("twice"));
                    }));

    assertThat(failure).isInstanceOf(ConstraintViolationException.class);
    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(engines.isbns("ledger")).containsExactly("twice");
    assertThat(engines.faults("writer").calls("commit")).isZero();
    assertThat(events()).contains("commit failed").doesNotContain("committed");
  }

  @ParameterizedTest
  @EnumSource
  void commitThatFailsOnTheFirstEngineRollsBackTheSecond(Way way) {
    engines.faults("writer").fail("commit");

    Throwable failure =
        catchThrowable(
            () ->
                way.commit(
                    this,
                    db -> {
                      db.writer().persist(new Novel("writer"));
                      db.session("ledger").persist(new Novel("ledger"));
                    }));

    assertThat(failure).isInstanceOf(PartialCommitException.class);
    assertThat(((PartialCommitException) failure).report().outcomes())
        .containsExactly(entry("writer", Outcome.UNKNOWN), entry("ledger", Outcome.ROLLED_BACK));
    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(engines.isbns("ledger")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void commitThatFailsInTheMiddleTellsWhatBecameOfEachEngine(Way way) {
    engines
        .faults("ledger")
        .before(
            "commit",
            () -> {
              throw new java.sql.SQLException("serialization failure", "40001");
            });

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

    assertThat(failure)
        .isInstanceOf(PartialCommitException.class)
        .hasMessageContaining("writer=COMMITTED")
        .hasMessageContaining("ledger=ROLLED_BACK")
        .hasRootCauseMessage("serialization failure");
    assertThat(((PartialCommitException) failure).report().outcomes())
        .containsExactly(entry("writer", Outcome.COMMITTED), entry("ledger", Outcome.ROLLED_BACK));
    assertThat(engines.isbns("writer")).containsExactly("writer");
    assertThat(engines.isbns("ledger")).isEmpty();
    assertThat(engines.isbns("logger")).containsExactly("log");
    assertThat(engines.observer().failures().get(0)).isSameAs(failure);
  }

  @ParameterizedTest
  @EnumSource
  void commitThatTheDatabaseRefusedIsRolledBackAndNamesTheEngine(Way way) {
    engines
        .faults("ledger")
        .before(
            "commit",
            () -> {
              throw new java.sql.SQLException("deferred constraint", "23505");
            });

    assertThatThrownBy(
            () -> way.commit(this, db -> db.session("ledger").persist(new Novel("ledger"))))
        .isInstanceOf(RollbackException.class)
        .hasMessageContaining("'ledger'")
        .hasRootCauseMessage("deferred constraint");
    assertThat(engines.isbns("ledger")).isEmpty();
  }

  @Test
  void commitWhoseAnswerWasLostIsUnknownAlthoughItIsThere() {
    engines.faults("writer").failAfter("commit");

    assertThatThrownBy(() -> useUnit(db -> db.writer().persist(new Novel("there"))))
        .isInstanceOfSatisfying(
            PartialCommitException.class,
            e ->
                assertThat(e.report().outcomes())
                    .containsExactly(entry("writer", Outcome.UNKNOWN)));
    assertThat(engines.isbns("writer")).containsExactly("there");
  }

  @Test
  void failuresOfTheRollbackAfterAFailedCommitAreSuppressedInIt() {
    engines.faults("writer").fail("commit");
    engines.faults("ledger").fail("rollback");

    Throwable failure =
        catchThrowable(
            () ->
                useUnit(
                    db -> {
                      db.writer().persist(new Novel("writer"));
                      db.session("ledger").persist(new Novel("ledger"));
                    }));

    assertThat(failure).isInstanceOf(PartialCommitException.class);
    assertThat(allOf(failure))
        .anySatisfy(e -> assertThat(e).hasMessageContaining("provoked failure of rollback"));
    engines.faults("ledger").clear();
    assertThat(engines.isbns("ledger")).isEmpty();
  }

  private static List<Throwable> allOf(Throwable failure) {
    Set<Throwable> seen = new java.util.LinkedHashSet<>();
    collect(failure, seen);
    return List.copyOf(seen);
  }

  private static void collect(Throwable failure, Set<Throwable> seen) {
    if (failure != null && seen.add(failure)) {
      collect(failure.getCause(), seen);
      for (Throwable suppressed : failure.getSuppressed()) {
        collect(suppressed, seen);
      }
    }
  }

  @Test
  void workGoesOnInANewTransactionThroughTheSameSessionAfterACommit() {
    DbSessionsContainer db = engines.unit();
    Session writer = db.writer();
    writer.persist(new Novel("one"));
    db.commit();
    assertThat(engines.isbns("writer")).containsExactly("one");
    assertThat(engines.activeConnections("writer")).isZero();

    writer.persist(new Novel("two"));
    assertThat(writer.createSelectionQuery("from Novel", Novel.class).getResultList()).hasSize(2);
    assertThat(engines.isbns("writer")).containsExactly("one");
    db.commitAndClose();
    assertThat(engines.isbns("writer")).containsExactly("one", "two");
  }

  @Test
  void workAfterACommitIsRolledBackByCloseWhileTheCommittedStays() {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("kept"));
    db.commit();
    db.writer().persist(new Novel("lost"));
    db.writer().flush();
    db.close();

    assertThat(engines.isbns("writer")).containsExactly("kept");
  }

  @Test
  void workGoesOnInANewTransactionThroughTheSameSessionAfterARollback() {
    DbSessionsContainer db = engines.unit();
    Session writer = db.writer();
    writer.persist(new Novel("lost"));
    writer.flush();
    db.rollback();

    writer.persist(new Novel("kept"));
    db.commitAndClose();
    assertThat(engines.isbns("writer")).containsExactly("kept");
  }

  @Test
  void workGoesOnInANewTransactionThroughTheSameSessionAfterAFailedCommit() {
    engines.sql("writer", "insert into Novel (id, isbn, stock) values (-1, 'twice', 0)");
    DbSessionsContainer db = engines.unit();
    Session writer = db.writer();
    Session ledger = db.session("ledger");
    ledger.persist(new Novel("lost"));
    writer.persist(new Novel("twice"));
    assertThatThrownBy(db::commit).isInstanceOf(ConstraintViolationException.class);

    writer.persist(new Novel("kept"));
    ledger.persist(new Novel("kept too"));
    db.commitAndClose();
    assertThat(engines.isbns("writer")).containsExactly("twice", "kept");
    assertThat(engines.isbns("ledger")).containsExactly("kept too");
  }

  @Test
  void entityBelongsToTheSessionAfterACommitButNotAfterARollback() {
    DbSessionsContainer db = engines.unit();
    Novel novel = new Novel("managed");
    db.writer().persist(novel);
    db.commit();
    assertThat(db.writer().contains(novel)).isTrue();

    novel.setStock(7);
    db.commit();
    assertThat(engines.stock("writer", "managed")).isEqualTo(7);

    db.rollback();
    assertThat(db.writer().contains(novel)).isFalse();
    novel.setStock(8);
    db.commitAndClose();
    assertThat(engines.stock("writer", "managed")).isEqualTo(7);
  }

  @Test
  void entityBelongsToTheSessionNoMoreAfterAFailedCommit() {
    DbSessionsContainer db = engines.unit();
    Novel novel = new Novel("lost");
    db.writer().persist(novel);
    engines.faults("writer").fail("commit", 1);
    assertThatThrownBy(db::commit).isInstanceOf(PartialCommitException.class);

    assertThat(db.writer().contains(novel)).isFalse();
    db.close();
  }

  @Test
  void scopeCommitsItsEngineOnly() {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("kept"));
    db.session("ledger").persist(new Novel("lost"));

    assertThat(db.on("writer").commit()).isEqualTo(CommitReport.of("writer", Outcome.COMMITTED));
    assertThat(engines.isbns("writer")).containsExactly("kept");
    db.close();
    assertThat(engines.isbns("ledger")).isEmpty();
  }

  @Test
  void scopeRollsBackItsEngineOnly() {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("lost"));
    db.session("ledger").persist(new Novel("kept"));

    db.on("writer").rollback();
    db.commitAndClose();
    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(engines.isbns("ledger")).containsExactly("kept");
  }

  @Test
  void scopeThatFailsToCommitRollsBackAndGoesOn() {
    engines.sql("writer", "insert into Novel (id, isbn, stock) values (-1, 'twice', 0)");
    DbSessionsContainer db = engines.unit();
    db.session("ledger").persist(new Novel("untouched"));
    db.writer().persist(new Novel("twice"));

    assertThatThrownBy(db.on("writer")::commit).isInstanceOf(ConstraintViolationException.class);
    db.writer().persist(new Novel("after"));
    db.commitAndClose();
    assertThat(engines.isbns("writer")).containsExactly("twice", "after");
    assertThat(engines.isbns("ledger")).containsExactly("untouched");
  }

  @Test
  void closedScopeRollsBackAndOpensAFreshSessionOnTheNextAccess() {
    DbSessionsContainer db = engines.unit();
    Session closed = db.writer();
    closed.persist(new Novel("lost"));
    closed.flush();
    db.session("ledger").persist(new Novel("kept"));

    db.on("writer").close();
    assertThat(closed.isOpen()).isFalse();
    assertThat(engines.activeConnections("writer")).isZero();
    assertThat(db.on("writer").status()).isEqualTo(EngineStatus.END);
    assertThat(db.isOpen("writer")).isFalse();

    assertThat(db.writer()).isNotSameAs(closed).isSameAs(db.session("writer"));
    assertThat(db.on("writer").status()).isEqualTo(EngineStatus.START);
    db.writer().persist(new Novel("fresh"));
    db.on("writer").statelessSession().insert(new Novel("stateless"));
    db.commitAndClose();
    assertThat(engines.isbns("writer")).containsExactlyInAnyOrder("fresh", "stateless");
    assertThat(engines.isbns("ledger")).containsExactly("kept");
    assertThat(events())
        .containsExactly(
            "started",
            "opened writer",
            "opened ledger",
            "closed writer",
            "opened writer",
            "committed [ledger=COMMITTED, writer=COMMITTED]",
            "closed writer",
            "closed ledger",
            "ended");
  }

  @Test
  void manualFlushModeIsRespected() {
    DbSessionsContainer db = engines.unit();
    db.writer().setHibernateFlushMode(FlushMode.MANUAL);
    db.writer().persist(new Novel("flushed"));
    db.writer().flush();
    db.writer().persist(new Novel("not flushed"));
    db.commit();

    assertThat(engines.isbns("writer")).containsExactly("flushed");
    assertThat(db.writer().getHibernateFlushMode()).isEqualTo(FlushMode.MANUAL);
    db.close();
  }

  @Test
  void flushModeIsTheSameAfterACommit() {
    DbSessionsContainer db = engines.unit();
    db.writer().setHibernateFlushMode(FlushMode.COMMIT);
    db.writer().persist(new Novel("x"));
    db.commit();

    assertThat(db.writer().getHibernateFlushMode()).isEqualTo(FlushMode.COMMIT);
    db.close();
    assertThat(engines.isbns("writer")).containsExactly("x");
  }

  @Test
  void changeThatNoTransactionCoversIsAnErrorAndNotSilentLoss() {
    DbSessionsContainer db = engines.unit();
    db.writer().getTransaction().commit();
    db.writer().persist(new Novel("would be lost"));

    assertThatThrownBy(db::commit)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'writer'")
        .hasMessageContaining("ended by hand");
    db.close();
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void transactionEndedByHandWithoutLaterChangesIsNoError() {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("by hand"));
    db.writer().getTransaction().commit();
    db.commit();

    db.writer().persist(new Novel("afterwards"));
    db.commitAndClose();
    assertThat(engines.isbns("writer")).containsExactly("by hand", "afterwards");
  }

  @Test
  void transactionBegunByHandAgainIsCommitted() {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("one"));
    db.writer().getTransaction().commit();
    db.writer().beginTransaction();
    db.writer().persist(new Novel("two"));
    db.commitAndClose();

    assertThat(engines.isbns("writer")).containsExactly("one", "two");
  }

  @ParameterizedTest
  @EnumSource
  void sessionClosedByHandWithAnOpenTransactionIsAnErrorAndGivesItsConnectionBack(Way way) {
    assertThatThrownBy(
            () ->
                way.commit(
                    this,
                    db -> {
                      Session writer = db.writer();
                      writer.persist(new Novel("lost"));
                      writer.flush();
                      writer.close();
                      db.session("ledger").persist(new Novel("lost too"));
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'writer'")
        .hasMessageContaining("closed by hand");

    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(engines.isbns("ledger")).isEmpty();
  }

  @Test
  void sessionClosedByHandGivesItsConnectionBackWhenTheUnitRollsBack() {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("lost"));
    db.writer().flush();
    db.writer().close();
    db.close();

    assertThat(engines.activeConnections("writer")).isZero();
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void readerClosedByHandDisturbsNothing() {
    useUnit(
        db -> {
          db.reader().createSelectionQuery("from Novel", Novel.class).getResultList();
          db.reader().close();
          db.writer().persist(new Novel("kept"));
        });

    assertThat(engines.isbns("writer")).containsExactly("kept");
  }

  @Test
  void errorInTheFirstFlushStopsNoRollbackOfTheOthers() {
    DbSessionsContainer db = engines.unit();
    db.session("ledger").persist(new Novel("lost"));
    db.session("ledger").flush();
    db.writer().persist(new Novel("lost"));
    engines
        .faults("writer")
        .before(
            "execute",
            () -> {
              throw new AssertionError("provoked");
            });

    assertThatThrownBy(db::commit).isInstanceOf(AssertionError.class);
    engines.faults("writer").clear();
    db.session("ledger").persist(new Novel("kept"));
    db.commitAndClose();
    assertThat(engines.isbns("ledger")).containsExactly("kept");
  }

  @Test
  void failedRollbackLeavesNothingThatALaterCommitWouldKeep() {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("lost"));
    db.writer().flush();
    engines.faults("writer").fail("rollback", 1);
    assertThatThrownBy(db::rollback).hasRootCauseMessage("provoked failure of rollback");

    db.writer().persist(new Novel("kept"));
    db.commitAndClose();
    assertThat(engines.isbns("writer")).containsExactly("kept");
  }

  @Test
  void failedRollbackOfOneEngineStopsNeitherTheRollbackNorTheRestartOfTheOthers() {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("lost"));
    db.writer().flush();
    db.session("ledger").persist(new Novel("lost"));
    db.session("ledger").flush();
    engines.faults("writer").fail("rollback", 1);
    assertThatThrownBy(db::rollback).hasRootCauseMessage("provoked failure of rollback");

    db.session("ledger").persist(new Novel("kept"));
    db.commitAndClose();
    assertThat(engines.isbns("ledger")).containsExactly("kept");
  }
}
