package io.sqlassist.session;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

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

  private final Unit unit;
  private final Interruption interruption;
  private long pauseMillis = FIRST_LOOK_MILLIS;

  AbandonedUnit(Unit unit) {
    this.unit = unit;
    this.interruption = new Interruption(unit, unit.guard()::endedException);
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
    interruption.attempt();
    Watch.later(Duration.ofMillis(pauseMillis), this::look);
    pauseMillis = Math.min(pauseMillis * 2, LONGEST_PAUSE_MILLIS);
  }
}
