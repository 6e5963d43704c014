package io.sqlassist.example;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** Copies of a book that a customer has bought. In the shop database; never changed. */
@Entity
@Table(name = "orders")
class BookOrder {

  static final int MAX_QUANTITY = 1_000;
  static final int MAX_CUSTOMER = 100;

  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private long id;

  private long bookId;
  private int quantity;
  private String customer;

  @SuppressWarnings("NullAway.Init") // Hibernate fills it
  BookOrder() {}

  BookOrder(long bookId, int quantity, String customer) {
    this.bookId = bookId;
    this.quantity = quantity;
    this.customer = customer;
  }

  long id() {
    return id;
  }

  long bookId() {
    return bookId;
  }

  int quantity() {
    return quantity;
  }

  String customer() {
    return customer;
  }
}
