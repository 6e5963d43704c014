package io.sqlassist.docs;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;

/** A mail that is written with the work it tells of, and sent afterwards. */
@Entity
public class OutgoingMail {

  @Id
  @GeneratedValue(strategy = GenerationType.SEQUENCE)
  private long id;

  private String text;

  protected OutgoingMail() {}

  public OutgoingMail(String text) {
    this.text = text;
  }

  public long id() {
    return id;
  }

  public String text() {
    return text;
  }
}
