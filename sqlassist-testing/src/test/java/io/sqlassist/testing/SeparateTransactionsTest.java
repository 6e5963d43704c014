package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class SeparateTransactionsTest extends SeparateTransactionsScenarios {

  private static EngineRegistry engines;

  SeparateTransactionsTest() {
    super(DatabaseKind.H2);
  }

  static final class OfEngines implements RegistrySource {
    @Override
    public EngineRegistry registry() {
      return engines;
    }
  }

  @SqlAssistTest(registry = OfEngines.class, transactions = Transactions.SEPARATE)
  static class ThatLeavesATransaction {

    @Test
    void leaves(DbSessionsContainer db) {
      db.logger().persist(new Book("line"));
      db.commit();
    }
  }

  /** H2 waits for two seconds. */
  @Test
  void aDatabaseThatCannotBeEmptiedIsToldWithItsEngineAndStopsNoOther() throws SQLException {
    try (Shop own = new Shop(DatabaseKind.H2);
        var other = own.registry().engine("writer").dataSource().getConnection()) {
      engines = own.registry();
      other.setAutoCommit(false);
      try (var statement = other.createStatement()) {
        statement.execute("insert into Book (id, title) values (-1, 'not committed')");
        own.execute("logger", "insert into Book (id, title) values (-1, 'line')");
        own.execute("writer", "insert into Book (id, title) values (-2, 'committed')");
        statement.execute("select * from Book where id = -2 for update");
      }

      assertThat(Kit.failure(ThatLeavesATransaction.class))
          .hasMessageContaining("the tables of engine 'writer' could not be emptied")
          .hasMessageContaining("Does somebody still have a transaction open there?");
      assertThat(own.stored("logger")).isEmpty();
      other.rollback();
    }
  }
}
