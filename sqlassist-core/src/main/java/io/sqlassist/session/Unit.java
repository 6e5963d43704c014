package io.sqlassist.session;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.UnitInfo;
import io.sqlassist.observe.UnitObserver;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.UnitTransactions;
import jakarta.persistence.RollbackException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/** The working part of a container, made by the first access: what is open, and how it ends. */
final class Unit {

  private static final AtomicLong IDS = new AtomicLong();

  private final UseGuard guard;
  private final UnitOrigin origin;
  private final EngineRegistry registry;
  private final UnitTransactions transactions = new UnitTransactions();
  private final List<EngineScope> scopes = new ArrayList<>(3);
  private UnitObserver observer = UnitObserver.NONE;
  private boolean started;
  private volatile boolean doomed;

  Unit(EngineRegistry registry, UnitOrigin origin) {
    this.registry = registry;
    this.origin = origin;
    this.guard = new UseGuard(origin::label);
  }

  UseGuard guard() {
    return guard;
  }

  @Nullable EngineScope scope(String engine) {
    for (int i = 0; i < scopes.size(); i++) {
      if (scopes.get(i).name().equals(engine)) {
        return scopes.get(i);
      }
    }
    return null;
  }

  EngineScope scopeOrNew(DbSessionsContainer container, String engine) {
    guard.enter();
    try {
      EngineScope scope = scope(engine);
      if (scope == null) {
        scope = new EngineScope(container, this, registry.engine(engine));
        scopes.add(scope);
      }
      return scope;
    } finally {
      guard.exit();
    }
  }

  /** Opens a session under its engine's policy. Called by the scope, which holds the guard. */
  Session open(Engine engine) {
    origin.beforeOpening();
    if (!started) {
      started = true;
      observer =
          registry
              .observer()
              .unitStarted(new UnitInfo(IDS.incrementAndGet(), origin.label(), Instant.now()));
    }
    Session session = engine.openSession();
    try {
      session.addEventListeners(guard);
      transactions.join(engine.name(), engine.policy(), session);
    } catch (RuntimeException | Error e) {
      try {
        session.close();
      } catch (RuntimeException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
    observer.sessionOpened(engine.name());
    return session;
  }

  void doom() {
    doomed = true;
  }

  boolean isDoomed() {
    return doomed;
  }

  CommitReport commit() {
    return committed(transactions::commit, transactions::restart);
  }

  CommitReport commit(String engine) {
    return committed(() -> transactions.commit(engine), () -> transactions.restart(engine));
  }

  /** The last commit: nothing goes on afterwards. */
  CommitReport commitAtEnd() {
    return committed(transactions::commit, () -> {});
  }

  private CommitReport committed(Supplier<CommitReport> committing, Runnable goOn) {
    guard.enter();
    try {
      return commitThenGoOn(committing, goOn);
    } finally {
      guard.exit();
    }
  }

  private CommitReport commitThenGoOn(Supplier<CommitReport> committing, Runnable goOn) {
    if (doomed) {
      transactions.rollback();
      observer.rolledBack();
      goOn.run();
      throw new RollbackException(
          "The unit of work '"
              + origin.label()
              + "' was doomed and is rolled back: doom() rules out a commit.");
    }
    CommitReport report;
    try {
      report = committing.get();
    } catch (RuntimeException e) {
      observer.commitFailed(e);
      try {
        goOn.run();
      } catch (RuntimeException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
    observer.committed(report);
    goOn.run();
    return report;
  }

  void rollback() {
    guard.enter();
    try {
      rolledBack(transactions::rollback, transactions::restart);
    } finally {
      guard.exit();
    }
  }

  void rollback(String engine) {
    guard.enter();
    try {
      rolledBack(() -> transactions.rollback(engine), () -> transactions.restart(engine));
    } finally {
      guard.exit();
    }
  }

  private void rolledBack(Runnable rollback, Runnable goOn) {
    try {
      rollback.run();
    } finally {
      observer.rolledBack();
      goOn.run();
    }
  }

  /** Rolls back and closes one engine. */
  void release(EngineScope scope) {
    guard.enter();
    try {
      transactions.rollback(scope.name());
    } catch (RuntimeException e) {
      observer.cleanupFailed(scope.name(), "rollback", e);
    } finally {
      transactions.leave(scope.name());
      closeSessions(scope, null);
      guard.exit();
    }
  }

  private @Nullable RuntimeException closeSessions(
      EngineScope scope, @Nullable RuntimeException earlier) {
    boolean wasOpen = scope.openSession() != null;
    RuntimeException failure = scope.closeSessions();
    RuntimeException all = earlier;
    if (failure != null) {
      observer.cleanupFailed(scope.name(), "close", failure);
      if (all == null) {
        all = failure;
      } else {
        all.addSuppressed(failure);
      }
    }
    if (wasOpen) {
      observer.sessionClosed(scope.name());
    }
    return all;
  }

  /**
   * Rolls back what is not committed and closes every session. The caller has made itself the
   * closer with the guard.
   *
   * @param decided whether the work has been committed, so that nothing is left to roll back
   * @return what failed, already told to the observer; null if nothing did
   */
  @Nullable RuntimeException end(boolean decided) {
    RuntimeException failure = null;
    if (!decided) {
      try {
        transactions.rollback();
      } catch (RuntimeException e) {
        observer.cleanupFailed("", "rollback", e);
        failure = e;
      }
      if (started) {
        observer.rolledBack();
      }
    }
    for (EngineScope scope : scopes) {
      failure = closeSessions(scope, failure);
    }
    guard.closed();
    if (started) {
      observer.ended();
    }
    return failure;
  }

  void forEachOpenSession(Consumer<Session> action) {
    for (EngineScope scope : List.copyOf(scopes)) {
      Session session = scope.openSession();
      if (session != null) {
        action.accept(session);
      }
    }
  }

  UnitObserver observer() {
    return observer;
  }
}
