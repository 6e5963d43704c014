package io.sqlassist.repository;

import io.sqlassist.fixture.Novel;
import jakarta.data.repository.CrudRepository;
import jakarta.data.repository.Find;
import jakarta.data.repository.Query;
import jakarta.data.repository.Repository;
import java.util.List;
import java.util.Optional;

/** Declared for one entity; works on a stateless session. */
@Repository
public interface Novels extends CrudRepository<Novel, Long> {

  @Find
  Optional<Novel> byIsbn(String isbn);

  @Query("where stock > :stock order by isbn")
  List<Novel> withMoreThan(int stock);
}
