package io.sqlassist.docs;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;

/** What the shop of docs/testing.md sells; no two books have one title. */
@Entity(name = "Book")
class TestedBook {

  @Id @GeneratedValue private Long id;

  @Column(unique = true, nullable = false)
  private String title;

  TestedBook() {}

  TestedBook(String title) {
    this.title = title;
  }
}
