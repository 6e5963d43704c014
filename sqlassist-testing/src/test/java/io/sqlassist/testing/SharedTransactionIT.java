package io.sqlassist.testing;

import io.sqlassist.embedded.DatabaseKind;
import org.junit.jupiter.api.Nested;

class SharedTransactionIT {

  @Nested
  class OnPostgreSql extends SharedTransactionScenarios {
    OnPostgreSql() {
      super(DatabaseKind.POSTGRESQL);
    }
  }

  @Nested
  class OnMariaDb extends SharedTransactionScenarios {
    OnMariaDb() {
      super(DatabaseKind.MARIADB);
    }
  }
}
