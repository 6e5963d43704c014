package io.sqlassist.jta;

import jakarta.transaction.InvalidTransactionException;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** As the thread's registry, for the transaction of the current unit of work. */
final class UnitSynchronizations implements TransactionSynchronizationRegistry {

  private final UnitTransactionManager units;
  private final TransactionManager threads;
  private final TransactionSynchronizationRegistry registry;

  UnitSynchronizations(
      UnitTransactionManager units,
      TransactionManager threads,
      TransactionSynchronizationRegistry registry) {
    this.units = units;
    this.threads = threads;
    this.registry = registry;
  }

  /** Gives the thread the unit's transaction for one call. */
  private <T extends @Nullable Object> T in(Supplier<T> call) {
    Transaction unit = units.ofUnit();
    if (unit == null) {
      return call.get();
    }
    try {
      Transaction own = threads.suspend();
      try {
        threads.resume(unit);
        return call.get();
      } finally {
        threads.suspend();
        if (own != null) {
          threads.resume(own);
        }
      }
    } catch (SystemException | InvalidTransactionException e) {
      throw new IllegalStateException("The transaction of the unit of work can't be used here", e);
    }
  }

  @Override
  public @Nullable Object getTransactionKey() {
    return this.<@Nullable Object>in(registry::getTransactionKey);
  }

  @Override
  public void putResource(Object key, @Nullable Object value) {
    in(
        () -> {
          registry.putResource(key, value);
          return Boolean.TRUE;
        });
  }

  @Override
  public @Nullable Object getResource(Object key) {
    return this.<@Nullable Object>in(() -> registry.getResource(key));
  }

  @Override
  public void registerInterposedSynchronization(Synchronization synchronization) {
    in(
        () -> {
          registry.registerInterposedSynchronization(synchronization);
          return Boolean.TRUE;
        });
  }

  @Override
  public int getTransactionStatus() {
    return in(registry::getTransactionStatus);
  }

  @Override
  public void setRollbackOnly() {
    in(
        () -> {
          registry.setRollbackOnly();
          return Boolean.TRUE;
        });
  }

  @Override
  public boolean getRollbackOnly() {
    return in(registry::getRollbackOnly);
  }
}
