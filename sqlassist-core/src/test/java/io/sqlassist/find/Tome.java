package io.sqlassist.find;

import jakarta.persistence.Basic;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Set;

/** An entity whose attributes are named otherwise than its columns, of many kinds. */
@Entity
public class Tome {

  @Embeddable
  public static class Place {
    private String city;

    @Column(name = "room_no")
    private Integer room;

    protected Place() {}

    public Place(String city, Integer room) {
      this.city = city;
      this.room = room;
    }
  }

  @Id
  @Column(name = "tome_no")
  private long id;

  @Version
  @Column(name = "changes")
  private int version;

  @Column(name = "headline")
  private String title;

  private Integer stock;

  private BigDecimal price = BigDecimal.ONE;

  @ManyToOne(fetch = FetchType.LAZY)
  private Writer author;

  @Embedded private Place place;

  @Basic(fetch = FetchType.LAZY)
  private String notes = "long";

  @ElementCollection private Set<String> tags = new HashSet<>();

  protected Tome() {}

  public Tome(long id, String title) {
    this.id = id;
    this.title = title;
  }

  public Tome by(Writer newAuthor) {
    author = newAuthor;
    return this;
  }

  public Tome stock(Integer newStock) {
    stock = newStock;
    return this;
  }

  public Tome at(String city, Integer room) {
    place = new Place(city, room);
    return this;
  }

  public Tome tagged(String... newTags) {
    tags.addAll(Set.of(newTags));
    return this;
  }

  public long id() {
    return id;
  }

  public String title() {
    return title;
  }
}
