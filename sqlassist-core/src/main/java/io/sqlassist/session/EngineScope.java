package io.sqlassist.session;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.transaction.CommitReport;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.jspecify.annotations.Nullable;

/**
 * One engine within one unit of work.
 *
 * <p>Used by one thread at a time, like the container it comes from.
 */
public final class EngineScope {

  private final DbSessionsContainer container;
  private final Unit unit;
  private final Engine engine;
  private volatile @Nullable ScopedSession current;
  private volatile EngineStatus status = EngineStatus.INIT;

  EngineScope(DbSessionsContainer container, Unit unit, Engine engine) {
    this.container = container;
    this.unit = unit;
    this.engine = engine;
  }

  /**
   * The engine's name.
   *
   * @return the name
   */
  public String name() {
    return engine.name();
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
    unit.guard().enter();
    try {
      return scopedSession().session();
    } finally {
      unit.guard().exit();
    }
  }

  private ScopedSession scopedSession() {
    ScopedSession open = current;
    if (open == null) {
      open = new ScopedSession(unit.open(engine), null);
      SessionOwners.put(open.session(), container);
      current = open;
      status = EngineStatus.START;
    }
    return open;
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
    unit.guard().enter();
    try {
      return scopedSession().statelessSession();
    } finally {
      unit.guard().exit();
    }
  }

  /**
   * What this unit of work has done with the engine. Opens nothing; works after the end, too.
   *
   * @return the status
   */
  public EngineStatus status() {
    return status;
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
    return unit.commit(this);
  }

  /**
   * Rolls this engine back, and those that share its policy object; the others are not touched. The
   * session stays open and goes on, empty, in a new transaction. Does nothing if no session is
   * open.
   */
  public void rollback() {
    unit.rollback(this);
  }

  /**
   * Rolls back what is not committed, closes this engine's session and gives the connection back.
   * The next access opens a fresh session. Engines that share its policy object are rolled back
   * with it, but stay open. Does nothing if no session is open.
   */
  public void close() {
    if (current != null) {
      unit.release(this);
      container.forget(engine.name());
    }
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
   * @throws IllegalStateException if work is under way and is to be refused, or a savepoint block
   *     is open on this engine
   * @throws UnsupportedOperationException if the engine has no transactions
   * @throws RuntimeException as {@link #commit()}, if the commit fails
   */
  public <T extends @Nullable Object, X extends Exception> T atomic(
      WhenOpen whenOpen, SessionFunction<? extends T, X> work) throws X {
    requireTransactions("atomic(...)");
    Session session = session();
    switch (whenOpen) {
      case COMMIT -> commit();
      case ROLLBACK -> rollback();
      case REFUSE -> refuseWorkUnderWay(session);
      case JOIN -> {
        // goes on in the transaction there is
      }
    }
    try {
      T result = work.apply(session);
      commit();
      return result;
    } catch (Throwable t) {
      try {
        rollback();
      } catch (RuntimeException more) {
        if (more != t) {
          t.addSuppressed(more);
        }
      }
      throw t;
    }
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
   * @throws UnsupportedOperationException if the engine has no transactions, or its driver no
   *     savepoints
   */
  public <T extends @Nullable Object, X extends Exception> T savepoint(
      SessionFunction<? extends T, X> work) throws X {
    requireTransactions("savepoint(...)");
    SavepointBlock block = beginSavepoint();
    try {
      T result = work.apply(block.session());
      endSavepoint(block::release);
      return result;
    } catch (Throwable t) {
      try {
        if (isInnermost(block)) {
          endSavepoint(block::rollback);
        }
      } catch (RuntimeException more) {
        t.addSuppressed(more);
      }
      throw t;
    }
  }

  private SavepointBlock beginSavepoint() {
    unit.guard().enter();
    try {
      ScopedSession outer = scopedSession();
      SavepointBlock block = SavepointBlock.begin(engine, outer.session(), unit.guard());
      outer.suspend(engine.name());
      current = new ScopedSession(block.session(), outer);
      SessionOwners.put(block.session(), container);
      container.forget(engine.name());
      return block;
    } finally {
      unit.guard().exit();
    }
  }

  /** The outer session takes over first: a release may have to reload what it holds. */
  private void endSavepoint(Runnable end) {
    unit.guard().enter();
    try {
      ScopedSession inner = current;
      ScopedSession outer = inner == null ? null : inner.outer();
      if (outer != null) {
        outer.resume();
      }
      try {
        end.run();
      } catch (RuntimeException | Error e) {
        if (outer != null && inner != null && inner.session().isOpen()) {
          outer.suspend(engine.name());
        }
        throw e;
      } finally {
        if (inner != null && !inner.session().isOpen()) {
          SessionOwners.remove(inner.session());
          current = outer;
          container.forget(engine.name());
        }
      }
    } finally {
      unit.guard().exit();
    }
  }

  /** False once the block has been ended, by a release or by the end of the unit of work. */
  private boolean isInnermost(SavepointBlock block) {
    ScopedSession innermost = current;
    return innermost != null && innermost.session() == block.session();
  }

  private void requireTransactions(String what) {
    if (engine.options().kind() != EngineKind.READ_WRITE) {
      throw new UnsupportedOperationException(
          "Engine '"
              + engine.name()
              + "' is "
              + engine.options().kind()
              + " and has no transactions: "
              + what
              + " needs a read-write engine.");
    }
  }

  private void refuseWorkUnderWay(Session session) {
    boolean connected =
        session
            .unwrap(SharedSessionContractImplementor.class)
            .getJdbcCoordinator()
            .getLogicalConnection()
            .isPhysicallyConnected();
    if (connected || session.isDirty()) {
      throw new IllegalStateException(
          "Engine '"
              + engine.name()
              + "' has work under way that is not committed, and atomic(REFUSE, ...) was asked for."
              + " Commit or roll back first, or choose COMMIT, ROLLBACK or JOIN.");
    }
  }

  boolean hasOpenSavepoint() {
    ScopedSession innermost = current;
    return innermost != null && innermost.outer() != null;
  }

  Engine engine() {
    return engine;
  }

  @Nullable Session openSession() {
    ScopedSession open = current;
    return open == null ? null : open.session();
  }

  /** Closes what is open. Called by the unit, which has ended the transaction before. */
  void closeSessions() {
    ScopedSession open = current;
    if (open == null) {
      return;
    }
    current = null;
    status = EngineStatus.END;
    Throwable failure = null;
    for (ScopedSession each = open; each != null; each = each.outer()) {
      failure = each.close(failure);
    }
    CleanUp.throwIfAny(failure);
  }
}
