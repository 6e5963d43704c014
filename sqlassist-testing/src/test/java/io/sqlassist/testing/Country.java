package io.sqlassist.testing;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;

/** What every test needs. */
@Entity
class Country {

  @Id
  @GeneratedValue(strategy = GenerationType.SEQUENCE)
  private Long id;

  private String name;

  Country() {}

  Country(String name) {
    this.name = name;
  }

  Long id() {
    return id;
  }
}
