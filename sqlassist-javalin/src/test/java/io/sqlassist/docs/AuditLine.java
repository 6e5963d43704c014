package io.sqlassist.docs;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;

/** What the documentation's shop writes down, whether a request succeeds or not. */
@Entity
public class AuditLine {

  @Id
  @GeneratedValue(strategy = GenerationType.SEQUENCE)
  private long id;

  private String text;

  protected AuditLine() {}

  public AuditLine(String text) {
    this.text = text;
  }

  public long id() {
    return id;
  }

  public String text() {
    return text;
  }
}
