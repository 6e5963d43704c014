package shop;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;

/** What an author has written. */
@Entity
public class Title {

  @Id
  @GeneratedValue(strategy = GenerationType.SEQUENCE)
  private Long id;

  @ManyToOne(fetch = FetchType.LAZY)
  private Author author;

  private String text;

  Title() {}

  Title(Author author, String text) {
    this.author = author;
    this.text = text;
  }

  public String text() {
    return text;
  }
}
