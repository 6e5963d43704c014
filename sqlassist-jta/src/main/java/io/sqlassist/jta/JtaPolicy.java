package io.sqlassist.jta;

import io.sqlassist.engine.PoolFigures;
import io.sqlassist.transaction.ConnectionBranch;
import io.sqlassist.transaction.TransactionPolicy;
import io.sqlassist.transaction.UnitTransaction;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The policy that all engines of one coordinator share, and so one transaction for each unit. */
final class JtaPolicy implements TransactionPolicy {

  private final Transactions transactions;
  private final Pools pools;

  JtaPolicy(Transactions transactions, Pools pools) {
    this.transactions = transactions;
    this.pools = pools;
  }

  @Override
  public UnitTransaction begin() {
    return new JtaTransaction(transactions);
  }

  @Override
  public boolean isCoordinated() {
    return true;
  }

  @Override
  public @Nullable ConnectionBranch branch(String engine) {
    JtaTransaction transaction = Acquisition.current();
    return transaction == null ? null : transaction.branch(engine);
  }

  @Override
  public void stopWaiting(Thread thread, Supplier<? extends RuntimeException> reason) {
    transactions.admission().callOff(thread, reason);
  }

  @Override
  public OptionalInt poolSize(String engine) {
    PoolFigures pool = pools.figures(engine);
    return pool == null ? OptionalInt.empty() : OptionalInt.of(pool.max());
  }

  @Override
  public Map<String, Object> hibernateSettings(String engine) {
    if (!pools.has(engine)) {
      throw new IllegalArgumentException(
          "Engine '"
              + engine
              + "' was given the policy of a JTA engine, but not its connections: on an ordinary"
              + " DataSource a rollback would leave what was written. Initialise it with"
              + " JtaCoordinator.initializeEngine(name, xaDataSource, ...).");
    }
    return Map.of(CoordinatedSessionsContributor.SETTING, new CoordinatedSessions());
  }
}
