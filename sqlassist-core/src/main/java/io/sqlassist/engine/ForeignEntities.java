package io.sqlassist.engine;

import java.util.function.BiFunction;
import org.hibernate.EntityNameResolver;
import org.hibernate.Hibernate;
import org.hibernate.metamodel.MappingMetamodel;
import org.jspecify.annotations.Nullable;

/**
 * Says where an object lives that is handed to a session of an engine that does not map its class.
 * Hibernate asks for the name of each object it does not know yet, on persist, merge, remove,
 * refresh and the like: there, and not in a proxy around each session. A class that is mapped here
 * costs one look into a map.
 */
final class ForeignEntities implements EntityNameResolver {

  private final String engine;
  private final MappingMetamodel mapped;
  private final BiFunction<Class<?>, String, @Nullable EntityRoutingException> misplaced;

  ForeignEntities(
      String engine,
      MappingMetamodel mapped,
      BiFunction<Class<?>, String, @Nullable EntityRoutingException> misplaced) {
    this.engine = engine;
    this.mapped = mapped;
    this.misplaced = misplaced;
  }

  @Override
  public @Nullable String resolveEntityName(Object entity) {
    if (!mapped.isEntityClass(entity.getClass())) {
      Class<?> type = Hibernate.getClassLazy(entity);
      EntityRoutingException elsewhere =
          mapped.isEntityClass(type) ? null : misplaced.apply(type, engine);
      if (elsewhere != null) {
        throw elsewhere;
      }
    }
    return null; // Hibernate finds the name
  }
}
