package io.sqlassist.session;

import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * How long a unit of work, or a block of it, may take. When the time is over the statement that
 * runs is cancelled, or loses its connection if that does not help, and until the limit is lifted
 * every further use is refused.
 *
 * <p>The time-out of a JDBC statement can't do this: it counts in whole seconds, begins anew with
 * every statement, and some drivers keep a thread for it.
 */
final class TimeLimit {

  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Unit unit;
  private final String what;
  private final Duration limit;
  private final @Nullable TimeLimit outer;
  private final long endNanos;
  private @Nullable Future<?> timer;
  private @Nullable Interruption interruption;
  private boolean lifted;

  TimeLimit(Unit unit, String what, Duration limit, Duration elapsed, @Nullable TimeLimit outer) {
    this.unit = unit;
    this.what = what;
    this.limit = limit;
    this.outer = outer;
    this.endNanos = System.nanoTime() + limit.minus(elapsed).toNanos();
  }

  synchronized void start() {
    timer = Watch.after(Duration.ofNanos(endNanos - System.nanoTime()), this::cancelWhatRuns);
  }

  @Nullable TimeLimit outer() {
    return outer;
  }

  boolean isOver() {
    return System.nanoTime() - endNanos >= 0;
  }

  UnitTimeoutException exception() {
    return new UnitTimeoutException(what, limit);
  }

  /** The limit no longer holds. Once this has returned nothing is cancelled any more. */
  synchronized void lift() {
    lifted = true;
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /** Again and again: at the first look the thread may have been on its way to the statement. */
  private synchronized void cancelWhatRuns() {
    if (lifted) {
      return;
    }
    Interruption begun = interruption;
    if (begun == null) {
      begun = new Interruption(unit, this::exception);
      interruption = begun;
    }
    begun.attempt();
    timer = Watch.after(PAUSE, this::cancelWhatRuns);
  }
}
