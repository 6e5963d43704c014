package io.sqlassist.session;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.Session;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;

/**
 * Closes a unit of work that was ended while a worker thread may still be using it: cancels the
 * worker's statement, waits until the worker has let go, and only then touches the sessions.
 *
 * <p>A session in use by another thread must not be closed under it, and a worker that never looks
 * up can't be told; so this looks again and again. It does so on threads of its own: those that the
 * application's futures share may all be busy with the very work that is to be cancelled.
 */
final class AbandonedUnit {

  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long FIRST_LOOK_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 200;

  /** When a cancelled statement still runs after this time its connection is cut. */
  private static final long CUT_AFTER_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final AtomicInteger THREADS = new AtomicInteger();

  /** Has as many threads as looks go on at the moment, which is none as a rule. */
  private static final Executor LOOKS =
      Executors.newCachedThreadPool(
          look -> {
            String name = "sqlassist-abandoned-" + THREADS.incrementAndGet();
            Thread thread = new Thread(null, look, name, 0, false);
            thread.setDaemon(true);
            return thread;
          });

  private final Unit unit;
  private final long abandonedNanos = System.nanoTime();
  private final Set<Session> cut = Collections.newSetFromMap(new IdentityHashMap<>());
  private long pauseMillis = FIRST_LOOK_MILLIS;

  AbandonedUnit(Unit unit) {
    this.unit = unit;
  }

  void closeWhenQuiet() {
    LOOKS.execute(this::look);
  }

  private void look() {
    if (unit.guard().takeOver(QUIET_NANOS)) {
      unit.end(null);
      return;
    }
    if (unit.guard().isInterruptible()) {
      unit.forEachOpenSession(this::interrupt);
    }
    Executor later = CompletableFuture.delayedExecutor(pauseMillis, TimeUnit.MILLISECONDS, LOOKS);
    pauseMillis = Math.min(pauseMillis * 2, LONGEST_PAUSE_MILLIS);
    later.execute(this::look);
  }

  /**
   * Cancels at each look: at an earlier one the thread may have been on its way to the statement.
   * Whatever goes wrong here, the next look must come.
   */
  private void interrupt(Session session) {
    try {
      if (System.nanoTime() - abandonedNanos < CUT_AFTER_NANOS) {
        connectionOf(session).getResourceRegistry().cancelLastQuery();
      } else if (cut.add(session)) {
        cut(connectionOf(session));
      }
    } catch (SQLException | RuntimeException | Error e) {
      unit.observer().cleanupFailed("", "cancellation", e);
    }
  }

  private static void cut(LogicalConnectionImplementor connection) throws SQLException {
    if (connection.isPhysicallyConnected()) {
      Connection physical = connection.getPhysicalConnection();
      physical.abort(Runnable::run);
    }
  }

  private static LogicalConnectionImplementor connectionOf(Session session) {
    return session
        .unwrap(SharedSessionContractImplementor.class)
        .getJdbcCoordinator()
        .getLogicalConnection();
  }
}
