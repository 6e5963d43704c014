package io.sqlassist.benchmarks;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.annotation.AnnotationDescription;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;

/** Entities of ten columns each, as many as asked for. */
final class GeneratedEntities {

  private static final int COLUMNS = 10;

  private GeneratedEntities() {}

  static Class<?>[] make(int count) {
    Class<?>[] entities = new Class<?>[count];
    for (int i = 0; i < count; i++) {
      entities[i] = make("Generated" + i);
    }
    return entities;
  }

  private static Class<?> make(String name) {
    DynamicType.Builder<Object> type =
        new ByteBuddy()
            .subclass(Object.class)
            .name(GeneratedEntities.class.getPackageName() + "." + name)
            .annotateType(AnnotationDescription.Builder.ofType(Entity.class).build())
            .defineProperty("id", long.class)
            .annotateField(AnnotationDescription.Builder.ofType(Id.class).build());
    for (int i = 1; i < COLUMNS; i++) {
      type = type.defineProperty("column" + i, String.class);
    }
    // Into the same loader, since Hibernate makes its proxies beside the entity.
    return type.make()
        .load(GeneratedEntities.class.getClassLoader(), ClassLoadingStrategy.Default.INJECTION)
        .getLoaded();
  }
}
