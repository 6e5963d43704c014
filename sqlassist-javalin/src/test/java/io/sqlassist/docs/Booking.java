package io.sqlassist.docs;

import io.sqlassist.engine.OnEngine;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;

/**
 * A line in the documentation's accounts, which are another database; each order is booked once.
 */
// tag::booking[]
@Entity
@OnEngine("ledger")
public class Booking {
  // end::booking[]

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
