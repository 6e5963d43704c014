package io.sqlassist.jta;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.InvalidTransactionException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.UserTransaction;
import java.util.Collection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The transaction of the current unit of work, for libraries that look for it the JTA way. Where no
 * unit is current, or it has no JTA transaction, that of the thread.
 */
final class UnitTransactionManager implements TransactionManager, UserTransaction {

  private final TransactionManager threads;
  private final Supplier<EngineRegistry> registry;
  private final Collection<String> engines;

  /**
   * Creates the manager.
   *
   * @param engines names of the JTA engines; a live view
   */
  UnitTransactionManager(
      TransactionManager threads, Supplier<EngineRegistry> registry, Collection<String> engines) {
    this.threads = threads;
    this.registry = registry;
    this.engines = engines;
  }

  /** That of the current unit, begun if a JTA session is open; null if there is none. */
  @Nullable Transaction ofUnit() {
    JtaTransaction transaction = current();
    if (transaction == null) {
      return null;
    }
    transaction.begin();
    return transaction.transaction();
  }

  /** That of the current unit, begun or not. */
  private @Nullable JtaTransaction current() {
    DbSessionsContainer unit = Units.findCurrent().orElse(null);
    if (unit == null) {
      return null;
    }
    for (String engine : engines) {
      if (registry.get().find(engine).isPresent() && unit.isOpen(engine)) {
        JtaTransaction transaction = CoordinatedSession.of(unit.session(engine)).unit();
        if (transaction != null) {
          return transaction;
        }
      }
    }
    return null;
  }

  private void refuseInUnit(String what) {
    if (current() != null) {
      throw new IllegalStateException(
          what
              + " is not possible here: the JTA transaction belongs to the current unit of work,"
              + " which begins and ends it. Use commit(), rollback() or doom() of the unit, or"
              + " setRollbackOnly().");
    }
  }

  @Override
  public void begin() throws NotSupportedException, SystemException {
    refuseInUnit("begin()");
    threads.begin();
    if (threads.getStatus() == Status.STATUS_NO_TRANSACTION) {
      // A coordinator that is closed begins nothing, and says so only in its log.
      throw new IllegalStateException(
          "No JTA transaction can begin: the JtaCoordinator is closed. Close it after the last"
              + " transaction.");
    }
  }

  @Override
  public void commit()
      throws RollbackException,
          HeuristicMixedException,
          HeuristicRollbackException,
          SystemException {
    refuseInUnit("commit()");
    threads.commit();
  }

  @Override
  public void rollback() throws SystemException {
    refuseInUnit("rollback()");
    threads.rollback();
  }

  @Override
  public int getStatus() throws SystemException {
    JtaTransaction unit = current();
    if (unit == null) {
      return threads.getStatus();
    }
    Transaction begun = unit.transaction();
    return begun == null ? Status.STATUS_ACTIVE : begun.getStatus(); // it begins when it is used
  }

  @Override
  public @Nullable Transaction getTransaction() throws SystemException {
    Transaction unit = ofUnit();
    return unit == null ? threads.getTransaction() : unit;
  }

  @Override
  public void setRollbackOnly() throws SystemException {
    Transaction unit = ofUnit();
    if (unit == null) {
      threads.setRollbackOnly();
    } else {
      unit.setRollbackOnly();
    }
  }

  @Override
  public void setTransactionTimeout(int seconds) throws SystemException {
    threads.setTransactionTimeout(seconds);
  }

  @Override
  public @Nullable Transaction suspend() throws SystemException {
    refuseInUnit("suspend()");
    return threads.suspend();
  }

  @Override
  public void resume(Transaction suspended) throws InvalidTransactionException, SystemException {
    refuseInUnit("resume()");
    threads.resume(suspended);
  }
}
