package shop.model;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;

@Entity
public class Book {

  @Id @GeneratedValue Long id;
  String title;

  protected Book() {}

  public Book(String title) {
    this.title = title;
  }
}
