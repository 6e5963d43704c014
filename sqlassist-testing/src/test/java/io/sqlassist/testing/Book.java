package io.sqlassist.testing;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;

/** No two books have one title. */
@Entity
class Book {

  @Id
  @GeneratedValue(strategy = GenerationType.SEQUENCE)
  private Long id;

  @Column(unique = true, nullable = false)
  private String title;

  Book() {}

  Book(String title) {
    this.title = title;
  }

  Long id() {
    return id;
  }
}
