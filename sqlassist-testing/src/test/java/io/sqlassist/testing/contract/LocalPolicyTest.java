package io.sqlassist.testing.contract;

import io.sqlassist.transaction.TransactionPolicy;
import org.junit.jupiter.api.BeforeAll;

class LocalPolicyTest extends PolicyOnH2Contract {

  private final TransactionPolicy policy = TransactionPolicy.local();

  @BeforeAll
  static void start() {
    store = new Store(engine -> {});
  }

  @Override
  protected TransactionPolicy policy() {
    return policy;
  }

  @Override
  protected boolean hasTransactions() {
    return true;
  }
}
