package io.sqlassist.jta;

import io.agroal.api.transaction.TransactionAware;
import io.agroal.api.transaction.TransactionIntegration;
import java.sql.SQLException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * Takes a pool's connections into the transaction of the unit of work they are acquired for.
 *
 * <p>The integration that comes with the pool asks the thread for its transaction, and would do so
 * at every statement. Here the transaction belongs to the unit, whichever thread uses it.
 */
final class Enlistment implements TransactionIntegration {

  private final String engine;

  Enlistment(String engine) {
    this.engine = engine;
  }

  @Override
  public @Nullable TransactionAware getTransactionAware() {
    JtaTransaction transaction = Acquisition.current();
    return transaction == null ? null : transaction.connectionOf(engine);
  }

  @Override
  public void associate(TransactionAware connection, @Nullable XAResource resource)
      throws SQLException {
    JtaTransaction transaction = Acquisition.current();
    if (transaction == null) {
      connection.transactionCheckCallback(() -> false);
    } else if (transaction.connectionOf(engine) == null) {
      transaction.enlist(
          engine,
          connection,
          resource == null
              ? new LastBranch(engine, connection)
              : new Branch(engine, connection, resource));
      connection.transactionCheckCallback(transaction::isUnderWay);
    }
  }

  @Override
  public boolean disassociate(TransactionAware connection) {
    return true;
  }

  @Override
  public void addResourceRecoveryFactory(ResourceRecoveryFactory factory) {
    // Recovery has connections of its own: it must not wait for a pool that is exhausted.
  }

  @Override
  public void removeResourceRecoveryFactory(ResourceRecoveryFactory factory) {
    // as above
  }
}
