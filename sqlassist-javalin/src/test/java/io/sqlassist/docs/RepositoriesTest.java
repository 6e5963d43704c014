package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.SqlAssist;
import io.sqlassist.engine.ReadOnlyEngineException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/repositories.md. */
class RepositoriesTest {

  @BeforeEach
  void startShop() {
    Shop.startEngines();
  }

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  @Test
  void onAnyEngineOfTheUnit() {
    // tag::open[]
    SqlAssist.useUnit(
        db -> {
          Books books = db.repository(Books.class); // where Book lives: the writer
          books.insert(new Book("Emma"));
        });

    Optional<Book> emma =
        SqlAssist.inUnit(db -> db.on("reader").repository(Books.class).byTitle("Emma"));
    // end::open[]
    assertThat(emma).isPresent();
    assertThatThrownBy(
            () ->
                SqlAssist.useUnit(
                    db -> db.on("reader").repository(Books.class).insert(new Book("Sense"))))
        .isInstanceOf(ReadOnlyEngineException.class);
  }

  @Test
  void theSameOnAnotherEngine() {
    SqlAssist.useUnit(
        db -> {
          Books books = db.repository(Books.class);
          books.insert(new Book("Emma"));
          db.commit();
          // tag::using[]
          Books onReader = db.on("reader").using(books);
          // end::using[]
          assertThat(onReader.like("E%")).hasSize(1);
        });
  }
}
