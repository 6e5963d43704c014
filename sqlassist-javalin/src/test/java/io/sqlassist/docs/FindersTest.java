package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.SqlAssist;
import io.sqlassist.find.Finder;
import io.sqlassist.find.NotUniqueException;
import io.sqlassist.find.UnknownAttributeException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hibernate.query.Order;
import org.hibernate.query.SortDirection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/finders.md. */
class FindersTest {

  private long emmasId;

  @BeforeEach
  void startShop() {
    Shop.startEngines();
    emmasId =
        SqlAssist.<Long, RuntimeException>inUnit(
            db -> {
              Book emma = new Book("Emma");
              db.writer().persist(emma);
              db.writer().persist(new Book("EMMA, annotated"));
              db.writer().persist(new Book("Persuasion"));
              db.writer().persist(new Book("100% Austen"));
              return emma.id();
            });
  }

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  private static List<String> titles(List<Book> books) {
    return books.stream().map(Book::title).toList();
  }

  @Test
  void byKey() {
    long id = emmasId;
    SqlAssist.useUnit(
        db -> {
          // tag::by-key[]
          Finder<Book> books = Finder.of(db.reader(), Book.class);

          Optional<Book> emma = books.byId(id);
          List<Book> some = books.byIds(List.of(id + 2, 4711, id)); // in this order, without 4711
          // end::by-key[]
          assertThat(emma).map(Book::title).contains("Emma");
          assertThat(titles(some)).containsExactly("Persuasion", "Emma");
        });
  }

  @Test
  void byAttribute() {
    SqlAssist.useUnit(
        db -> {
          Finder<Book> books = Finder.of(db.reader(), Book.class);
          // tag::by-attribute[]
          Optional<Book> exact = books.with("title", "Emma").one();
          Optional<Book> emma = books.withIgnoringCase("title", "eMMA").one();
          Optional<Book> best = books.exactThenIgnoringCase("title", "EMMA");
          List<Book> begin = books.startingWith("title", "emma").list();
          List<Book> contain = books.containing("title", "100%").limit(20).list(); // % is a %
          // end::by-attribute[]
          assertThat(exact).map(Book::title).contains("Emma");
          assertThat(emma).isEqualTo(exact);
          assertThat(best).isEqualTo(exact);
          assertThat(titles(begin)).containsExactly("Emma", "EMMA, annotated");
          assertThat(titles(contain)).containsExactly("100% Austen");
          assertThatThrownBy(() -> books.startingWith("title", "e").one())
              .isInstanceOf(NotUniqueException.class);
        });
  }

  @Test
  void pages() {
    SqlAssist.useUnit(
        db -> {
          Finder<Book> books = Finder.of(db.reader(), Book.class);
          // tag::page[]
          List<Book> page =
              books
                  .where((book, cb) -> cb.notEqual(book.get("title"), "Persuasion"))
                  .orderBy("title desc ignoring case")
                  .offset(1)
                  .limit(20)
                  .list();
          long all = books.count();
          // end::page[]
          assertThat(titles(page)).containsExactly("Emma", "100% Austen");
          assertThat(all).isEqualTo(4);
        });
  }

  @Test
  void staticMetamodel() {
    SqlAssist.useUnit(
        db -> {
          Finder<Book> books = Finder.of(db.reader(), Book.class);
          // tag::metamodel[]
          List<Book> found =
              books
                  .startingWith(Book_.title, "emma")
                  .orderBy(Order.by(Book_.title, SortDirection.DESCENDING, true)) // ignoring case
                  .list();
          // end::metamodel[]
          assertThat(titles(found)).containsExactly("EMMA, annotated", "Emma");
          assertThatThrownBy(() -> books.orderBy("titel"))
              .isInstanceOf(UnknownAttributeException.class)
              .hasMessage(
                  "Book has no attribute 'titel'. Its attributes, the most similar first: title,"
                      + " id.");
        });
  }

  @Test
  void maps() {
    SqlAssist.useUnit(
        db -> {
          Finder<Book> books = Finder.of(db.reader(), Book.class);
          Book book = db.reader().getReference(Book.class, emmasId);
          // tag::map[]
          Map<String, Object> loaded = books.loadedToMap(book); // no SQL: of a proxy, its key
          List<String> names = books.loadedAttributes(book);
          Map<String, Object> all = books.toMap(book); // loads what is missing
          // end::map[]
          assertThat(loaded).isEqualTo(Map.of("id", emmasId));
          assertThat(names).containsExactly("id");
          assertThat(all).isEqualTo(Map.of("id", emmasId, "title", "Emma"));
        });
  }
}
