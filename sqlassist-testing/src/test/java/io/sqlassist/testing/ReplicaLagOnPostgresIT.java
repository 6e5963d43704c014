package io.sqlassist.testing;

import io.sqlassist.embedded.DatabaseKind;

class ReplicaLagOnPostgresIT extends LagScenarios {
  ReplicaLagOnPostgresIT() {
    super(DatabaseKind.POSTGRESQL);
  }
}
