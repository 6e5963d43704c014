package io.sqlassist.discovery.shop.stock;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

@Entity
public class Shelf {
  @Id private long id;

  public long id() {
    return id;
  }
}
