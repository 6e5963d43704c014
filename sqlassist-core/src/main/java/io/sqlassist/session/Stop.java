package io.sqlassist.session;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Takes a unit of work away from the thread that works in it. Every further use is refused, a
 * commit too; what the thread is inside of is cancelled; and the thread itself rolls back and
 * closes. That it does so at its own pace is the difference to {@link AbandonedUnit}: whoever stops
 * the unit waits for it.
 */
final class Stop {

  private static final Duration PAUSE = Duration.ofMillis(20);

  /** When the connections are cut there is little left to do for a thread that does not end. */
  private static final Duration LATER_PAUSE = Duration.ofSeconds(1);

  private static final long LATER_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Supplier<? extends RuntimeException> reason;
  private final Interruption interruption;
  private final long begunNanos = System.nanoTime();
  private boolean lifted;

  /**
   * Creates a stop.
   *
   * @param reason gives the exception of every further use
   */
  Stop(Unit unit, Supplier<? extends RuntimeException> reason) {
    this.reason = reason;
    this.interruption = new Interruption(unit, reason);
  }

  RuntimeException exception() {
    return reason.get();
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
    boolean later = System.nanoTime() - begunNanos > LATER_NANOS;
    Watch.later(later ? LATER_PAUSE : PAUSE, this::interrupt);
  }
}
