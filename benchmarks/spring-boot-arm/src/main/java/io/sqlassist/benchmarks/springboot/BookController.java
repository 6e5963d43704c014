package io.sqlassist.benchmarks.springboot;

import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Immutable. */
@RestController
public class BookController {

  private final BookService books;

  public BookController(BookService books) {
    this.books = books;
  }

  @GetMapping("/books/{id}")
  public Book read(@PathVariable("id") long id) {
    return books.find(id).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
  }

  @PostMapping("/books")
  @ResponseStatus(HttpStatus.CREATED)
  public Map<String, Long> write() {
    return Map.of("id", books.add(new Book("New", 1)).getId());
  }
}
