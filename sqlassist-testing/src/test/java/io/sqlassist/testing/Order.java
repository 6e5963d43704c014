package io.sqlassist.testing;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** In a schema whose name has to be quoted. */
@Entity
@jakarta.persistence.Table(name = "`order`", schema = "`my select`")
class Order {

  @Id private long id;

  Order() {}

  Order(long id) {
    this.id = id;
  }
}
