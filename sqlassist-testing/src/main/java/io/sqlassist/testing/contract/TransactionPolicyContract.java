package io.sqlassist.testing.contract;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.Outcome;
import io.sqlassist.transaction.TransactionPolicy;
import io.sqlassist.transaction.UnitTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * What every {@link TransactionPolicy} and its {@link UnitTransaction}s promise. A subclass in your
 * tests says where sessions come from and what is durable; it is then told what its policy does not
 * keep.
 *
 * <p>Used by one thread; the policy is used by several.
 */
public abstract class TransactionPolicyContract {

  /** The name of an engine that the policy is given to. */
  protected static final String FIRST = "writer";

  /** The name of another engine that the policy is given to. */
  protected static final String SECOND = "ledger";

  private final List<Session> opened = new ArrayList<>();

  /** For subclasses. */
  protected TransactionPolicyContract() {}

  /**
   * The policy of both engines.
   *
   * @return the same object at each call
   */
  protected abstract TransactionPolicy policy();

  /**
   * Whether a commit is what makes work durable.
   *
   * @return false if it is durable when it is flushed
   */
  protected abstract boolean hasTransactions();

  /**
   * Opens a session, on which the policy is to begin a transaction.
   *
   * @param engine {@link #FIRST} or {@link #SECOND}
   * @return a new session without a transaction; it is closed here
   */
  protected abstract Session openSession(String engine);

  /**
   * Makes an entity.
   *
   * @param text a text that the database lets no two entities have
   * @return an entity that is not persisted
   */
  protected abstract Object entity(String text);

  /**
   * What is durable. Before each test that is nothing.
   *
   * @param engine {@link #FIRST} or {@link #SECOND}
   * @return the texts of the entities in the order in which they were persisted, as they are seen
   *     from outside of the engine
   */
  protected abstract List<String> durable(String engine);

  /**
   * How many connections of an engine are in use.
   *
   * @param engine {@link #FIRST} or {@link #SECOND}
   * @return the number
   */
  protected abstract int connectionsInUse(String engine);

  private Session session(String engine) {
    Session session = openSession(engine);
    opened.add(session);
    return session;
  }

  /** A session that takes part in the transaction. */
  private Session joined(UnitTransaction transaction, String engine) {
    Session session = session(engine);
    transaction.join(engine, session);
    return session;
  }

  private void assertNoConnectionIsInUse() {
    assertEquals(0, connectionsInUse(FIRST), "connections in use of " + FIRST);
    assertEquals(0, connectionsInUse(SECOND), "connections in use of " + SECOND);
  }

  @AfterEach
  void everyConnectionIsBack() {
    opened.forEach(Session::close);
    assertNoConnectionIsInUse();
  }

  @Test
  void eachTransactionIsANewOne() throws Exception {
    Set<UnitTransaction> begun = ConcurrentHashMap.newKeySet();
    AtOnce.run(100, 20, number -> assertTrue(begun.add(policy().begin())));
    assertEquals(100, begun.size());
    assertNoConnectionIsInUse();
  }

  @Test
  void joiningAcquiresNoConnection() {
    UnitTransaction transaction = policy().begin();
    joined(transaction, FIRST);
    joined(transaction, SECOND);

    assertNoConnectionIsInUse();
    transaction.rollback();
  }

  @Test
  void enginesAreThoseThatACommitMakesDurableInTheOrderOfJoining() {
    UnitTransaction transaction = policy().begin();
    assertEquals(List.of(), transaction.engines());
    joined(transaction, SECOND);
    joined(transaction, FIRST);

    if (hasTransactions()) {
      assertEquals(List.of(SECOND, FIRST), transaction.engines());
    } else {
      assertEquals(List.of(), transaction.engines());
    }
    transaction.rollback();
  }

  @Test
  void aCommitMakesTheWorkOfAllItsSessionsDurableAndReportsEachEngine() {
    UnitTransaction transaction = policy().begin();
    Session second = joined(transaction, SECOND);
    Session first = joined(transaction, FIRST);
    second.persist(entity("b"));
    first.persist(entity("a"));
    transaction.flush();
    CommitReport report = transaction.commit();

    assertEquals(List.of("a"), durable(FIRST));
    assertEquals(List.of("b"), durable(SECOND));
    if (hasTransactions()) {
      assertEquals(List.of(SECOND, FIRST), List.copyOf(report.outcomes().keySet()));
      assertEquals(Set.of(Outcome.COMMITTED), Set.copyOf(report.outcomes().values()));
    } else {
      assertEquals(CommitReport.EMPTY, report);
    }
    assertNoConnectionIsInUse();
  }

  @Test
  void aFlushWritesWhatIsPendingAndMakesNothingDurable() {
    UnitTransaction transaction = policy().begin();
    Session session = joined(transaction, FIRST);
    session.persist(entity("pending"));
    transaction.flush();

    assertFalse(session.isDirty());
    assertEquals(hasTransactions() ? 0 : 1, durable(FIRST).size());
    transaction.rollback();
  }

  @Test
  void flushingTwiceIsAsGoodAsOnce() {
    UnitTransaction transaction = policy().begin();
    Session session = joined(transaction, FIRST);
    session.persist(entity("one"));
    transaction.flush();
    session.persist(entity("two"));
    transaction.flush();
    transaction.flush();
    transaction.commit();

    assertEquals(List.of("one", "two"), durable(FIRST));
  }

  @Test
  void aManualFlushModeIsRespectedAndKept() {
    UnitTransaction transaction = policy().begin();
    Session session = joined(transaction, FIRST);
    session.setHibernateFlushMode(FlushMode.MANUAL);
    session.persist(entity("never flushed"));
    transaction.flush();
    transaction.commit();

    assertEquals(List.of(), durable(FIRST));
    assertEquals(FlushMode.MANUAL, session.getHibernateFlushMode());
  }

  @Test
  void aTransactionWithoutWorkCommitsWithoutAConnection() {
    UnitTransaction transaction = policy().begin();
    joined(transaction, FIRST);
    transaction.flush();

    assertTrue(transaction.commit().isComplete());
    assertNoConnectionIsInUse();
  }

  @Test
  void aTransactionThatNobodyJoinedEnds() {
    UnitTransaction committed = policy().begin();
    committed.flush();
    assertTrue(committed.commit().outcomes().isEmpty());
    assertDoesNotThrow(() -> policy().begin().rollback());
  }

  @Test
  void aRollbackUndoesTheWorkOfAllItsSessions() {
    Assumptions.assumeTrue(hasTransactions(), "what is flushed is durable");
    UnitTransaction transaction = policy().begin();
    Session first = joined(transaction, FIRST);
    Session second = joined(transaction, SECOND);
    Object lost = entity("a");
    first.persist(lost);
    first.flush();
    second.persist(entity("b"));
    second.flush();
    transaction.rollback();

    assertEquals(List.of(), durable(FIRST));
    assertEquals(List.of(), durable(SECOND));
    assertFalse(first.contains(lost), "the entity should be forgotten");
    assertNoConnectionIsInUse();
  }

  @Test
  void aRollbackOfWorkWithoutTransactionFlushesIt() {
    Assumptions.assumeFalse(hasTransactions(), "a rollback undoes");
    UnitTransaction transaction = policy().begin();
    Session session = joined(transaction, FIRST);
    session.persist(entity("kept"));
    transaction.rollback();

    assertEquals(List.of("kept"), durable(FIRST));
  }

  @Test
  void aFlushThatFailsLeavesARollbackPossibleThatLeavesNothing() {
    UnitTransaction before = policy().begin();
    Session session = joined(before, SECOND);
    session.persist(entity("twice"));
    before.flush();
    before.commit();

    UnitTransaction transaction = policy().begin();
    Session first = joined(transaction, FIRST);
    Session second = joined(transaction, SECOND);
    if (hasTransactions()) {
      first.persist(entity("a"));
      first.flush();
    }
    assertThrows(
        RuntimeException.class,
        () -> {
          second.persist(entity("twice"));
          transaction.flush();
        });
    transaction.rollback();

    assertEquals(List.of(), durable(FIRST));
    assertEquals(List.of("twice"), durable(SECOND));
    assertNoConnectionIsInUse();
  }

  @Test
  void whatIsMarkedRollbackOnlyIsRefusedBeforeAnyCommit() {
    Assumptions.assumeTrue(hasTransactions(), "there is nothing to mark");
    UnitTransaction transaction = policy().begin();
    Session first = joined(transaction, FIRST);
    Session second = joined(transaction, SECOND);
    first.persist(entity("a"));
    second.persist(entity("b"));
    second.getTransaction().markRollbackOnly();

    RuntimeException refusal = assertThrows(RuntimeException.class, transaction::flush);
    assertTrue(
        String.valueOf(refusal.getMessage()).contains(SECOND),
        () -> "the message should name the engine: " + refusal.getMessage());
    transaction.rollback();
    assertEquals(List.of(), durable(FIRST));
    assertEquals(List.of(), durable(SECOND));
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

    assertEquals(List.of("kept 0", "kept 1", "kept 2"), durable(FIRST));
  }

  @Test
  void oneTransactionsEndIsNotAnothers() {
    Assumptions.assumeTrue(hasTransactions(), "there is nothing to undo");
    UnitTransaction kept = policy().begin();
    UnitTransaction undone = policy().begin();
    Session ofKept = joined(kept, FIRST);
    Session ofUndone = joined(undone, FIRST);
    ofKept.persist(entity("kept"));
    ofKept.flush();
    ofUndone.persist(entity("undone"));
    ofUndone.flush();
    undone.rollback();
    kept.flush();
    kept.commit();

    assertEquals(List.of("kept"), durable(FIRST));
  }

  @Test
  void aTransactionEndsOnAnotherThreadThanItBeganOn() throws Exception {
    UnitTransaction transaction = policy().begin();
    Session session = joined(transaction, FIRST);
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

    assertEquals(List.of("handed over"), durable(FIRST));
    assertNoConnectionIsInUse();
  }

  @Test
  void aSessionClosedByHandGivesItsConnectionBackAtTheRollback() {
    Assumptions.assumeTrue(hasTransactions(), "a connection is held for a statement only");
    UnitTransaction transaction = policy().begin();
    Session session = joined(transaction, FIRST);
    session.persist(entity("lost"));
    session.flush();
    session.close();
    try {
      transaction.rollback();
    } catch (IllegalStateException e) {
      // It may say that the session is closed, as long as nothing stays behind.
      assertTrue(String.valueOf(e.getMessage()).contains("closed"), e::toString);
    }

    assertEquals(List.of(), durable(FIRST));
    assertNoConnectionIsInUse();
  }

  @Test
  void whatThePolicySaysOfItselfIsAlwaysTheSame() {
    assertEquals(policy().isCoordinated(), policy().isCoordinated());
    assertEquals(
        policy().hibernateSettings(FIRST).keySet(), policy().hibernateSettings(FIRST).keySet());
  }
}
