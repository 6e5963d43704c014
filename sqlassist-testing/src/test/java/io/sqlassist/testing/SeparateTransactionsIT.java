package io.sqlassist.testing;

import io.sqlassist.embedded.DatabaseKind;
import org.junit.jupiter.api.Nested;

class SeparateTransactionsIT {

  @Nested
  class OnPostgreSql extends SeparateTransactionsScenarios {
    OnPostgreSql() {
      super(DatabaseKind.POSTGRESQL);
    }
  }

  @Nested
  class OnMariaDb extends SeparateTransactionsScenarios {
    OnMariaDb() {
      super(DatabaseKind.MARIADB);
    }
  }
}
