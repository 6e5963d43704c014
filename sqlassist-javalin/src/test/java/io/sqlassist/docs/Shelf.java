package io.sqlassist.docs;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;

/** How many copies of a title the documentation's shop has. */
// tag::shelf[]
@Entity
public class Shelf {

  @Id private String title;
  private int copies;
  @Version private int version;

  protected Shelf() {}

  // end::shelf[]

  public Shelf(String title, int copies) {
    this.title = title;
    this.copies = copies;
  }

  public int copies() {
    return copies;
  }

  public void take(int wanted) {
    if (wanted > copies) {
      throw new SoldOutException();
    }
    copies -= wanted;
  }
}
