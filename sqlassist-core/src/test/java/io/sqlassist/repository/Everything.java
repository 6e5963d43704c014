package io.sqlassist.repository;

import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.Novel;
import jakarta.data.repository.Find;
import jakarta.data.repository.Insert;
import jakarta.data.repository.Repository;
import java.util.Optional;

/** Works with two entities, and is declared for neither. */
@Repository
public interface Everything {

  @Find
  Optional<Novel> novel(String isbn);

  @Insert
  void add(Book book);
}
