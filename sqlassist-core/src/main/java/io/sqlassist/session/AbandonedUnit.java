package io.sqlassist.session;

import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.hibernate.Session;

/**
 * Closes a unit of work that was ended while a worker thread may still be using it: cancels the
 * worker's statement, waits until the worker has let go, and only then touches the sessions.
 *
 * <p>A session in use by another thread must not be closed under it, and a worker that never looks
 * up can't be told; so this looks again and again.
 */
final class AbandonedUnit {

  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long FIRST_LOOK_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 200;

  /** When a cancelled statement still runs after this time its connection is cut. */
  private static final long CUT_AFTER_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Unit unit;
  private final long abandonedNanos = System.nanoTime();
  private final Set<Session> cut = Collections.newSetFromMap(new IdentityHashMap<>());
  private long pauseMillis = FIRST_LOOK_MILLIS;

  AbandonedUnit(Unit unit) {
    this.unit = unit;
  }

  /** Returns at once: what ends the unit here may have to wait for a database. */
  void closeWhenQuiet() {
    Watch.later(Duration.ZERO, this::look);
  }

  private void look() {
    if (unit.guard().takeOver(QUIET_NANOS)) {
      unit.end(null);
      return;
    }
    if (unit.guard().isInterruptible()) {
      unit.stopWaiting(unit.guard()::endedException);
      unit.forEachOpenSession(this::interrupt);
    }
    Watch.later(Duration.ofMillis(pauseMillis), this::look);
    pauseMillis = Math.min(pauseMillis * 2, LONGEST_PAUSE_MILLIS);
  }

  /**
   * Cancels at each look: at an earlier one the thread may have been on its way to the statement.
   */
  private void interrupt(Session session) {
    if (System.nanoTime() - abandonedNanos < CUT_AFTER_NANOS) {
      Cancellation.of(session, unit.observer());
    } else if (cut.add(session)) {
      Cancellation.byForce(session, unit.observer());
    }
  }
}
