package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.sql.SQLException;
import java.time.Duration;
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

  private static Shop withALoggerElsewhere(String url) {
    Shop own = new Shop(DatabaseKind.H2);
    own.registry().remove("logger", Duration.ZERO);
    own.registry()
        .initializeEngine(
            "logger",
            Elsewhere.of(DatabaseKind.H2.fresh().dataSource(), url),
            engine ->
                engine
                    .entities(Book.class)
                    .autocommit()
                    .property("hibernate.hbm2ddl.auto", "create"));
    engines = own.registry();
    return own;
  }

  @Test
  void aDatabaseOnAnotherMachineIsRefusedBeforeAnythingIsDeletedUnlessItsHostIsNamed() {
    try (Shop own = withALoggerElsewhere("jdbc:mysql://app:secret@192.0.2.1:3306/shop")) {
      Units.useUnit(
          own.registry(),
          db -> {
            db.writer().persist(new Book("Emma"));
            db.logger().persist(new Book("line"));
          });

      assertThat(Kit.failure(ThatLeavesATransaction.class))
          .hasMessageContaining("'ThatLeavesATransaction.leaves' would delete all rows")
          .hasMessageContaining("of engine 'logger'")
          .hasMessageContaining("on '192.0.2.1'")
          .hasMessageContaining("sqlassist.testing.clean=192.0.2.1, as a system property")
          .hasMessageNotContaining("secret");
      assertThat(
              Kit.failures(
                  Kit.runWith(
                      "sqlassist.testing.clean", "192.0.2.2", ThatLeavesATransaction.class)))
          .hasSize(1);
      assertThat(own.stored("writer")).containsExactly("Emma");
      assertThat(own.stored("logger")).containsExactly("line");

      assertThat(
              Kit.failures(
                  Kit.runWith(
                      "sqlassist.testing.clean",
                      "192.0.2.2, 192.0.2.1",
                      ThatLeavesATransaction.class)))
          .isEmpty();
      assertThat(own.stored("writer")).isEmpty();
      assertThat(own.stored("logger")).isEmpty();
    }
  }

  @SqlAssistTest(
      registry = OfEngines.class,
      transactions = Transactions.SEPARATE,
      engines = {"writer"})
  static class ThatLeavesTheOtherAlone {

    @Test
    void writes(DbSessionsContainer db) {
      db.writer().persist(new Book("Emma"));
    }
  }

  @Test
  void enginesElsewhereThatTheTestMayNotUseDoNotMatter() {
    try (Shop own = withALoggerElsewhere("jdbc:postgresql://192.0.2.1/shop")) {
      Kit.succeeds(ThatLeavesTheOtherAlone.class);
      assertThat(own.stored("writer")).isEmpty();
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
