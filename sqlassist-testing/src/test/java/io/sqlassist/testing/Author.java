package io.sqlassist.testing;

import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToOne;
import java.util.ArrayList;
import java.util.List;

/** Refers to itself, to a country, and in a circle with {@link Portrait}. */
@Entity
class Author {

  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private Long id;

  @ManyToOne private Author teacher;
  @ManyToOne private Country country;
  @OneToOne private Portrait portrait;
  @ElementCollection private List<String> names = new ArrayList<>();

  Author() {}

  Author(Author teacher, Country country, String... names) {
    this.teacher = teacher;
    this.country = country;
    this.names.addAll(List.of(names));
  }

  Long id() {
    return id;
  }

  void show(Portrait shown) {
    portrait = shown;
  }
}
