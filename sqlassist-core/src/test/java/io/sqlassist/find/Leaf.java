package io.sqlassist.find;

import jakarta.persistence.Entity;

/** Its key is inherited, and of a type that only the subclass tells. */
@Entity
public class Leaf extends Grown<Long> {

  private String colour;

  protected Leaf() {}

  public Leaf(Long id, String colour) {
    this.id = id;
    this.colour = colour;
  }
}
