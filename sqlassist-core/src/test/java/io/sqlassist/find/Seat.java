package io.sqlassist.find;

import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;

/** A key of two columns, in an object of its own. */
@Entity
public class Seat {

  @Embeddable
  public record Key(String hall, int number) {}

  @EmbeddedId private Key key;

  private String guest;

  protected Seat() {}

  public Seat(String hall, int number, String guest) {
    this.key = new Key(hall, number);
    this.guest = guest;
  }

  public Key key() {
    return key;
  }
}
