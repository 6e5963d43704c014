package io.sqlassist.session;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Closes a unit of work that was ended while a worker thread may still be using it: cancels the
 * worker's statement, waits until the worker has let go, and only then touches the sessions.
 *
 * <p>A session in use by another thread must not be closed under it, and a worker that never looks
 * up can't be told; so this looks again and again.
 */
final class AbandonedUnit {

  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** How long a worker may take for its rows: one that is gone has left them open for ever. */
  private static final Duration READING = Duration.ofSeconds(5);

  private static final long FIRST_LOOK_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 200;

  private final Unit unit;
  private final Interruption interruption;
  private final long readingNanos;
  private long pauseMillis = FIRST_LOOK_MILLIS;
  private boolean wasReading;

  AbandonedUnit(Unit unit) {
    this(unit, READING);
  }

  /** For tests, as the other one. */
  AbandonedUnit(Unit unit, Duration reading) {
    this.unit = unit;
    this.readingNanos = reading.toNanos();
    this.interruption = new Interruption(unit, unit.guard()::endedException);
  }

  /** Returns at once: what ends the unit here may have to wait for a database. */
  void closeWhenQuiet() {
    Watch.later(Duration.ZERO, this::look);
  }

  private void look() {
    boolean reading = isReading();
    boolean hasJustRead = wasReading && !reading; // and is on its way out of Hibernate
    wasReading = reading;
    if (!hasJustRead && unit.guard().takeOver(reading ? readingNanos : QUIET_NANOS)) {
      unit.end(null);
      return;
    }
    interruption.attempt();
    Watch.later(Duration.ofMillis(pauseMillis), this::look);
    pauseMillis = Math.min(pauseMillis * 2, LONGEST_PAUSE_MILLIS);
  }

  /** Rows are read outside of every region that Hibernate reports, on the same connection. */
  private boolean isReading() {
    AtomicBoolean reading = new AtomicBoolean();
    unit.forEachOpenSession(
        session -> {
          if (Cancellation.hasOpenStatement(session)) {
            reading.set(true);
          }
        });
    return reading.get();
  }
}
