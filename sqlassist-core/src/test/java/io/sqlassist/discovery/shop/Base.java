package io.sqlassist.discovery.shop;

import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;

@MappedSuperclass
public abstract class Base {

  @Id private long id;

  protected Base() {}

  protected Base(long id) {
    this.id = id;
  }

  public long id() {
    return id;
  }
}
