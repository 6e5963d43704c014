package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sqlassist.SqlAssist;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.testing.Faults;
import io.sqlassist.testing.SqlAssistTest;
import io.sqlassist.testing.Statements;
import io.sqlassist.testing.TestDatabase;
import io.sqlassist.testing.WithDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each leaves one row behind, if nobody undoes it. */
@SqlAssistTest(engines = "writer")
@WithDatabase(name = "shop")
class BookScenarios {

  static String url;

  @BeforeAll
  static void start(TestDatabase shop) {
    url = shop.jdbcUrl();
    SqlAssist.initializeEngine(
            "writer",
            engine -> {
              engine.entities(Book.class);
              shop.configure(engine);
            })
        .createTables();
  }

  @AfterAll
  static void stop() {
    SqlAssist.shutdown();
  }

  @RepeatedTest(2)
  void whatIsCommittedIsUndone(DbSessionsContainer db, Statements statements) {
    onlyOne(db);
    statements.assertAtMost("writer", 5);
  }

  @Test
  void aCommitFails(Faults faults) {
    faults.failCommit("writer");
    assertThrows(
        RuntimeException.class,
        () -> SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma"))));
  }

  @TestFactory
  DynamicTest aFactory(DbSessionsContainer db) {
    return DynamicTest.dynamicTest("one", () -> onlyOne(SqlAssist.current()));
  }

  @Nested
  class Inside {

    @Test
    void theSettingsOfTheClassAroundItCount(DbSessionsContainer db) {
      onlyOne(db);
    }
  }

  private static void onlyOne(DbSessionsContainer db) {
    SqlAssist.useUnit(other -> other.writer().persist(new Book("Emma")));
    assertEquals(
        1L,
        db.writer()
            .createSelectionQuery("select count(*) from Book", Long.class)
            .getSingleResult());
  }
}
