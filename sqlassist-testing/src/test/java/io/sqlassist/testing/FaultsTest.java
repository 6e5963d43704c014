package io.sqlassist.testing;

import io.sqlassist.embedded.DatabaseKind;

class FaultsTest extends FaultScenarios {
  FaultsTest() {
    super(DatabaseKind.H2);
  }
}
