package io.sqlassist.engine;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.hibernate.SessionFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.spi.MappingMetamodelImplementor;

/** The tables behind an engine's entities and their collections. */
final class TableNames {

  /** A message with more would not be read. */
  private static final int SHOWN = 5;

  private TableNames() {}

  /**
   * The tables by their names as Hibernate writes them.
   *
   * @return true for those that the application may change
   */
  static Map<String, Boolean> of(SessionFactory sessionFactory) {
    MappingMetamodelImplementor mapping =
        sessionFactory.unwrap(SessionFactoryImplementor.class).getMappingMetamodel();
    Map<String, Boolean> tables = new TreeMap<>();
    mapping.forEachEntityDescriptor(
        entity -> add(tables, entity.getQuerySpaces(), entity.isMutable()));
    mapping.forEachCollectionDescriptor(
        collection -> add(tables, collection.getCollectionSpaces(), collection.isMutable()));
    return tables;
  }

  private static void add(Map<String, Boolean> tables, Serializable[] spaces, boolean mutable) {
    for (Serializable space : spaces) {
      String name = space.toString();
      if (name.indexOf(' ') < 0) { // else it is a query, of an entity that is a view
        tables.merge(name, mutable, Boolean::logicalOr);
      }
    }
  }

  static String describe(List<String> names) {
    String shown = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
    int more = names.size() - SHOWN;
    return (names.size() == 1 ? "table " : "tables ")
        + shown
        + (more > 0 ? " and " + more + " more" : "");
  }
}
