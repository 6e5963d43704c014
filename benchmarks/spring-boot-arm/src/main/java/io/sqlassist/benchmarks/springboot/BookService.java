package io.sqlassist.benchmarks.springboot;

import java.util.Optional;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Immutable. */
@Service
public class BookService {

  private final BookRepository books;

  public BookService(BookRepository books) {
    this.books = books;
  }

  @Transactional(readOnly = true)
  public Optional<Book> find(long id) {
    return books.findById(id);
  }

  @Transactional
  public Book add(Book book) {
    return books.save(book);
  }
}
