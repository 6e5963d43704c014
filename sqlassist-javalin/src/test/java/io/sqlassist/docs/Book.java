package io.sqlassist.docs;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;

/** What the documentation's shop sells; no two books have one title. */
// tag::book[]
@Entity
public class Book {

  @Id
  @GeneratedValue(strategy = GenerationType.SEQUENCE)
  private long id;

  @Column(unique = true, nullable = false)
  private String title;

  protected Book() {}

  public Book(String title) {
    this.title = title;
  }

  public long id() {
    return id;
  }

  public String title() {
    return title;
  }

  public void rename(String newTitle) {
    title = newTitle;
  }
}
// end::book[]
