package io.sqlassist.engine;

import io.sqlassist.observe.Observer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Starts an engine whose database may be down, and tries again until it is up, on one thread that
 * ends then. Who uses the engine meanwhile is not made to wait for a database that does not answer:
 * only the first attempt is waited for.
 *
 * <p>Thread-safe.
 */
final class OptionalStart implements Runnable {

  /**
   * How long the start of the application waits for a database that does not answer at all, unless
   * callers are to wait for a shorter time.
   */
  private static final Duration FIRST_ATTEMPT = Duration.ofSeconds(10);

  private static final Duration DEFAULT_WAIT = Duration.ofSeconds(30);
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final long JOIN_MILLIS = 1_000;

  private final EngineStarter starter;
  private final String engine;
  private final Observer observer;
  private final Predicate<RunningEngine> up;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private EngineState state = EngineState.of(EngineState.Status.STARTING);
  private @Nullable RunningEngine running;
  private @Nullable RuntimeException refused;
  private long lastAttemptNanos;
  private boolean hurried;
  private boolean closed;

  /** What follows an attempt. */
  private enum Next {
    NOTHING,
    PAUSE,
    /** Another one, with the data source that the engine has got meanwhile. */
    START_AGAIN
  }

  /**
   * Creates a start.
   *
   * @param up receives the engine once it has started, on the thread of this start; if it is not
   *     wanted like that any more closes it, and returns false
   */
  OptionalStart(EngineStarter starter, Observer observer, Predicate<RunningEngine> up) {
    this.starter = starter;
    this.engine = starter.options().name();
    this.observer = observer;
    this.up = up;
    this.thread = new Thread(null, this, "sqlassist-start-" + engine, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
  }

  /**
   * Begins, and waits for the first attempt, but not for ever.
   *
   * @throws RuntimeException if it is the configuration that is wrong, and not the database
   */
  void begin() {
    thread.start();
    Duration callers = acquireTimeout();
    awaitEndOfStarting(callers.compareTo(FIRST_ATTEMPT) < 0 ? callers : FIRST_ATTEMPT);
    RuntimeException wrong;
    lock.lock();
    try {
      wrong = refused;
    } finally {
      lock.unlock();
    }
    if (wrong != null) {
      throw wrong;
    }
  }

  EngineState state() {
    lock.lock();
    try {
      return state;
    } finally {
      lock.unlock();
    }
  }

  /**
   * What the engine has, once it has started.
   *
   * @throws EngineDownException if it has not
   */
  RunningEngine await() {
    awaitEndOfStarting(acquireTimeout());
    lock.lock();
    try {
      RunningEngine now = running;
      if (now != null) {
        return now;
      }
      hurryNow();
      throw new EngineDownException(engine, state);
    } finally {
      lock.unlock();
    }
  }

  private Duration acquireTimeout() {
    return starter.options().pool().acquireTimeout().orElse(DEFAULT_WAIT);
  }

  private void awaitEndOfStarting(Duration longest) {
    lock.lock();
    try {
      long left = TimeUnit.NANOSECONDS.convert(longest);
      while (state.status() == EngineState.Status.STARTING && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /** Lets the next attempt be made as soon as the last one is a second ago. */
  void hurry() {
    lock.lock();
    try {
      hurryNow();
    } finally {
      lock.unlock();
    }
  }

  private void hurryNow() {
    if (!hurried && state.status() == EngineState.Status.DOWN) {
      hurried = true;
      state = hurriedState();
      changed.signalAll();
    }
  }

  private EngineState hurriedState() {
    long left =
        TimeUnit.NANOSECONDS.convert(SHORTEST_PAUSE) - (System.nanoTime() - lastAttemptNanos);
    return new EngineState(
        state.status(),
        state.since(),
        state.reason(),
        Optional.of(Instant.now().plusNanos(Math.max(0, left))));
  }

  /** Ends the attempts. What an attempt makes that is under way is closed. */
  void close() {
    lock.lock();
    try {
      closed = true;
      state = EngineState.of(EngineState.Status.CLOSED);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (thread == Thread.currentThread()) {
      return;
    }
    thread.interrupt();
    try {
      thread.join(JOIN_MILLIS); // one that a database keeps waiting ends when that answers
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void run() {
    Duration pause = SHORTEST_PAUSE;
    Next next = attempt(true, pause);
    while (next == Next.START_AGAIN || (next == Next.PAUSE && pauseBeforeNext(pause))) {
      if (next == Next.PAUSE) {
        pause = pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
      }
      next = attempt(false, pause);
    }
  }

  private Next attempt(boolean first, Duration pause) {
    DataSource with = starter.handedIn();
    RunningEngine started;
    try {
      started = starter.start();
    } catch (RuntimeException | Error e) {
      if (starter.handedIn() != with && !isClosed()) {
        return Next.START_AGAIN; // what is wrong with the former one is nobody's business any more
      }
      return failed(e, first, pause);
    }
    // First: who waits for the end of the start finds everything in place.
    if (!up.test(started)) {
      // Whether it would be wanted by now is no question: it is closed.
      return isClosed() ? Next.NOTHING : Next.START_AGAIN;
    }
    lock.lock();
    try {
      if (!closed) { // else whoever closed it has closed what it was given, too
        running = started;
        state = EngineState.of(EngineState.Status.UP);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    return Next.NOTHING;
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private Next failed(Throwable failure, boolean first, Duration pause) {
    if (failure instanceof EngineStartException e) {
      return first && !e.isUnreachable() ? refuse(e) : failed(e.problem(), pause);
    }
    return first && failure instanceof RuntimeException wrong
        ? refuse(wrong)
        : failed(Secrets.mask(String.valueOf(failure), starter.password()), pause);
  }

  private Next refuse(RuntimeException wrong) {
    lock.lock();
    try {
      refused = wrong;
      state =
          new EngineState(
              EngineState.Status.DOWN,
              Instant.now(),
              Optional.of(Secrets.mask(String.valueOf(wrong.getMessage()), starter.password())),
              Optional.empty());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    return Next.NOTHING;
  }

  private Next failed(String reason, Duration pause) {
    boolean news;
    lock.lock();
    try {
      if (closed) {
        return Next.NOTHING;
      }
      news = state.status() == EngineState.Status.STARTING;
      state =
          new EngineState(
              EngineState.Status.DOWN,
              news ? Instant.now() : state.since(),
              Optional.of(reason),
              Optional.of(Instant.now().plus(pause)));
      lastAttemptNanos = System.nanoTime();
      if (hurried) {
        state = hurriedState(); // while the attempt was under way, which came too early for that
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (news) { // and not again: who wants to know how it stands asks for the state
      observer.engineWarning(
          engine,
          "down: "
              + reason
              + ". The engine is optional: its use fails until it has started, which is tried again"
              + " and again.");
    }
    return Next.PAUSE;
  }

  /** Returns false if the engine was closed meanwhile. */
  private boolean pauseBeforeNext(Duration pause) {
    lock.lock();
    try {
      while (!closed) {
        Duration length = hurried ? SHORTEST_PAUSE : pause;
        long left = TimeUnit.NANOSECONDS.convert(length) - (System.nanoTime() - lastAttemptNanos);
        if (left <= 0) {
          hurried = false;
          return true;
        }
        changed.awaitNanos(left);
      }
      return false;
    } catch (InterruptedException e) {
      return !closed;
    } finally {
      lock.unlock();
    }
  }
}
