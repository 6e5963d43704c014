package io.sqlassist.docs;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** How many of a novel the documentation's shop has; its key is given, not generated. */
// tag::stock[]
@Entity
public class Stock {

  @Id private String isbn;
  private int copies;

  // end::stock[]

  protected Stock() {}

  public Stock(String isbn, int copies) {
    this.isbn = isbn;
    this.copies = copies;
  }

  public String isbn() {
    return isbn;
  }

  public int copies() {
    return copies;
  }
}
