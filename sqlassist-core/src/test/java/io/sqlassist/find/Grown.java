package io.sqlassist.find;

import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;

/** Whatever has a key of some type. */
@MappedSuperclass
public class Grown<K> {
  @Id protected K id;
}
