package io.sqlassist.session;

import io.sqlassist.engine.EngineKind;
import io.sqlassist.transaction.CommitReport;
import java.time.Duration;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * One engine within one unit of work.
 *
 * <p>Used by one thread at a time, like the container it comes from.
 */
public final class EngineScope {

  private final EngineSlot slot;
  private final BlockSettings settings;

  EngineScope(EngineSlot slot, BlockSettings settings) {
    this.slot = slot;
    this.settings = settings;
  }

  /**
   * The engine's name.
   *
   * @return the name
   */
  public String name() {
    return slot.name();
  }

  /**
   * The session of this engine in this unit of work: always the same one, opened by the first call.
   * Opening acquires no connection.
   *
   * @return an open session, in a transaction if the engine is transactional
   * @throws UnitEndedException if the unit of work has ended
   * @throws ConcurrentUnitException if another thread is using the unit of work
   */
  public Session session() {
    return slot.session();
  }

  /**
   * A stateless session that shares connection and transaction with {@link #session()}: always the
   * same one, opened by the first call. It does not see what the session has not flushed.
   *
   * @return an open stateless session
   * @throws UnitEndedException if the unit of work has ended
   * @throws ConcurrentUnitException if another thread is using the unit of work
   */
  public StatelessSession statelessSession() {
    return slot.statelessSession();
  }

  /**
   * A repository of Jakarta Data, or any other interface that Hibernate's annotation processor has
   * implemented, on this engine in this unit of work: always the same one. It works on {@link
   * #statelessSession()}, or on {@link #session()} if it was generated for that, so it takes part
   * in the unit's transaction and ends with the unit. Acquires no connection.
   *
   * @param type the interface
   * @param <R> the interface
   * @return the repository
   * @throws IllegalArgumentException if there is no implementation; the message says how to have
   *     one generated
   * @throws io.sqlassist.engine.EntityRoutingException if the engine does not map an entity that
   *     the repository works with
   * @throws UnitEndedException if the unit of work has ended
   */
  public <R> R repository(Class<R> type) {
    return type.cast(slot.repository(RepositoryPlan.of(type)));
  }

  /**
   * The same repository on this engine, whichever engine or session it is on now. That one is not
   * changed.
   *
   * @param repository a repository, of this unit of work or from elsewhere
   * @param <R> its type
   * @return the repository of this engine in this unit of work
   * @throws IllegalArgumentException if it has no constructor that takes a session
   * @throws io.sqlassist.engine.EntityRoutingException as {@link #repository}
   * @throws UnitEndedException if the unit of work has ended
   */
  @SuppressWarnings("unchecked")
  public <R> R using(R repository) {
    return (R) slot.repository(RepositoryPlan.of(repository.getClass()));
  }

  /**
   * What this unit of work has done with the engine. Opens nothing; works after the end, too.
   *
   * @return the status
   */
  public EngineStatus status() {
    return slot.status();
  }

  /**
   * Commits this engine, and those that share its policy object; the others are not touched. The
   * session stays open and goes on in a new transaction. Does nothing if no session is open.
   *
   * @return the outcome of each engine committed
   * @throws io.sqlassist.transaction.PartialCommitException if not everything is known to be rolled
   *     back
   * @throws UnitEndedException if the unit of work has ended
   * @throws RuntimeException any other failure; the work is rolled back
   */
  public CommitReport commit() {
    return slot.unit().commit(slot);
  }

  /**
   * Rolls this engine back, and those that share its policy object; the others are not touched. The
   * session stays open and goes on, empty, in a new transaction. Does nothing if no session is
   * open.
   */
  public void rollback() {
    slot.unit().rollback(slot);
  }

  /**
   * Rolls back what is not committed, closes this engine's session and gives the connection back.
   * The next access opens a fresh session. Engines that share its policy object are rolled back
   * with it, but stay open. Does nothing if no session is open.
   */
  public void close() {
    slot.release();
  }

  /**
   * Repeats the atomic block that follows if it is refused because of what others did at the same
   * time: a serialization failure, a deadlock, a row that was changed meanwhile. The whole block
   * runs again, in a new transaction, after a short pause that doubles each time. A block that has
   * committed anything before it failed, on whichever engine, is not repeated; what it wrote to an
   * autocommit engine is written again.
   *
   * @param times how often at most, besides the first time; 0 for never, which is the default
   * @return a scope with this setting, for the block that follows
   */
  public EngineScope retries(int times) {
    return new EngineScope(slot, settings.withRetries(times));
  }

  /**
   * Limits how long the block that follows may take: after that its running statement is cancelled,
   * every further use is refused, and it is rolled back. Default: no limit. With {@link #retries}
   * the limit holds for each attempt.
   *
   * @param limit the longest time
   * @return a scope with this setting, for the block that follows
   */
  public EngineScope timeout(Duration limit) {
    return new EngineScope(slot, settings.withTimeout(limit));
  }

  /**
   * Runs the atomic block that follows at an isolation level of its own; the connection goes back
   * as it came. Default: the level of the pool. Acquires the connection when the block begins.
   *
   * @param level the isolation level
   * @return a scope with this setting, for the block that follows
   */
  public EngineScope isolation(Isolation level) {
    return new EngineScope(slot, settings.withIsolation(level));
  }

  /**
   * Runs a block in a transaction of its own on this engine: commits when it returns, rolls back
   * when it throws. What was under way on the engine before is committed first.
   *
   * @param work the block
   * @param <T> what it returns
   * @param <X> what it may throw
   * @return what the block returned
   * @throws X what the block threw
   * @see #atomic(WhenOpen, SessionFunction)
   */
  public <T extends @Nullable Object, X extends Exception> T atomic(
      SessionFunction<? extends T, X> work) throws X {
    return this.<T, X>atomic(WhenOpen.COMMIT, work);
  }

  /**
   * Runs a block in a transaction of its own on this engine: commits when it returns, rolls back
   * when it throws. The block uses the unit's session; engines that share the policy object of this
   * one are committed and rolled back with it.
   *
   * @param whenOpen what to do with work that is under way on the engine
   * @param work the block
   * @param <T> what it returns
   * @param <X> what it may throw
   * @return what the block returned
   * @throws X what the block threw; a failed rollback is suppressed in it
   * @throws IllegalStateException if work is under way and is to be refused, or to be joined by a
   *     block with retries or an isolation level; or if a savepoint block is open on this engine
   * @throws UnitTimeoutException if the block took longer than its {@link #timeout}
   * @throws UnsupportedOperationException if the engine has no transactions, or one of a
   *     coordinator of which an isolation level is asked
   * @throws RuntimeException as {@link #commit()}, if the commit fails
   */
  public <T extends @Nullable Object, X extends Exception> T atomic(
      WhenOpen whenOpen, SessionFunction<? extends T, X> work) throws X {
    requireTransactions("atomic(...)");
    if (settings.isolation() != null) {
      requirePlainTransaction("no isolation level of a block's own: isolation(...)");
    }
    if (whenOpen == WhenOpen.REFUSE || whenOpen == WhenOpen.JOIN) {
      checkUnderWay(whenOpen);
    }
    switch (whenOpen) {
      case COMMIT -> commit();
      case ROLLBACK -> rollback();
      case JOIN, REFUSE -> {
        // goes on in the transaction there is
      }
    }
    Throwable earlier = null;
    for (int attempt = 0; ; attempt++) {
      int commits = slot.unit().commits();
      try {
        return this.<T, X>once(work);
      } catch (Throwable t) {
        if (attempt >= settings.retries()
            || slot.unit().commits() != commits
            || !RetryRule.canBeRepeated(t)
            || !RetryRule.pause(attempt)) {
          if (earlier != null && earlier != t) {
            t.addSuppressed(earlier);
          }
          throw t;
        }
        earlier = t;
      }
    }
  }

  private <T extends @Nullable Object, X extends Exception> T once(
      SessionFunction<? extends T, X> work) throws X {
    TimeLimit limit = limit("The atomic block on engine '" + name() + "'");
    try {
      if (settings.isolation() != null) {
        slot.isolate(settings.isolation());
      }
      T result = work.apply(session());
      commit();
      return result;
    } catch (Throwable t) {
      RuntimeException timeOut = lift(limit, t);
      Throwable failure = timeOut == null ? t : timeOut;
      CleanUp.attempt(this::rollback, failure);
      if (timeOut != null) {
        throw timeOut;
      }
      throw t;
    } finally {
      lift(limit, null);
    }
  }

  private @Nullable TimeLimit limit(String what) {
    return settings.timeout() == null ? null : slot.unit().limit(what, settings.timeout());
  }

  /** Lifts the limit, and tells whether it is what the block failed of. */
  private @Nullable UnitTimeoutException lift(
      @Nullable TimeLimit limit, @Nullable Throwable failure) {
    if (limit == null) {
      return null;
    }
    boolean over = limit.isOver();
    slot.unit().lift(limit);
    if (!over || failure == null) {
      return null;
    }
    if (failure instanceof UnitTimeoutException timeOut) {
      return timeOut;
    }
    UnitTimeoutException timeOut = limit.exception();
    timeOut.initCause(failure);
    return timeOut;
  }

  /**
   * Runs a block inside of a savepoint of the engine's transaction: when it throws, only what the
   * block did is rolled back, and the transaction can go on and commit. Blocks may be nested to any
   * depth.
   *
   * <p>The block has a session of its own on the same connection, which is also what the unit of
   * work hands out for this engine until the block ends; the outer session is flushed before and
   * refuses statements meanwhile. When the block ends well the outer session reloads what it holds
   * and the block has changed. Entities that the block loaded or made are detached afterwards.
   *
   * @param work the block
   * @param <T> what it returns
   * @param <X> what it may throw
   * @return what the block returned
   * @throws X what the block threw; catch it to go on in the transaction
   * @throws jakarta.persistence.RollbackException if an operation in the block failed and the
   *     failure was caught inside; the block is rolled back
   * @throws UnsupportedOperationException if the engine has no transactions or those of a
   *     coordinator, or its driver no savepoints
   */
  public <T extends @Nullable Object, X extends Exception> T savepoint(
      SessionFunction<? extends T, X> work) throws X {
    requireTransactions("savepoint(...)");
    requirePlainTransaction("no savepoints: savepoint(...)");
    SavepointBlock block = slot.beginSavepoint();
    TimeLimit limit = limit("The savepoint block on engine '" + name() + "'");
    try {
      T result = work.apply(block.session());
      slot.endSavepoint(block::release);
      return result;
    } catch (Throwable t) {
      RuntimeException timeOut = lift(limit, t);
      Throwable failure = timeOut == null ? t : timeOut;
      if (slot.isInnermost(block)) {
        CleanUp.attempt(() -> slot.endSavepoint(block::rollback), failure);
      }
      if (timeOut != null) {
        throw timeOut;
      }
      throw t;
    } finally {
      lift(limit, null);
    }
  }

  private void requireTransactions(String what) {
    EngineKind kind = slot.engine().options().kind();
    if (kind != EngineKind.READ_WRITE) {
      throw new UnsupportedOperationException(
          "Engine '"
              + name()
              + "' is "
              + kind
              + " and has no transactions: "
              + what
              + " needs a read-write engine.");
    }
  }

  private void requirePlainTransaction(String what) {
    if (slot.engine().policy().isCoordinated()) {
      throw new UnsupportedOperationException(
          "Engine '"
              + name()
              + "' commits together with others through a coordinator (JTA), whose transactions"
              + " have "
              + what
              + " is not possible on it. Put the work into a unit of its own (inUnit), or use an"
              + " engine with plain transactions.");
    }
  }

  private void checkUnderWay(WhenOpen whenOpen) {
    boolean impossible =
        whenOpen == WhenOpen.REFUSE || settings.retries() > 0 || settings.isolation() != null;
    if (impossible && slot.isUnderWay()) {
      throw new IllegalStateException(
          "Engine '"
              + name()
              + "' has work under way that is not committed, and atomic("
              + whenOpen
              + ", ...) "
              + (whenOpen == WhenOpen.REFUSE
                  ? "was asked for."
                  : "can neither repeat it nor change its isolation level.")
              + " Commit or roll back first, or choose COMMIT or ROLLBACK.");
    }
  }
}
