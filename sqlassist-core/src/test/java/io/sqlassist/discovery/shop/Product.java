package io.sqlassist.discovery.shop;

import jakarta.persistence.Entity;

@Entity
public class Product extends Base {

  private Money price = new Money();
  private StringBuilder note = new StringBuilder("converted");

  protected Product() {}

  public Product(long id, int cents) {
    super(id);
    price.cents = cents;
  }

  public int cents() {
    return price.cents;
  }

  public String note() {
    return note.toString();
  }
}
