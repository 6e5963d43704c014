package io.sqlassist.example;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What somebody tried, and what became of it. In the audit database, whose engine is on autocommit:
 * the line is durable as soon as it is persisted, and stays when the request fails.
 *
 * <p>It begins as {@value #STARTED} and says so for ever if the machine fails in between.
 */
@Entity
@Table(name = "audit")
class AuditLine {

  static final String STARTED = "started";

  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private long id;

  private Instant happenedAt;
  private String action;
  private long bookId;
  private String outcome;

  @SuppressWarnings("NullAway.Init") // Hibernate fills it
  AuditLine() {}

  AuditLine(String action, long bookId) {
    this.happenedAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    this.action = action;
    this.bookId = bookId;
    this.outcome = STARTED;
  }

  Instant happenedAt() {
    return happenedAt;
  }

  String action() {
    return action;
  }

  long bookId() {
    return bookId;
  }

  String outcome() {
    return outcome;
  }

  /** Reaches the database when the unit of work ends, whether it succeeds or fails. */
  void outcome(String became) {
    this.outcome = became;
  }
}
