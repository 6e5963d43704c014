package io.sqlassist.testing;

import io.sqlassist.observe.UnitInfo;
import io.sqlassist.observe.UnitObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The units of work that have begun in a test, and have not ended.
 *
 * <p>Thread-safe.
 */
final class UnitsUnderWay {

  /** With the threads on which they began. */
  private final Map<UnitInfo, Thread> open = new LinkedHashMap<>();

  UnitObserver started(UnitInfo unit) {
    synchronized (this) {
      open.put(unit, Thread.currentThread());
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
   * Waits until those have ended that are under way at this moment. Not for those that began on
   * this thread: it could end them itself, and has not.
   *
   * @param waitedFor not all need be
   * @param limit how long at most
   * @return those that have not
   */
  synchronized List<UnitInfo> awaitEnd(Predicate<UnitInfo> waitedFor, Duration limit)
      throws InterruptedException {
    List<UnitInfo> awaited = new ArrayList<>(open.keySet());
    awaited.removeIf(waitedFor.negate());
    long end = System.nanoTime() + limit.toNanos();
    long left = limit.toNanos();
    while (left > 0 && awaited.stream().anyMatch(this::mayEnd)) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - System.nanoTime();
    }
    awaited.retainAll(open.keySet());
    return awaited;
  }

  private boolean mayEnd(UnitInfo unit) {
    Thread thread = open.get(unit);
    return thread != null && !thread.equals(Thread.currentThread());
  }
}
