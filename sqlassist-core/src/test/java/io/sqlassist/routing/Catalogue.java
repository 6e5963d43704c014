package io.sqlassist.routing;

import io.sqlassist.engine.OnEngine;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.MappedSuperclass;

/** Entities with all sorts of rules, and without. */
final class Catalogue {

  private Catalogue() {}

  /** Without a rule. */
  @Entity(name = "Title")
  static class Title {
    @Id long id;
    String text;

    Title() {}

    Title(long id) {
      this.id = id;
    }
  }

  @Entity(name = "Receipt")
  @OnEngine("ledger")
  static class Receipt {
    @Id long id;

    Receipt() {}

    Receipt(long id) {
      this.id = id;
    }
  }

  interface Audited {}

  interface StrictlyAudited extends Audited {}

  interface Exported {}

  @MappedSuperclass
  static class Record {
    @Id long id;
  }

  @Entity(name = "Plain")
  @Inheritance(strategy = InheritanceType.SINGLE_TABLE)
  static class Plain extends Record implements Audited {}

  @Entity(name = "Special")
  static class Special extends Plain {}

  @Entity(name = "Strict")
  static class Strict extends Record implements StrictlyAudited {}

  @Entity(name = "Both")
  static class Both extends Record implements Audited, Exported {}

  @Entity(name = "Nameless")
  @OnEngine(" ")
  static class Nameless extends Record {}

  /** Mapped by no engine. */
  @Entity(name = "Stray")
  static class Stray extends Record {}
}
