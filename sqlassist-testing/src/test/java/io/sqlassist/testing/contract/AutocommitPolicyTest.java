package io.sqlassist.testing.contract;

import io.sqlassist.engine.EngineConfig;
import io.sqlassist.transaction.TransactionPolicy;
import org.junit.jupiter.api.BeforeAll;

class AutocommitPolicyTest extends PolicyOnH2Contract {

  private final TransactionPolicy policy = TransactionPolicy.autocommit();

  @BeforeAll
  static void start() {
    store = new Store(EngineConfig::autocommit);
  }

  @Override
  protected TransactionPolicy policy() {
    return policy;
  }

  @Override
  protected boolean hasTransactions() {
    return false;
  }
}
