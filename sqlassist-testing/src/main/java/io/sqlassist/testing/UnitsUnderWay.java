package io.sqlassist.testing;

import io.sqlassist.observe.UnitInfo;
import io.sqlassist.observe.UnitObserver;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The units of work that began in a test, and have not ended.
 *
 * <p>Thread-safe.
 */
final class UnitsUnderWay {

  private final Set<UnitInfo> open = new LinkedHashSet<>();

  UnitObserver started(UnitInfo unit) {
    synchronized (this) {
      open.add(unit);
    }
    return new UnitObserver() {
      @Override
      public void ended() {
        UnitsUnderWay.this.ended(unit);
      }
    };
  }

  private synchronized void ended(UnitInfo unit) {
    open.remove(unit);
    notifyAll();
  }

  /**
   * Waits until all have ended.
   *
   * @param limit how long at most
   * @return those that have not
   */
  synchronized List<UnitInfo> awaitEnd(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    long left = limit.toNanos();
    while (!open.isEmpty() && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - System.nanoTime();
    }
    return List.copyOf(open);
  }
}
