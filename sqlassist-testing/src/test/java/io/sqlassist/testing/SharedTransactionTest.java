package io.sqlassist.testing;

import io.sqlassist.embedded.DatabaseKind;

class SharedTransactionTest extends SharedTransactionScenarios {

  SharedTransactionTest() {
    super(DatabaseKind.H2);
  }
}
