package shop;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import java.util.ArrayList;
import java.util.List;

/** No two authors have one name. */
@Entity
public class Author {

  @Id
  @GeneratedValue(strategy = GenerationType.SEQUENCE)
  private Long id;

  @Column(unique = true, nullable = false)
  private String name;

  @OneToMany(mappedBy = "author", cascade = CascadeType.ALL)
  private List<Title> titles = new ArrayList<>();

  Author() {}

  public Author(String name, String... titles) {
    this.name = name;
    for (String title : titles) {
      this.titles.add(new Title(this, title));
    }
  }

  public Long id() {
    return id;
  }

  public String name() {
    return name;
  }

  public List<Title> titles() {
    return titles;
  }
}
