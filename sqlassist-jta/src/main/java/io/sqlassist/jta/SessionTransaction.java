package io.sqlassist.jta;

import org.hibernate.engine.jdbc.spi.JdbcCoordinator;
import org.hibernate.resource.jdbc.spi.JdbcSessionOwner;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;
import org.hibernate.resource.transaction.backend.jdbc.spi.JdbcResourceTransaction;
import org.hibernate.resource.transaction.backend.jdbc.spi.JdbcResourceTransactionAccess;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorOwner;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.jspecify.annotations.Nullable;

/**
 * What Hibernate takes for the transaction of a session's connection. While the session belongs to
 * a unit of work its end is the end of the unit's transaction; otherwise it is the connection's
 * own.
 *
 * <p>Hibernate does between its two calls here what must stand before and after a commit: checks
 * versions, tells caches and listeners.
 */
final class SessionTransaction
    implements TransactionCoordinatorOwner, JdbcResourceTransactionAccess, JdbcResourceTransaction {

  private final JdbcCoordinator session;
  private @Nullable JdbcResourceTransaction plain;
  private @Nullable Runnable commit;
  private @Nullable Runnable rollback;

  SessionTransaction(JdbcCoordinator session) {
    this.session = session;
  }

  /** From now on the unit's transaction ends in place of the connection's. */
  void join(Runnable rollback) {
    this.rollback = rollback;
  }

  void leave() {
    rollback = null;
  }

  /** Says what a commit of the unit means to this session. */
  void setCommit(@Nullable Runnable commit) {
    this.commit = commit;
  }

  /** Kept: a session that was closed by hand can't be asked for it any more. */
  private JdbcResourceTransaction plain() {
    JdbcResourceTransaction known = plain;
    if (known == null) {
      known = session.getResourceLocalTransaction();
      plain = known;
    }
    return known;
  }

  @Override
  public JdbcResourceTransaction getResourceLocalTransaction() {
    return this;
  }

  @Override
  public void begin() {
    plain().begin();
  }

  @Override
  public void commit() {
    Runnable unitsCommit = commit;
    if (unitsCommit == null) {
      plain().commit();
      return;
    }
    try {
      unitsCommit.run();
    } catch (RuntimeException | Error e) {
      disconnect();
      plain().rollback();
      throw e;
    }
    disconnect();
    plain().commit();
  }

  @Override
  public void rollback() {
    Runnable unitsRollback = rollback;
    if (unitsRollback == null) {
      plain().rollback();
      return;
    }
    try {
      unitsRollback.run();
    } finally {
      disconnect();
      plain().rollback();
    }
  }

  /** What Hibernate now does to its connection must not reach the one that is already free. */
  void disconnect() {
    LogicalConnectionImplementor connection = session.getLogicalConnection();
    if (connection.isOpen() && connection.isPhysicallyConnected()) {
      connection.manualDisconnect();
    }
  }

  @Override
  public TransactionStatus getStatus() {
    return plain().getStatus();
  }

  @Override
  public void markRollbackOnly() {
    plain().markRollbackOnly();
  }

  @Override
  public boolean isActive() {
    return session.isActive();
  }

  @Override
  public void startTransactionBoundary() {
    session.startTransactionBoundary();
  }

  @Override
  public void afterTransactionBegin() {
    session.afterTransactionBegin();
  }

  @Override
  public void beforeTransactionCompletion() {
    session.beforeTransactionCompletion();
  }

  @Override
  public void afterTransactionCompletion(boolean successful, boolean delayed) {
    session.afterTransactionCompletion(successful, delayed);
  }

  @Override
  public JdbcSessionOwner getJdbcSessionOwner() {
    return session.getJdbcSessionOwner();
  }

  @Override
  public void setTransactionTimeOut(int seconds) {
    session.setTransactionTimeOut(seconds);
  }

  @Override
  public void flushBeforeTransactionCompletion() {
    session.flushBeforeTransactionCompletion();
  }
}
