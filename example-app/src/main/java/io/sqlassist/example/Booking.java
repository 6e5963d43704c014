package io.sqlassist.example;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/**
 * What an order brings in. In the ledger; never changed. Its key is the order's, so an order can't
 * be booked twice.
 */
@Entity
@Table(name = "bookings")
class Booking {

  @Id private long orderId;
  private long bookId;
  private int quantity;
  private long amountCents;

  Booking() {}

  Booking(long orderId, long bookId, int quantity, long amountCents) {
    this.orderId = orderId;
    this.bookId = bookId;
    this.quantity = quantity;
    this.amountCents = amountCents;
  }

  long orderId() {
    return orderId;
  }

  long bookId() {
    return bookId;
  }

  int quantity() {
    return quantity;
  }

  long amountCents() {
    return amountCents;
  }
}
