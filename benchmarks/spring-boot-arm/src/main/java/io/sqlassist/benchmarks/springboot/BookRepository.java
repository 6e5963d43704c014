package io.sqlassist.benchmarks.springboot;

import org.springframework.data.jpa.repository.JpaRepository;

/** Thread-safe, as Spring Data makes it. */
public interface BookRepository extends JpaRepository<Book, Long> {}
