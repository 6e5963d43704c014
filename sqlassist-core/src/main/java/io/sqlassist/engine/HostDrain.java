package io.sqlassist.engine;

import io.sqlassist.observe.Observer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Ends a host that begins no work any more: waits until nobody uses it, for as long as was allowed;
 * then cuts off who still does; then closes the pool, if it is ours. A commit that is on its way is
 * waited for, however long it takes: cut off in the middle nobody would know how it ended, and of
 * several engines one would stand alone.
 */
final class HostDrain implements Runnable {

  /** How long those who were cut off may take to roll back before their connections are cut. */
  private static final Duration CUT_OFF = Duration.ofSeconds(3);

  /** How long a commit may take after that before somebody is told what is waited for. */
  private static final Duration LONG_COMMIT = Duration.ofSeconds(10);

  private static final long FOR_EVER = Long.MAX_VALUE;
  private static final long FIRST_PAUSE_MILLIS = 5;
  private static final long LONGEST_PAUSE_MILLIS = 100;

  private final EngineConnections connections;
  private final EngineHost host;
  private final Duration drain;
  private final Supplier<? extends RuntimeException> reason;
  private final Observer observer;
  private final Duration cutOff;
  private final Duration longCommit;
  private final CountDownLatch hurried = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean interrupted;

  /**
   * Creates a drain.
   *
   * @param drain how long those who use the host may take
   * @param reason gives the exception of those who took longer
   */
  HostDrain(
      EngineConnections connections,
      EngineHost host,
      Duration drain,
      Supplier<? extends RuntimeException> reason,
      Observer observer) {
    this(connections, host, drain, reason, observer, CUT_OFF, LONG_COMMIT);
  }

  /**
   * Creates a drain that has other notions of what takes long.
   *
   * @param cutOff how long those who were cut off may take to roll back
   * @param longCommit how long a commit may take after that until a warning
   */
  HostDrain(
      EngineConnections connections,
      EngineHost host,
      Duration drain,
      Supplier<? extends RuntimeException> reason,
      Observer observer,
      Duration cutOff,
      Duration longCommit) {
    this.connections = connections;
    this.host = host;
    this.drain = drain;
    this.reason = reason;
    this.observer = observer;
    this.cutOff = cutOff;
    this.longCommit = longCommit;
  }

  @Override
  public void run() {
    try {
      endWork();
      host.cutOff(reason);
      host.end();
    } catch (RuntimeException e) {
      observer.engineWarning(
          host.engine(),
          "the former data source could not be closed: " + Secrets.mask(e.toString(), null));
    } finally {
      ended.countDown();
    }
    awaitUnused(FOR_EVER, () -> {}); // who is bound to it still must be refused
    connections.forget(host);
  }

  /** Returns when nobody uses the host any more, or was given a fair chance to leave it. */
  void endWork() {
    if (awaitUnused(nanos(drain), () -> {})) {
      return;
    }
    host.cutOff(reason);
    if (!isHurried() && !drain.isZero()) {
      observer.engineWarning(
          host.engine(),
          "work that began before the engine was moved or closed was not finished within "
              + drain.toMillis()
              + " ms and is rolled back. Allow more time for it, or keep units of work shorter.");
    }
    // Again and again: one that was about to hold a connection holds it a moment later.
    if (!awaitUnused(nanos(cutOff), () -> connections.cutOff(host, reason, false))) {
      endWorkNow();
    }
  }

  /** Cuts off who uses the host, and returns when no commit is on its way on it any more. */
  void endWorkNow() {
    host.cutOff(reason);
    connections.cutOff(host, reason, true); // from here on no commit begins
    if (awaitCommits(nanos(longCommit)) || isHurried()) {
      return;
    }
    observer.engineWarning(
        host.engine(),
        "a commit that began before the engine was moved or closed is still on its way, "
            + longCommit.toMillis()
            + " ms after all other work was cut off. The former data source is kept for it. Look"
            + " at what the database is waiting for.");
    awaitCommits(FOR_EVER);
  }

  private boolean isHurried() {
    return hurried.getCount() == 0;
  }

  private static long nanos(Duration duration) {
    return TimeUnit.NANOSECONDS.convert(duration);
  }

  /** Looks again and again: that nobody need tell is what makes a host cost nothing. */
  private boolean awaitUnused(long nanos, Runnable meanwhile) {
    return awaitEnd(() -> connections.isUsed(host), nanos, meanwhile);
  }

  private boolean awaitCommits(long nanos) {
    return awaitEnd(() -> connections.isCommitting(host), nanos, () -> {});
  }

  private boolean awaitEnd(BooleanSupplier goesOn, long nanos, Runnable meanwhile) {
    long begin = System.nanoTime();
    long pause = FIRST_PAUSE_MILLIS;
    while (goesOn.getAsBoolean()) {
      meanwhile.run();
      if (System.nanoTime() - begin >= nanos) {
        return false;
      }
      try {
        if (hurried.await(pause, TimeUnit.MILLISECONDS)) {
          return false;
        }
      } catch (InterruptedException e) {
        interrupted = true; // not set again here: the rest would be done in no time at all
        hurry();
      }
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }
    return true;
  }

  /** Waits for nobody any more. */
  void hurry() {
    hurried.countDown();
  }

  /** Whether a thread was interrupted that waited here, whose flag is to be set again. */
  boolean wasInterrupted() {
    return interrupted;
  }

  boolean hasEnded() {
    return ended.getCount() == 0;
  }

  /**
   * Waits for the end of the host.
   *
   * @return false if it has not ended in that time
   */
  boolean awaitEnd(long nanos) throws InterruptedException {
    return ended.await(nanos, TimeUnit.NANOSECONDS);
  }
}
