package io.sqlassist.docs;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;

/**
 * A line in the documentation's accounts, which are another database; each order is booked once.
 */
@Entity
public class Booking {

  @Id
  @GeneratedValue(strategy = GenerationType.SEQUENCE)
  private long id;

  @Column(unique = true, nullable = false)
  private String orderNumber;

  protected Booking() {}

  public Booking(String orderNumber) {
    this.orderNumber = orderNumber;
  }

  public long id() {
    return id;
  }

  public String orderNumber() {
    return orderNumber;
  }
}
