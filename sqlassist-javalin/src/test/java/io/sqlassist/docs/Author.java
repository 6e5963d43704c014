package io.sqlassist.docs;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.validation.constraints.NotBlank;
import java.util.ArrayList;
import java.util.List;

/** Who wrote the novels of the documentation's shop. */
@Entity
public class Author {

  @Id
  @GeneratedValue(strategy = GenerationType.SEQUENCE)
  private long id;

  @NotBlank private String name;

  @OneToMany(mappedBy = "author", cascade = CascadeType.PERSIST)
  private final List<Novel> novels = new ArrayList<>();

  protected Author() {}

  public Author(String name) {
    this.name = name;
  }

  public Novel write(String isbn, String title) {
    Novel novel = new Novel(this, isbn, title);
    novels.add(novel);
    return novel;
  }

  public long id() {
    return id;
  }

  public String name() {
    return name;
  }

  public List<Novel> novels() {
    return novels;
  }
}
