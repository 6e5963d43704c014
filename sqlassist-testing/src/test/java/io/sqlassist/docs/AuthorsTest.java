package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.SqlAssist;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.testing.MaxStatements;
import io.sqlassist.testing.SqlAssistTest;
import io.sqlassist.testing.TestDatabase;
import io.sqlassist.testing.WithDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import shop.Author;
import shop.Catalogue;
import shop.Title;

/** The code of docs/rules/testing.md. */
// tag::extension[]
@SqlAssistTest // each test is rolled back, what the application commits included
@WithDatabase(name = "authors")
class AuthorsTest {

  @BeforeAll
  static void start(TestDatabase database) {
    SqlAssist.initializeEngine(
            "writer",
            engine -> {
              database.configure(engine);
              engine.entities(Author.class, Title.class);
            })
        .createTables();
  }

  @AfterAll
  static void stop() {
    SqlAssist.shutdown();
  }

  @RepeatedTest(2) // it finds nothing of its first run
  @MaxStatements(value = 4, engine = "writer")
  void whatTheApplicationCommitsIsSeen(DbSessionsContainer db) {
    SqlAssist.useUnit(application -> application.writer().persist(new Author("Jane Austen")));

    assertThat(Catalogue.names(db.writer())).containsExactly("Jane Austen");
  }
}
// end::extension[]
