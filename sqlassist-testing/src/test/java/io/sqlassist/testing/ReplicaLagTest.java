package io.sqlassist.testing;

import io.sqlassist.embedded.DatabaseKind;

class ReplicaLagTest extends LagScenarios {
  ReplicaLagTest() {
    super(DatabaseKind.H2);
  }
}
