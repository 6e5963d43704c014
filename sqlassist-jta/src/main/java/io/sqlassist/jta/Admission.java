package io.sqlassist.jta;

import io.sqlassist.engine.EngineBusyException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets in as many transactions as the smallest pool has connections. So whoever is in finds a
 * connection in every pool, and no two wait for each other's.
 */
final class Admission {

  private static final class Permits extends Semaphore {

    private static final long serialVersionUID = 1L;

    Permits() {
      super(Integer.MAX_VALUE, true);
    }

    void reduce(int by) {
      reducePermits(by);
    }
  }

  private final Permits permits = new Permits();
  private int size = Integer.MAX_VALUE;

  /** Another pool; those that are in already stay in. */
  synchronized void poolOf(int connections) {
    if (connections < size) {
      permits.reduce(size - connections);
      size = connections;
    }
  }

  void enter(String engine, Duration longest) {
    try {
      if (permits.tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineBusyException(engine, Duration.ZERO, null, "Interrupted.", e);
    }
    throw new EngineBusyException(
        engine,
        longest,
        null,
        "As many JTA transactions are under way as the smallest pool of a JTA engine has"
            + " connections.",
        null);
  }

  void leave() {
    permits.release();
  }
}
