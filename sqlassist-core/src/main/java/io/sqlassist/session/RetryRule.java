package io.sqlassist.session;

import io.sqlassist.transaction.PartialCommitException;
import jakarta.persistence.OptimisticLockException;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.hibernate.StaleStateException;

/** Which failures go away when the block is done again, and how long to wait before. */
final class RetryRule {

  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private RetryRule() {}

  /**
   * Whether the database or the version check refused the block only because of what others did at
   * the same time.
   */
  static boolean canBeRepeated(Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
      if (cause instanceof PartialCommitException) {
        return false; // something of it may be durable
      }
      if (cause instanceof OptimisticLockException || cause instanceof StaleStateException) {
        return true;
      }
      if (cause instanceof SQLException sqlFailure && isConflict(sqlFailure)) {
        return true;
      }
    }
    return false;
  }

  /**
   * 40001 serialization failure (also MariaDB's and H2's deadlock), 40P01 PostgreSQL's deadlock,
   * 90131 H2's concurrent update; MariaDB's 1020, record has changed since last read, comes without
   * a state of its own.
   */
  private static boolean isConflict(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return switch (state) {
      case "40001", "40P01", "90131" -> true;
      default -> failure.getErrorCode() == 1020 && state.startsWith("HY");
    };
  }

  /**
   * Waits before the next attempt: twice as long each time, and a random part of it, so that those
   * who met do not meet again.
   *
   * @return false if the thread was interrupted
   */
  static boolean pause(int attempt) {
    long longest = Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(attempt, 20));
    long end = System.nanoTime() + ThreadLocalRandom.current().nextLong(1, longest + 1);
    while (System.nanoTime() - end < 0) {
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(end - System.nanoTime());
    }
    return true;
  }
}
