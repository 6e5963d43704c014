package io.sqlassist.testing;

import io.sqlassist.embedded.DatabaseKind;

class FaultsOnPostgresIT extends FaultScenarios {
  FaultsOnPostgresIT() {
    super(DatabaseKind.POSTGRESQL);
  }
}
