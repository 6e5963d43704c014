package io.sqlassist.javalin.soak;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;

/** What the soak test writes. No request number is unique for the database: a double must show. */
final class Tables {

  private Tables() {}

  /** What a request writes, into the shop as into the ledger. */
  @Entity(name = "Entry")
  @Table(indexes = @Index(columnList = "request"))
  static class Entry {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "entry_seq")
    @SequenceGenerator(name = "entry_seq", allocationSize = 500)
    Long id;

    int request;

    protected Entry() {}

    Entry(int request) {
      this.request = request;
    }
  }

  /** What the logger writes. */
  @Entity(name = "Audit")
  static class Audit {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "audit_seq")
    @SequenceGenerator(name = "audit_seq", allocationSize = 500)
    Long id;

    int request;

    protected Audit() {}

    Audit(int request) {
      this.request = request;
    }
  }

  /** Its one row is there from the start; a second one violates the primary key. */
  @Entity(name = "Taken")
  static class Taken {
    @Id int id;

    protected Taken() {}

    Taken(int id) {
      this.id = id;
    }
  }
}
