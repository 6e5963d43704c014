package io.sqlassist.jta;

import io.sqlassist.engine.EngineBusyException;
import io.sqlassist.session.DbSessionsContainer;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets in as many transactions as the smallest pool has connections. So whoever is in finds a
 * connection in every pool, and no two wait for each other's.
 */
final class Admission {

  private static final class Waiter {
    private final JtaTransaction transaction;
    private final Condition turn;
    private boolean admitted;
    private boolean interrupted;
    private @Nullable Supplier<? extends RuntimeException> calledOff;

    Waiter(JtaTransaction transaction, Condition turn) {
      this.transaction = transaction;
      this.turn = turn;
    }
  }

  // A lock and not a semaphore: who waits can be called off, and is known by its unit.
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<JtaTransaction> inside = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<Thread, Waiter> waiting = new LinkedHashMap<>();
  private final Map<String, Integer> pools = new HashMap<>();
  private int size = Integer.MAX_VALUE;

  /** Another pool; those that are in already stay in. */
  void poolOf(String engine, int connections) {
    lock.lock();
    try {
      pools.put(engine, connections);
      measure();
    } finally {
      lock.unlock();
    }
  }

  /** A pool that is there no more. */
  void withoutPoolOf(String engine) {
    lock.lock();
    try {
      pools.remove(engine);
      measure();
      admitWaiting();
    } finally {
      lock.unlock();
    }
  }

  private void measure() {
    size = pools.values().stream().mapToInt(Integer::intValue).min().orElse(Integer.MAX_VALUE);
  }

  /**
   * Waits for a place. Whoever gets one calls {@link #leave}.
   *
   * @throws EngineBusyException if none became free in that time, or none ever would
   * @throws IllegalStateException if the units around this one hold all of them
   */
  void enter(JtaTransaction transaction, String engine, Duration longest) {
    long begin = System.nanoTime();
    Waiter me;
    lock.lock();
    try {
      if (waiting.isEmpty() && inside.size() < size) {
        inside.add(transaction);
        return;
      }
      me = new Waiter(transaction, lock.newCondition());
      refuseCircle(me, engine);
      await(me, longest.toNanos());
    } finally {
      lock.unlock();
    }
    if (me.admitted) {
      return;
    }
    if (me.calledOff != null) {
      throw me.calledOff.get();
    }
    if (me.interrupted) {
      throw busy(engine, begin, "The thread was interrupted.");
    }
    throw busy(
        engine,
        begin,
        "As many JTA transactions are under way as the smallest pool of a JTA engine has"
            + " connections ("
            + size
            + ").");
  }

  private static EngineBusyException busy(String engine, long begin, String why) {
    return new EngineBusyException(
        engine, Duration.ofNanos(System.nanoTime() - begin), null, why, null);
  }

  private void await(Waiter me, long nanos) {
    Thread thread = Thread.currentThread();
    waiting.put(thread, me);
    try {
      long left = nanos;
      while (!me.admitted && me.calledOff == null && left > 0) {
        left = me.turn.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      me.interrupted = true;
      thread.interrupt();
    } finally {
      waiting.remove(thread);
      admitWaiting(); // whoever came later may have waited for this one only
    }
  }

  private void admitWaiting() {
    Iterator<Waiter> each = waiting.values().iterator();
    while (inside.size() < size && each.hasNext()) {
      Waiter next = each.next();
      if (next.calledOff == null) {
        each.remove();
        next.admitted = true;
        inside.add(next.transaction);
        next.turn.signal();
      }
    }
  }

  /** All that are in may wait for units inside of them, and these for a place: for ever. */
  private void refuseCircle(Waiter me, String engine) {
    Set<JtaTransaction> mine = around(me.transaction);
    Set<JtaTransaction> stuck = new HashSet<>(mine);
    waiting.values().forEach(waiter -> stuck.addAll(around(waiter.transaction)));
    if (mine.size() >= size) {
      throw new IllegalStateException(
          "This unit of work can't use engine '"
              + engine
              + "': the units around it hold all places among the JTA transactions under way ("
              + size
              + ", as many as the smallest pool of a JTA engine has connections). Commit or roll"
              + " back before the inner unit begins, or make the pools larger.");
    }
    if (stuck.size() >= size && !mine.isEmpty()) {
      throw new EngineBusyException(
          engine,
          Duration.ZERO,
          null,
          "All places among the JTA transactions under way ("
              + size
              + ") are held by units of work that wait for units inside of them: commit or roll"
              + " back before the inner unit begins.",
          null);
    }
  }

  /** The transactions that are in and can't end before this one has. */
  private Set<JtaTransaction> around(JtaTransaction transaction) {
    Set<DbSessionsContainer> units = Collections.newSetFromMap(new IdentityHashMap<>());
    DbSessionsContainer unit = transaction.unit();
    while (unit != null) {
      unit = unit.around().orElse(null);
      if (unit != null && !units.add(unit)) {
        break;
      }
    }
    Set<JtaTransaction> around = Collections.newSetFromMap(new IdentityHashMap<>());
    if (!units.isEmpty()) {
      for (JtaTransaction each : inside) {
        DbSessionsContainer of = each.unit();
        if (of != null && units.contains(of)) {
          around.add(each);
        }
      }
    }
    return around;
  }

  void leave(JtaTransaction transaction) {
    lock.lock();
    try {
      inside.remove(transaction);
      admitWaiting();
    } finally {
      lock.unlock();
    }
  }

  /** Ends a thread's waiting; does nothing if it does not wait here. */
  void callOff(Thread thread, Supplier<? extends RuntimeException> reason) {
    lock.lock();
    try {
      Waiter waiter = waiting.get(thread);
      if (waiter != null && waiter.calledOff == null) {
        waiter.calledOff = reason;
        waiter.turn.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many transactions may be under way at once. */
  int size() {
    lock.lock();
    try {
      return size;
    } finally {
      lock.unlock();
    }
  }
}
