package io.sqlassist.testing;

import io.sqlassist.observe.UnitInfo;
import io.sqlassist.observe.UnitObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.hibernate.Session;

/**
 * What is open, and where it was opened: units of work with a session, and connections.
 *
 * <p>Thread-safe.
 */
final class OpenThings {

  /** One thing that is open. Compared by identity. */
  static final class Item {
    private final String what;
    private final List<StackTraceElement> openedAt;
    private final String thread = Thread.currentThread().getName();
    private final Set<String> sessions = new LinkedHashSet<>();

    private Item(String what) {
      this.what = what;
      this.openedAt = CallSites.here();
    }

    @Override
    public String toString() {
      return what
          + (sessions.isEmpty() ? "" : " with open sessions of " + sessions)
          + ", opened at "
          + CallSites.text(openedAt)
          + " on thread '"
          + thread
          + "'";
    }
  }

  private final Set<Item> open = new LinkedHashSet<>();

  UnitObserver unitStarted(UnitInfo unit) {
    Item item = add(new Item("unit of work " + unit.id() + " '" + unit.label() + "'"));
    return new UnitObserver() {
      @Override
      public void sessionOpened(String engine, Session session) {
        synchronized (OpenThings.this) {
          item.sessions.add(engine);
        }
      }

      @Override
      public void sessionClosed(String engine) {
        synchronized (OpenThings.this) {
          item.sessions.remove(engine);
        }
      }

      @Override
      public void ended() {
        closed(item);
      }
    };
  }

  Item acquired(String engine) {
    return add(new Item("a connection of engine '" + engine + "'"));
  }

  private synchronized Item add(Item item) {
    open.add(item);
    return item;
  }

  synchronized void closed(Item item) {
    if (open.remove(item)) {
      notifyAll();
    }
  }

  /** What is open at this moment. */
  synchronized Set<Item> now() {
    return Set.copyOf(open);
  }

  /**
   * Waits until nothing is open that was not before.
   *
   * @param before what does not count
   * @param grace how long at most: the application may be about to close it
   * @return what is open still, in words
   */
  synchronized List<String> awaitClosed(Collection<Item> before, Duration grace)
      throws InterruptedException {
    long begin = System.nanoTime();
    long rest = grace.toNanos();
    while (!left(before).isEmpty() && rest > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, rest);
      rest = grace.toNanos() - (System.nanoTime() - begin);
    }
    return notClosed(before);
  }

  /** What is open at this moment that was not before, in words. */
  synchronized List<String> notClosed(Collection<Item> before) {
    return left(before).stream().map(Item::toString).toList();
  }

  private List<Item> left(Collection<Item> before) {
    List<Item> left = new ArrayList<>(open);
    left.removeAll(before);
    return left;
  }
}
