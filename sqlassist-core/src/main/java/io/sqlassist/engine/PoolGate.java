package io.sqlassist.engine;

import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Lets no more threads into a pool at once than it has connections; the others wait here, parked
 * and in the order of their arrival. Pools make waiting callers search for connections again and
 * again, which thousands of virtual threads do at the expense of those that hold one.
 *
 * <p>Thread-safe. All engines on the same data source share one gate.
 */
final class PoolGate {

  private static final List<WeakReference<PoolGate>> GATES = new ArrayList<>();

  /** Where the pool does not tell: HikariCP's own default. */
  private static final Duration DEFAULT_WAIT = Duration.ofSeconds(30);

  private static final int NAMED_HOLDERS = 5;

  private final DataSource dataSource;
  private final @Nullable KnownPool pool;
  private final PoolNotices notices = new PoolNotices();

  // A lock and not a semaphore: who waits can be called off, and the size may change.
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Object, Integer> limits = new IdentityHashMap<>();
  private final Map<Connection, Thread> holders = new IdentityHashMap<>();
  private final Map<Thread, Waiter> waiting = new LinkedHashMap<>();
  private final Set<Object> users = Collections.newSetFromMap(new IdentityHashMap<>());
  private int limit = Integer.MAX_VALUE;
  private boolean shut;
  private int minimumIdle;

  /** How many are inside: those that hold a connection, and those that the pool is serving. */
  private int admitted;

  private static final class Waiter {
    private final Condition turn;
    private final Object user;
    private boolean admitted;
    private boolean interrupted;
    private @Nullable Supplier<? extends RuntimeException> calledOff;

    Waiter(Condition turn, Object user) {
      this.turn = turn;
      this.user = user;
    }
  }

  private PoolGate(DataSource dataSource) {
    this.dataSource = dataSource;
    this.pool = HikariPools.known(dataSource);
  }

  /** The one gate of this very data source. */
  static PoolGate of(DataSource dataSource) {
    synchronized (GATES) {
      for (Iterator<WeakReference<PoolGate>> each = GATES.iterator(); each.hasNext(); ) {
        PoolGate gate = each.next().get();
        if (gate == null) {
          each.remove();
        } else if (gate.dataSource == dataSource) {
          return gate;
        }
      }
      PoolGate gate = new PoolGate(dataSource);
      GATES.add(new WeakReference<>(gate));
      return gate;
    }
  }

  @Nullable KnownPool pool() {
    return pool;
  }

  PoolNotices notices() {
    return notices;
  }

  /**
   * Begins to use the pool.
   *
   * @param user who does, until {@link #disuse}
   * @param max a limit for all who use it; the lowest one holds
   */
  void use(Object user, OptionalInt max) {
    lock.lock();
    try {
      users.add(user);
      max.ifPresent(
          most -> {
            limits.put(user, most);
            limit = limits.values().stream().mapToInt(Integer::intValue).min().orElseThrow();
          });
    } finally {
      lock.unlock();
    }
  }

  /** What the user said of the pool no longer holds. */
  void disuse(Object user) {
    lock.lock();
    try {
      users.remove(user);
      limits.remove(user);
      limit = limits.values().stream().mapToInt(Integer::intValue).min().orElse(Integer.MAX_VALUE);
      admitWaiting();
    } finally {
      lock.unlock();
    }
  }

  boolean isUsedByOneOnly() {
    lock.lock();
    try {
      return users.size() == 1;
    } finally {
      lock.unlock();
    }
  }

  boolean hasHolders() {
    lock.lock();
    try {
      return !holders.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  boolean isHeld(Connection connection) {
    lock.lock();
    try {
      return holders.containsKey(connection);
    } finally {
      lock.unlock();
    }
  }

  /** Lets nobody in, and the pool connect to nothing, until {@link #open()}. Who comes waits. */
  void shut() {
    lock.lock();
    try {
      if (!shut && pool != null) {
        minimumIdle = pool.minimumIdle();
        pool.minimumIdle(0);
      }
      shut = true;
    } finally {
      lock.unlock();
    }
  }

  void open() {
    lock.lock();
    try {
      if (shut && pool != null) {
        pool.minimumIdle(minimumIdle);
      }
      shut = false;
      admitWaiting();
    } finally {
      lock.unlock();
    }
  }

  private int size() {
    if (shut) {
      return 0;
    }
    return pool == null ? limit : Math.min(limit, pool.maximumSize());
  }

  /**
   * Waits for a place. Whoever gets one calls either {@link #hold} or {@link #giveBack}.
   *
   * @param acquireTimeout how long to wait at most; null for as long as the pool would
   * @param user on whose behalf, see {@link #callOff(Object, Supplier)}
   * @throws EngineBusyException if none became free in that time
   * @throws SQLTransientException if the thread was interrupted; its interrupt flag is still set
   */
  void enter(String engine, @Nullable Duration acquireTimeout, Object user)
      throws SQLTransientException {
    long begin;
    Waiter me;
    List<Thread> holding;
    lock.lock();
    try {
      if (waiting.isEmpty() && admitted < size()) {
        admitted++;
        return;
      }
      begin = System.nanoTime();
      me = new Waiter(lock.newCondition(), user);
      await(me, TimeUnit.NANOSECONDS.convert(longest(acquireTimeout)));
      if (me.admitted) {
        return;
      }
      holding = new ArrayList<>(holders.values()); // now: they may be gone in a moment
    } finally {
      lock.unlock();
    }
    Duration waited = Duration.ofNanos(System.nanoTime() - begin);
    if (me.calledOff != null) {
      throw me.calledOff.get();
    }
    if (me.interrupted) {
      throw new SQLTransientException(
          "Engine '"
              + engine
              + "': the thread was interrupted after it had waited "
              + waited.toMillis()
              + " ms for a connection.");
    }
    throw new EngineBusyException(engine, waited, figures(), reasons(holding), null);
  }

  /** How long a caller waits at most. */
  Duration longest(@Nullable Duration acquireTimeout) {
    if (acquireTimeout != null) {
      return acquireTimeout;
    }
    return pool == null ? DEFAULT_WAIT : pool.connectionTimeout();
  }

  private void await(Waiter me, long nanos) {
    Thread thread = Thread.currentThread();
    waiting.put(thread, me);
    admitWaiting(); // the pool may have grown
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
    }
  }

  private void admitWaiting() {
    while (admitted < size() && !waiting.isEmpty()) {
      Iterator<Waiter> first = waiting.values().iterator();
      Waiter next = first.next();
      first.remove();
      admitted++;
      next.admitted = true;
      next.turn.signal();
    }
  }

  /** Notes who got a connection. */
  void hold(Connection connection) {
    lock.lock();
    try {
      if (holders.put(connection, Thread.currentThread()) != null) {
        admitted--; // a data source that hands out the same connection twice has given one only
        admitWaiting();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Gives a place back for which there was no connection. */
  void giveBack() {
    lock.lock();
    try {
      admitted--;
      admitWaiting();
    } finally {
      lock.unlock();
    }
  }

  /**
   * A connection is back. Does nothing the second time: Hibernate may give one back twice.
   *
   * @return false if it was not held, here
   */
  boolean leave(Connection connection) {
    lock.lock();
    try {
      if (holders.remove(connection) == null) {
        return false;
      }
      admitted--;
      admitWaiting();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #leave}, for a connection of a pool that is not known any more. */
  static void leaveAny(Connection connection) {
    List<PoolGate> all = new ArrayList<>();
    synchronized (GATES) {
      GATES.forEach(
          each -> {
            PoolGate gate = each.get();
            if (gate != null) {
              all.add(gate);
            }
          });
    }
    for (PoolGate gate : all) {
      if (gate.leave(connection)) {
        return;
      }
    }
  }

  /** Calls a thread off that waits here. Does nothing if it does not, or has got its place. */
  void callOff(Thread thread, Supplier<? extends RuntimeException> reason) {
    lock.lock();
    try {
      Waiter waiter = waiting.get(thread);
      if (waiter != null) {
        waiter.calledOff = reason;
        waiter.turn.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Calls off all that wait here on behalf of a user. */
  void callOff(Object user, Supplier<? extends RuntimeException> reason) {
    lock.lock();
    try {
      for (Waiter waiter : waiting.values()) {
        if (waiter.user == user) {
          waiter.calledOff = reason;
          waiter.turn.signal();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** How the pool stands; null where neither it nor an engine tells its size. */
  @Nullable PoolFigures figures() {
    int here;
    int held;
    int most;
    lock.lock();
    try {
      here = waiting.size();
      held = holders.size();
      most = size();
    } finally {
      lock.unlock();
    }
    if (pool == null) {
      return most == Integer.MAX_VALUE ? null : new PoolFigures(most, held, 0, here);
    }
    PoolFigures inside = pool.figures();
    return new PoolFigures(most, inside.active(), inside.idle(), inside.waiting() + here);
  }

  /** Whether the pool has all the connections that it may have: more will not come. */
  boolean isExhausted() {
    if (pool == null) {
      return false;
    }
    PoolFigures now = pool.figures();
    return now.active() + now.idle() >= now.max();
  }

  /** The exception of a caller that the pool has let wait long enough. */
  EngineBusyException busy(String engine, Duration waited, Throwable cause) {
    List<Thread> holding;
    lock.lock();
    try {
      holding = new ArrayList<>(holders.values());
    } finally {
      lock.unlock();
    }
    return new EngineBusyException(engine, waited, figures(), reasons(holding), cause);
  }

  private String reasons(List<Thread> threads) {
    StringBuilder reasons = new StringBuilder();
    if (!threads.isEmpty()) {
      reasons.append("Held by ").append(names(threads)).append('.');
    }
    if (threads.contains(Thread.currentThread())) {
      reasons.append(
          " This thread waits for itself: it holds a connection of the pool and needs another, in"
              + " an inner unit of work or on a second engine over the same DataSource.");
    }
    PoolFigures now = figures();
    if (pool != null && now != null && now.active() + now.idle() < now.max()) {
      reasons.append(
          " The pool could have opened more connections, but did not: is the database up?");
    }
    return reasons.toString().strip();
  }

  private static String names(List<Thread> threads) {
    List<String> names =
        threads.stream().distinct().limit(NAMED_HOLDERS).map(PoolGate::name).toList();
    long more = threads.stream().distinct().count() - names.size();
    return String.join(", ", names) + (more > 0 ? " and " + more + " more" : "");
  }

  /** Virtual threads have no name unless they were given one. */
  private static String name(Thread thread) {
    return "'" + (thread.getName().isEmpty() ? thread.toString() : thread.getName()) + "'";
  }
}
