package io.sqlassist.docs;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Version;
import jakarta.validation.constraints.NotBlank;
import org.jspecify.annotations.Nullable;

/** What an author wrote; the publisher gives each a number of its own. */
@Entity
public class Novel {

  @Id
  @GeneratedValue(strategy = GenerationType.SEQUENCE)
  private long id;

  @Version private int version;

  @Column(unique = true, nullable = false)
  private String isbn;

  @NotBlank private String title;

  @ManyToOne(fetch = FetchType.LAZY)
  private @Nullable Author author;

  protected Novel() {}

  public Novel(@Nullable Author author, String isbn, String title) {
    this.author = author;
    this.isbn = isbn;
    this.title = title;
  }

  public long id() {
    return id;
  }

  public int version() {
    return version;
  }

  public String isbn() {
    return isbn;
  }

  public String title() {
    return title;
  }

  public @Nullable Author author() {
    return author;
  }

  public void rename(String newTitle) {
    title = newTitle;
  }
}
