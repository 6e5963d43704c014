package io.sqlassist.testing;

import io.sqlassist.embedded.DatabaseKind;

class ReplicaLagOnMariaDbIT extends LagScenarios {
  ReplicaLagOnMariaDbIT() {
    super(DatabaseKind.MARIADB);
  }
}
