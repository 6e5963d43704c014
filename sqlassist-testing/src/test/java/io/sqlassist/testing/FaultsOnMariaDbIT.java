package io.sqlassist.testing;

import io.sqlassist.embedded.DatabaseKind;

class FaultsOnMariaDbIT extends FaultScenarios {
  FaultsOnMariaDbIT() {
    super(DatabaseKind.MARIADB);
  }
}
