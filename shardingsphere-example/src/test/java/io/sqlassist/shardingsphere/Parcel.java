package io.sqlassist.shardingsphere;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** An entity like any other: it knows nothing of shards. */
@Entity
@Table(name = "parcel")
public class Parcel {

  @Id private long id;

  private String label;

  private int weight;

  protected Parcel() {}

  public Parcel(long id, String label, int weight) {
    this.id = id;
    this.label = label;
    this.weight = weight;
  }

  public long id() {
    return id;
  }

  public String label() {
    return label;
  }
}
