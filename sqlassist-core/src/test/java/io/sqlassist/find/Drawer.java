package io.sqlassist.find;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import java.io.Serializable;

/** A key of two attributes of the entity itself. */
@Entity
@IdClass(Drawer.Key.class)
public class Drawer {

  public record Key(String cabinet, int number) implements Serializable {}

  @Id private String cabinet;
  @Id private int number;
  private String label;

  protected Drawer() {}

  public Drawer(String cabinet, int number, String label) {
    this.cabinet = cabinet;
    this.number = number;
    this.label = label;
  }

  public String place() {
    return cabinet + number;
  }
}
