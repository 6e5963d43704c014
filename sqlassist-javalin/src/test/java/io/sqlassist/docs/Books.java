package io.sqlassist.docs;

import jakarta.data.repository.CrudRepository;
import jakarta.data.repository.Find;
import jakarta.data.repository.Query;
import jakarta.data.repository.Repository;
import java.util.List;
import java.util.Optional;

// tag::books[]
@Repository
public interface Books extends CrudRepository<Book, Long> {

  @Find
  Optional<Book> byTitle(String title);

  @Query("where title like :pattern order by title")
  List<Book> like(String pattern);
}
// end::books[]
