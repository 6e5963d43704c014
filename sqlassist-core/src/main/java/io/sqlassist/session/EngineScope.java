package io.sqlassist.session;

import io.sqlassist.engine.Engine;
import io.sqlassist.transaction.CommitReport;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
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
  private volatile @Nullable Session session;
  private @Nullable StatelessSession statelessSession;
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
      Session open = session;
      if (open == null) {
        open = unit.open(engine);
        session = open;
        status = EngineStatus.START;
      }
      return open;
    } finally {
      unit.guard().exit();
    }
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
      StatelessSession open = statelessSession;
      if (open == null) {
        open = session().statelessWithOptions().connection().open();
        statelessSession = open;
      }
      return open;
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
    if (session != null) {
      unit.release(this);
      container.forget(engine.name());
    }
  }

  Engine engine() {
    return engine;
  }

  @Nullable Session openSession() {
    return session;
  }

  /** Closes what is open. Called by the unit, which has ended the transaction before. */
  void closeSessions() {
    Session open = session;
    if (open == null) {
      return;
    }
    StatelessSession stateless = statelessSession;
    session = null;
    statelessSession = null;
    status = EngineStatus.END;
    Throwable failure = stateless == null ? null : CleanUp.attempt(stateless::close, null);
    CleanUp.throwIfAny(CleanUp.attempt(open::close, failure));
  }
}
