package io.sqlassist.find;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.MapsId;
import jakarta.persistence.OneToOne;

/** Its key is that of another entity. */
@Entity
public class Portrait {

  @Id private String code;

  @MapsId
  @OneToOne(fetch = FetchType.LAZY)
  private Writer writer;

  protected Portrait() {}

  public Portrait(Writer writer) {
    this.writer = writer;
  }
}
