package io.sqlassist.engine;

import java.util.ArrayList;
import java.util.List;
import org.hibernate.boot.spi.SessionFactoryOptions;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.spi.MappingMetamodelImplementor;

/** Which entities an engine keeps in its second-level cache. */
final class CachedEntities {

  private CachedEntities() {}

  /** Names of entities that are cached and may change. */
  static List<String> of(Engine engine) {
    List<String> cached = new ArrayList<>();
    if (isCaching(engine)) {
      mapping(engine)
          .forEachEntityDescriptor(
              entity -> {
                if (entity.canReadFromCache() && entity.isMutable()) {
                  cached.add(entity.getEntityName());
                }
              });
    }
    return cached;
  }

  static boolean isCaching(Engine engine) {
    return options(engine).isSecondLevelCacheEnabled();
  }

  static SessionFactoryOptions options(Engine engine) {
    return engine
        .sessionFactory()
        .unwrap(SessionFactoryImplementor.class)
        .getSessionFactoryOptions();
  }

  static boolean isMapped(Engine engine, String entity) {
    return mapping(engine).findEntityDescriptor(entity) != null;
  }

  private static MappingMetamodelImplementor mapping(Engine engine) {
    return engine.sessionFactory().unwrap(SessionFactoryImplementor.class).getMappingMetamodel();
  }
}
