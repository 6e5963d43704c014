package io.sqlassist.jta;

import org.hibernate.engine.jdbc.spi.JdbcCoordinator;
import org.hibernate.resource.jdbc.spi.PhysicalConnectionHandlingMode;
import org.hibernate.resource.transaction.backend.jdbc.internal.JdbcResourceLocalTransactionCoordinatorBuilderImpl;
import org.hibernate.resource.transaction.spi.DdlTransactionIsolator;
import org.hibernate.resource.transaction.spi.TransactionCoordinator;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorBuilder;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorOwner;
import org.hibernate.tool.schema.internal.exec.JdbcContext;

/**
 * Lets Hibernate work as with plain transactions, where each session's commit is part of its unit's
 * commit. Hibernate's own way to JTA looks at the thread at every step, and loses the transaction
 * when the unit of work goes on in another thread.
 */
final class CoordinatedSessions implements TransactionCoordinatorBuilder {

  private static final long serialVersionUID = 1L;

  private static final TransactionCoordinatorBuilder PLAIN =
      JdbcResourceLocalTransactionCoordinatorBuilderImpl.INSTANCE;

  @Override
  public TransactionCoordinator buildTransactionCoordinator(
      TransactionCoordinatorOwner owner, Options options) {
    SessionTransaction transaction = new SessionTransaction((JdbcCoordinator) owner);
    return new CoordinatedSession(
        this, PLAIN.buildTransactionCoordinator(transaction, options), transaction);
  }

  @Override
  public boolean isJta() {
    return false;
  }

  @Override
  public PhysicalConnectionHandlingMode getDefaultConnectionHandlingMode() {
    return PLAIN.getDefaultConnectionHandlingMode();
  }

  @Override
  public DdlTransactionIsolator buildDdlTransactionIsolator(JdbcContext context) {
    return PLAIN.buildDdlTransactionIsolator(context);
  }
}
