package io.sqlassist.benchmarks.dropwizard;

import io.dropwizard.hibernate.AbstractDAO;
import java.util.Optional;
import org.hibernate.SessionFactory;

/** Immutable. */
public final class BookDao extends AbstractDAO<Book> {

  public BookDao(SessionFactory sessions) {
    super(sessions);
  }

  Optional<Book> find(long id) {
    return Optional.ofNullable(get(id));
  }

  Book add(Book book) {
    return persist(book);
  }
}
