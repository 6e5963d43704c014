package io.sqlassist.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * What every {@link TransactionPolicy} and its {@link UnitTransaction}s promise. A subclass says
 * where sessions come from and what is durable; it is then told what its policy does not keep.
 *
 * <p>Knows the interfaces of its package and Hibernate's {@link Session}, and nothing else.
 */
public abstract class TransactionPolicyContract {

  /** The names of two engines that the policy is given to. */
  protected static final String FIRST = "writer";

  protected static final String SECOND = "ledger";

  private final List<Session> opened = new ArrayList<>();

  /** The policy of both engines; the same object at each call. */
  protected abstract TransactionPolicy policy();

  /** Whether a commit is what makes work durable; if not it is durable when it is flushed. */
  protected abstract boolean hasTransactions();

  /** A new session of an engine, without a transaction. */
  protected abstract Session openSession(String engine);

  /** An entity that is not persisted, with a unique text. */
  protected abstract Object entity(String text);

  /** The texts that are durable, seen from outside of the engine. */
  protected abstract List<String> durable(String engine);

  /** How many connections of the engine are in use. */
  protected abstract int connectionsInUse(String engine);

  private Session session(String engine) {
    Session session = openSession(engine);
    opened.add(session);
    return session;
  }

  private void assertNoConnectionIsInUse() {
    assertThat(connectionsInUse(FIRST)).as("connections in use of " + FIRST).isZero();
    assertThat(connectionsInUse(SECOND)).as("connections in use of " + SECOND).isZero();
  }

  @AfterEach
  void everyConnectionIsBack() {
    opened.forEach(Session::close);
    assertNoConnectionIsInUse();
  }

  @Test
  void eachTransactionIsANewOne() throws Exception {
    Set<UnitTransaction> begun = ConcurrentHashMap.newKeySet();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        results.add(threads.submit(() -> begun.add(policy().begin())));
      }
      for (Future<Boolean> each : results) {
        assertThat(each.get(20, TimeUnit.SECONDS)).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(begun).hasSize(100);
    assertNoConnectionIsInUse();
  }

  @Test
  void joiningAcquiresNoConnection() {
    UnitTransaction transaction = policy().begin();
    transaction.join(FIRST, session(FIRST));
    transaction.join(SECOND, session(SECOND));

    assertNoConnectionIsInUse();
    transaction.rollback();
  }

  @Test
  void enginesAreThoseThatACommitMakesDurableInTheOrderOfJoining() {
    UnitTransaction transaction = policy().begin();
    assertThat(transaction.engines()).isEmpty();
    transaction.join(SECOND, session(SECOND));
    transaction.join(FIRST, session(FIRST));

    if (hasTransactions()) {
      assertThat(transaction.engines()).containsExactly(SECOND, FIRST);
    } else {
      assertThat(transaction.engines()).isEmpty();
    }
    transaction.rollback();
  }

  @Test
  void aCommitMakesTheWorkOfAllItsSessionsDurableAndReportsEachEngine() {
    UnitTransaction transaction = policy().begin();
    Session second = session(SECOND);
    Session first = session(FIRST);
    transaction.join(SECOND, second);
    transaction.join(FIRST, first);
    second.persist(entity("b"));
    first.persist(entity("a"));
    transaction.flush();
    CommitReport report = transaction.commit();

    assertThat(durable(FIRST)).containsExactly("a");
    assertThat(durable(SECOND)).containsExactly("b");
    if (hasTransactions()) {
      assertThat(List.copyOf(report.outcomes().keySet())).containsExactly(SECOND, FIRST);
      assertThat(report.outcomes().values()).containsOnly(Outcome.COMMITTED);
    } else {
      assertThat(report).isEqualTo(CommitReport.EMPTY);
    }
    assertNoConnectionIsInUse();
  }

  @Test
  void aFlushWritesWhatIsPendingAndMakesNothingDurable() {
    UnitTransaction transaction = policy().begin();
    Session session = session(FIRST);
    transaction.join(FIRST, session);
    session.persist(entity("pending"));
    transaction.flush();

    assertThat(session.isDirty()).isFalse();
    assertThat(durable(FIRST)).hasSize(hasTransactions() ? 0 : 1);
    transaction.rollback();
  }

  @Test
  void flushingTwiceIsAsGoodAsOnce() {
    UnitTransaction transaction = policy().begin();
    Session session = session(FIRST);
    transaction.join(FIRST, session);
    session.persist(entity("one"));
    transaction.flush();
    session.persist(entity("two"));
    transaction.flush();
    transaction.flush();
    transaction.commit();

    assertThat(durable(FIRST)).containsExactly("one", "two");
  }

  @Test
  void aManualFlushModeIsRespectedAndKept() {
    UnitTransaction transaction = policy().begin();
    Session session = session(FIRST);
    transaction.join(FIRST, session);
    session.setHibernateFlushMode(FlushMode.MANUAL);
    session.persist(entity("never flushed"));
    transaction.flush();
    transaction.commit();

    assertThat(durable(FIRST)).isEmpty();
    assertThat(session.getHibernateFlushMode()).isEqualTo(FlushMode.MANUAL);
  }

  @Test
  void aTransactionWithoutWorkCommitsWithoutAConnection() {
    UnitTransaction transaction = policy().begin();
    transaction.join(FIRST, session(FIRST));
    transaction.flush();

    assertThat(transaction.commit().isComplete()).isTrue();
    assertNoConnectionIsInUse();
  }

  @Test
  void aTransactionThatNobodyJoinedEnds() {
    UnitTransaction committed = policy().begin();
    committed.flush();
    assertThat(committed.commit().outcomes()).isEmpty();
    policy().begin().rollback();
  }

  @Test
  void aRollbackUndoesTheWorkOfAllItsSessions() {
    Assumptions.assumeTrue(hasTransactions(), "what is flushed is durable");
    UnitTransaction transaction = policy().begin();
    Session first = session(FIRST);
    Session second = session(SECOND);
    transaction.join(FIRST, first);
    transaction.join(SECOND, second);
    Object lost = entity("a");
    first.persist(lost);
    first.flush();
    second.persist(entity("b"));
    second.flush();
    transaction.rollback();

    assertThat(durable(FIRST)).isEmpty();
    assertThat(durable(SECOND)).isEmpty();
    assertThat(first.contains(lost)).as("the entity is forgotten").isFalse();
    assertNoConnectionIsInUse();
  }

  @Test
  void aRollbackOfWorkWithoutTransactionFlushesIt() {
    Assumptions.assumeFalse(hasTransactions(), "a rollback undoes");
    UnitTransaction transaction = policy().begin();
    Session session = session(FIRST);
    transaction.join(FIRST, session);
    session.persist(entity("kept"));
    transaction.rollback();

    assertThat(durable(FIRST)).containsExactly("kept");
  }

  @Test
  void aFlushThatFailsLeavesARollbackPossibleThatLeavesNothing() {
    UnitTransaction before = policy().begin();
    Session session = session(SECOND);
    before.join(SECOND, session);
    session.persist(entity("twice"));
    before.flush();
    before.commit();

    UnitTransaction transaction = policy().begin();
    Session first = session(FIRST);
    Session second = session(SECOND);
    transaction.join(FIRST, first);
    transaction.join(SECOND, second);
    if (hasTransactions()) {
      first.persist(entity("a"));
      first.flush();
    }
    assertThatThrownBy(
            () -> {
              second.persist(entity("twice"));
              transaction.flush();
            })
        .isInstanceOf(RuntimeException.class);
    transaction.rollback();

    assertThat(durable(FIRST)).isEmpty();
    assertThat(durable(SECOND)).containsExactly("twice");
    assertNoConnectionIsInUse();
  }

  @Test
  void whatIsMarkedRollbackOnlyIsRefusedBeforeAnyCommit() {
    Assumptions.assumeTrue(hasTransactions(), "there is nothing to mark");
    UnitTransaction transaction = policy().begin();
    Session first = session(FIRST);
    Session second = session(SECOND);
    transaction.join(FIRST, first);
    transaction.join(SECOND, second);
    first.persist(entity("a"));
    second.persist(entity("b"));
    second.getTransaction().markRollbackOnly();

    assertThatThrownBy(transaction::flush).hasMessageContaining(SECOND);
    transaction.rollback();
    assertThat(durable(FIRST)).isEmpty();
    assertThat(durable(SECOND)).isEmpty();
  }

  @Test
  void aSessionJoinsTheNextTransactionAfterACommitAndAfterARollback() {
    Session session = session(FIRST);
    for (int i = 0; i < 3; i++) {
      UnitTransaction committed = policy().begin();
      committed.join(FIRST, session);
      session.persist(entity("kept " + i));
      committed.flush();
      committed.commit();
      if (hasTransactions()) {
        UnitTransaction undone = policy().begin();
        undone.join(FIRST, session);
        session.persist(entity("undone " + i));
        session.flush();
        undone.rollback();
      }
    }

    assertThat(durable(FIRST)).containsExactly("kept 0", "kept 1", "kept 2");
  }

  @Test
  void oneTransactionsEndIsNotAnothers() {
    Assumptions.assumeTrue(hasTransactions(), "there is nothing to undo");
    UnitTransaction kept = policy().begin();
    UnitTransaction undone = policy().begin();
    Session ofKept = session(FIRST);
    Session ofUndone = session(FIRST);
    kept.join(FIRST, ofKept);
    undone.join(FIRST, ofUndone);
    ofKept.persist(entity("kept"));
    ofKept.flush();
    ofUndone.persist(entity("undone"));
    ofUndone.flush();
    undone.rollback();
    kept.flush();
    kept.commit();

    assertThat(durable(FIRST)).containsExactly("kept");
  }

  @Test
  void aTransactionEndsOnAnotherThreadThanItBeganOn() throws Exception {
    UnitTransaction transaction = policy().begin();
    Session session = session(FIRST);
    transaction.join(FIRST, session);
    session.persist(entity("handed over"));
    session.flush();
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      other
          .submit(
              () -> {
                transaction.flush();
                return transaction.commit();
              })
          .get(20, TimeUnit.SECONDS);
    } finally {
      other.shutdownNow();
    }

    assertThat(durable(FIRST)).containsExactly("handed over");
    assertNoConnectionIsInUse();
  }

  @Test
  void aSessionClosedByHandGivesItsConnectionBackAtTheRollback() {
    Assumptions.assumeTrue(hasTransactions(), "a connection is held for a statement only");
    UnitTransaction transaction = policy().begin();
    Session session = session(FIRST);
    transaction.join(FIRST, session);
    session.persist(entity("lost"));
    session.flush();
    session.close();
    try {
      transaction.rollback();
    } catch (IllegalStateException e) {
      // It may say that the session is closed, as long as nothing stays behind.
      assertThat(e).hasMessageContaining("closed");
    }

    assertThat(durable(FIRST)).isEmpty();
    assertNoConnectionIsInUse();
  }

  @Test
  void whatThePolicySaysOfItselfIsAlwaysTheSame() {
    assertThat(policy().isCoordinated()).isEqualTo(policy().isCoordinated());
    assertThat(policy().hibernateSettings(FIRST).keySet())
        .isEqualTo(policy().hibernateSettings(FIRST).keySet());
  }
}
