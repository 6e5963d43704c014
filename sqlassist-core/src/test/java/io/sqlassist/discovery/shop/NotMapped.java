package io.sqlassist.discovery.shop;

import jakarta.persistence.Entity;

/** Names the annotation and is no entity. */
public class NotMapped {

  public boolean isEntity(Class<?> type) {
    return type.isAnnotationPresent(Entity.class);
  }
}
