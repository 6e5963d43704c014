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
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
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
  private final Admission admission = new Admission();
  private final ScheduledThreadPoolExecutor timer;

  Transactions(
      TransactionManager manager,
      Duration timeout,
      Recovery recovery,
      BiConsumer<String, String> warnings) {
    this.manager = manager;
    this.timeout = timeout;
    this.recovery = recovery;
    this.warnings = warnings;
    timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "sqlassist-jta-timer");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
  }

  Duration timeout() {
    return timeout;
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
    Future<?> task = timer.schedule(work, pause.toNanos(), TimeUnit.NANOSECONDS);
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
          try {
            manager.commit();
          } finally {
            manager.suspend();
          }
          return Boolean.TRUE;
        });
  }

  void rollback(Transaction transaction) {
    apart(
        () -> {
          manager.resume(transaction);
          try {
            manager.rollback();
          } finally {
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
  }
}
