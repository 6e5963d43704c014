package io.sqlassist.session;

import java.time.Duration;
import java.util.concurrent.CancellationException;

/**
 * Takes a unit of work away from the thread that works in it. Every further use is refused, a
 * commit too; what the thread is inside of is cancelled; and the thread itself rolls back and
 * closes. That it does so at its own pace is the difference to {@link AbandonedUnit}: whoever stops
 * the unit waits for it.
 */
final class Stop {

  private static final Duration PAUSE = Duration.ofMillis(20);

  private final String why;
  private final Interruption interruption;
  private boolean lifted;

  Stop(Unit unit, String why) {
    this.why = why;
    this.interruption = new Interruption(unit, this::exception);
  }

  CancellationException exception() {
    return new CancellationException(why);
  }

  /** Returns at once: what cancels a statement may have to wait for a database. */
  void begin() {
    Watch.later(Duration.ZERO, this::interrupt);
  }

  /** The thread ends the unit. Once this has returned nothing is cancelled any more. */
  synchronized void lift() {
    lifted = true;
  }

  private synchronized void interrupt() {
    if (lifted) {
      return;
    }
    interruption.attempt();
    Watch.later(PAUSE, this::interrupt);
  }
}
