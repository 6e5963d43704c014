package io.sqlassist.find;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import java.util.HashSet;
import java.util.Set;

/** Has the far sides of two associations. */
@Entity
public class Writer {

  @Id private String code;

  private String name;

  @OneToMany(mappedBy = "author")
  private Set<Tome> tomes = new HashSet<>();

  @OneToOne(mappedBy = "writer", fetch = FetchType.LAZY)
  private Portrait portrait;

  protected Writer() {}

  public Writer(String code, String name) {
    this.code = code;
    this.name = name;
  }
}
