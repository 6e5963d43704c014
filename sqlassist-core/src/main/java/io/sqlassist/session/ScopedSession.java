package io.sqlassist.session;

import java.util.HashMap;
import java.util.Map;
import org.hibernate.Session;
import org.hibernate.SessionEventListener;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/** A session of a scope, with its stateless companion; stacked while savepoint blocks are open. */
final class ScopedSession {

  private final Session session;
  private final @Nullable ScopedSession outer;
  private @Nullable StatelessSession statelessSession;
  private @Nullable Suspension suspension;
  private @Nullable Map<Class<?>, Object> repositories;

  ScopedSession(Session session, @Nullable ScopedSession outer) {
    this.session = session;
    this.outer = outer;
  }

  Session session() {
    return session;
  }

  @Nullable ScopedSession outer() {
    return outer;
  }

  StatelessSession statelessSession() {
    StatelessSession open = statelessSession;
    if (open == null) {
      open = session.statelessWithOptions().connection().statementInspector().open();
      statelessSession = open;
    }
    return open;
  }

  /** The repository of that plan on these sessions: always the same one. */
  Object repository(RepositoryPlan plan) {
    Map<Class<?>, Object> open = repositories;
    if (open == null) {
      open = new HashMap<>();
      repositories = open;
    }
    Object repository = open.get(plan.implementation());
    if (repository == null) {
      repository = plan.make(this);
      open.put(plan.implementation(), repository);
    }
    return repository;
  }

  /** Refuses statements of this session while a savepoint block has a session of its own. */
  void suspend(String engine) {
    if (suspension == null) {
      suspension = new Suspension(engine);
      session.addEventListeners(suspension);
    }
    suspension.active = true;
  }

  void resume() {
    if (suspension != null) {
      suspension.active = false;
    }
  }

  /** Closes both; the transaction has been ended before. Returns what has failed so far. */
  @Nullable Throwable close(@Nullable Throwable earlier) {
    StatelessSession stateless = statelessSession;
    statelessSession = null;
    SessionOwners.remove(session);
    Throwable failure = stateless == null ? earlier : CleanUp.attempt(stateless::close, earlier);
    return CleanUp.attempt(session::close, failure);
  }

  private static final class Suspension implements SessionEventListener {

    private static final long serialVersionUID = 1L;

    private final String engine;
    private boolean active;

    Suspension(String engine) {
      this.engine = engine;
    }

    @Override
    public void jdbcPrepareStatementStart() {
      refuseIfActive();
    }

    @Override
    public void flushStart() {
      refuseIfActive();
    }

    private void refuseIfActive() {
      if (active) {
        throw new IllegalStateException(
            "The outer session of engine '"
                + engine
                + "' can't be used inside of a savepoint block: what it did there would survive in"
                + " its memory when the block rolls back. Use the session that the block was given;"
                + " inside of the block the unit of work hands out that one, too.");
      }
    }
  }
}
