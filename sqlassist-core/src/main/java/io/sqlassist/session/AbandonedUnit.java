package io.sqlassist.session;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.hibernate.Session;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;

/**
 * Closes a unit of work that was ended while a worker thread may still be using it: cancels the
 * worker's statement, waits until the worker has let go, and only then touches the sessions.
 *
 * <p>A session in use by another thread must not be closed under it, and a worker that never looks
 * up can't be told; so this looks again and again, on the JDK's own timer.
 */
final class AbandonedUnit {

  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long FIRST_LOOK_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 200;

  /** When a cancelled statement still runs after this time its connection is cut. */
  private static final long CUT_AFTER_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Unit unit;
  private final long abandonedNanos = System.nanoTime();
  private long pauseMillis = FIRST_LOOK_MILLIS;
  private boolean cancelled;
  private boolean cut;

  AbandonedUnit(Unit unit) {
    this.unit = unit;
  }

  void closeWhenQuiet() {
    if (unit.guard().takeOver(QUIET_NANOS)) {
      unit.end(false);
      return;
    }
    if (unit.guard().isInUse()) {
      interrupt();
    }
    Executor later = CompletableFuture.delayedExecutor(pauseMillis, TimeUnit.MILLISECONDS);
    pauseMillis = Math.min(pauseMillis * 2, LONGEST_PAUSE_MILLIS);
    later.execute(this::closeWhenQuiet);
  }

  private void interrupt() {
    if (!cancelled) {
      cancelled = true;
      unit.forEachOpenSession(this::cancelStatement);
    } else if (!cut && System.nanoTime() - abandonedNanos > CUT_AFTER_NANOS) {
      cut = true;
      unit.forEachOpenSession(this::cutConnection);
    }
  }

  private void cancelStatement(Session session) {
    try {
      connectionOf(session).getResourceRegistry().cancelLastQuery();
    } catch (RuntimeException e) {
      unit.observer().cleanupFailed("", "cancel of the running statement", e);
    }
  }

  private void cutConnection(Session session) {
    LogicalConnectionImplementor connection = connectionOf(session);
    if (connection.isPhysicallyConnected()) {
      try {
        Connection physical = connection.getPhysicalConnection();
        physical.abort(Runnable::run);
      } catch (SQLException | RuntimeException e) {
        unit.observer().cleanupFailed("", "abort of the connection", e);
      }
    }
  }

  private static LogicalConnectionImplementor connectionOf(Session session) {
    return session
        .unwrap(SharedSessionContractImplementor.class)
        .getJdbcCoordinator()
        .getLogicalConnection();
  }
}
