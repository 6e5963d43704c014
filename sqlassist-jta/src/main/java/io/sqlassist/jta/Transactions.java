package io.sqlassist.jta;

import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.InvalidTransactionException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Begins and ends the coordinator's transactions. Each thread is left as it was found, whether it
 * had a transaction of its own or none.
 */
final class Transactions {

  private interface Work<T> {
    T run()
        throws NotSupportedException,
            SystemException,
            RollbackException,
            HeuristicMixedException,
            HeuristicRollbackException,
            InvalidTransactionException;
  }

  private final TransactionManager manager;
  private final Duration timeout;
  private final BiConsumer<String, String> warnings;
  private final Recovery recovery;
  private final Function<String, Duration> longestWaits;

  /** Whether this thread is ending the transaction of a unit. */
  private final ThreadLocal<Boolean> ending = ThreadLocal.withInitial(() -> false);

  private final Admission admission = new Admission();
  private final ScheduledThreadPoolExecutor timer;

  /** What is due may wait for a database, and must not keep the timer from anything else. */
  private final ExecutorService workers;

  Transactions(
      TransactionManager manager,
      Duration timeout,
      Recovery recovery,
      Function<String, Duration> longestWaits,
      BiConsumer<String, String> warnings) {
    this.manager = manager;
    this.timeout = timeout;
    this.recovery = recovery;
    this.longestWaits = longestWaits;
    this.warnings = warnings;
    timer = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "sqlassist-jta-timer"));
    timer.setRemoveOnCancelPolicy(true);
    tick(timer);
    workers = Executors.newCachedThreadPool(task -> daemon(task, "sqlassist-jta-worker"));
  }

  /** Is due before every time-out: else each transaction would wake the timer, to let it wait. */
  @SuppressWarnings("FutureReturnValueIgnored") // ends with the timer
  private static void tick(ScheduledThreadPoolExecutor timer) {
    timer.scheduleWithFixedDelay(() -> {}, 1, 1, TimeUnit.SECONDS);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  Duration timeout() {
    return timeout;
  }

  Duration longestWait(String engine) {
    return longestWaits.apply(engine);
  }

  /** Called for a connection that no unit of work asks for. */
  void refuseUnderForeignTransaction() {
    try {
      if (manager.getTransaction() == null || ending.get()) {
        return;
      }
    } catch (SystemException e) {
      throw new IllegalStateException("The transaction manager does not tell its transaction", e);
    }
    throw new IllegalStateException(
        "This thread has a JTA transaction that no unit of work has begun, and a connection of a JTA"
            + " engine would not be part of it: it would commit by itself. Use the engine in a unit"
            + " of work, which begins its transaction: SqlAssist.inUnit(...).");
  }

  Admission admission() {
    return admission;
  }

  Recovery recovery() {
    return recovery;
  }

  void warn(String engine, String warning) {
    warnings.accept(engine, warning);
  }

  /** Returns what stops it. */
  Runnable after(Duration pause, Runnable work) {
    Future<?> task =
        timer.schedule(() -> workers.execute(work), pause.toNanos(), TimeUnit.NANOSECONDS);
    return () -> task.cancel(false);
  }

  Transaction begin() {
    return apart(
        () -> {
          manager.begin();
          // A coordinator that is closed begins nothing, and says so only in its log.
          Transaction begun =
              manager.getStatus() == Status.STATUS_ACTIVE ? manager.suspend() : null;
          if (begun == null) {
            throw new IllegalStateException(
                "No JTA transaction can begin: the JtaCoordinator is closed. Close it after the"
                    + " last unit of work.");
          }
          return begun;
        });
  }

  void commit(Transaction transaction) {
    apart(
        () -> {
          manager.resume(transaction);
          ending.set(true);
          try {
            manager.commit();
          } finally {
            ending.remove();
            manager.suspend();
          }
          return Boolean.TRUE;
        });
  }

  void rollback(Transaction transaction) {
    apart(
        () -> {
          manager.resume(transaction);
          ending.set(true);
          try {
            manager.rollback();
          } finally {
            ending.remove();
            manager.suspend();
          }
          return Boolean.TRUE;
        });
  }

  /** Runs work with the thread's own transaction, if it has one, set aside. */
  private <T> T apart(Work<T> work) {
    Transaction own = null;
    try {
      own = manager.suspend();
      return work.run();
    } catch (NotSupportedException
        | SystemException
        | RollbackException
        | HeuristicMixedException
        | HeuristicRollbackException
        | InvalidTransactionException e) {
      throw new CommitFailure(e);
    } finally {
      resume(own);
    }
  }

  private void resume(@Nullable Transaction own) {
    if (own != null) {
      try {
        manager.resume(own);
      } catch (InvalidTransactionException | SystemException e) {
        warn("", "the transaction that the thread had before could not be resumed: " + e);
      }
    }
  }

  void close() {
    timer.shutdownNow();
    workers.shutdown();
  }
}
