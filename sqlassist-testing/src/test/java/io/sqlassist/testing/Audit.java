package io.sqlassist.testing;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** In a schema that databases spell in their own way. */
@Entity
@jakarta.persistence.Table(name = "Audit", schema = "AuditTrail")
class Audit {

  @Id private long id;

  Audit() {}

  Audit(long id) {
    this.id = id;
  }
}
