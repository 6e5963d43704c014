package io.sqlassist.benchmarks.dropwizard;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;

/**
 * The same as in the other servers.
 *
 * <p>Used by one thread.
 */
@Entity
public class Book {

  @Id
  @GeneratedValue(strategy = GenerationType.SEQUENCE)
  private long id;

  @Column(nullable = false)
  private String title = "";

  private int stock;

  /** For Hibernate. */
  protected Book() {}

  public Book(String title, int stock) {
    this.title = title;
    this.stock = stock;
  }

  public long getId() {
    return id;
  }

  public String getTitle() {
    return title;
  }

  public int getStock() {
    return stock;
  }
}
