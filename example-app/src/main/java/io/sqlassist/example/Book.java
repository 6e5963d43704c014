package io.sqlassist.example;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A title of the catalogue, and how many copies are left. In the shop database. */
@Entity
@Table(name = "books")
class Book {

  static final int MAX_TEXT = 200;
  static final int MAX_PRICE_CENTS = 10_000_000;
  static final int MAX_STOCK = 1_000_000;

  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private long id;

  private String title;
  private String author;
  private int priceCents;
  private int stock;

  @SuppressWarnings("NullAway.Init") // Hibernate fills it
  Book() {}

  Book(String title, String author, int priceCents, int stock) {
    this.title = title;
    this.author = author;
    this.priceCents = priceCents;
    this.stock = stock;
  }

  long id() {
    return id;
  }

  String title() {
    return title;
  }

  String author() {
    return author;
  }

  int priceCents() {
    return priceCents;
  }

  int stock() {
    return stock;
  }
}
