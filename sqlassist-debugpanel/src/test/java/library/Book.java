package library;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;

@Entity
public class Book {
  @Id @GeneratedValue Long id;
  String title;

  @ManyToOne(fetch = FetchType.LAZY)
  Author author;

  protected Book() {}

  Book(Author author, String title) {
    this.author = author;
    this.title = title;
  }
}
