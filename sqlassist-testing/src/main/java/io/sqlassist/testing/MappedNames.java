package io.sqlassist.testing;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.hibernate.SessionFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.generator.Generator;
import org.hibernate.id.enhanced.SequenceStyleGenerator;
import org.hibernate.id.enhanced.TableGenerator;
import org.hibernate.metamodel.spi.MappingMetamodelImplementor;
import org.hibernate.persister.entity.EntityPersister;

/** What an engine's mapping says of its database. Names are compared in small letters. */
final class MappedNames {

  private final MappingMetamodelImplementor mapping;
  private final Set<QualifiedName> tables = new LinkedHashSet<>();
  private final Set<String> generators = new TreeSet<>();

  private MappedNames(MappingMetamodelImplementor mapping) {
    this.mapping = mapping;
  }

  static MappedNames of(SessionFactory factory) {
    MappedNames names =
        new MappedNames(factory.unwrap(SessionFactoryImplementor.class).getMappingMetamodel());
    names.mapping.forEachEntityDescriptor(names::add);
    names.mapping.forEachCollectionDescriptor(
        collection -> {
          for (Object table : collection.getCollectionSpaces()) {
            names.tables.add(QualifiedName.of(String.valueOf(table)));
          }
        });
    return names;
  }

  private void add(EntityPersister entity) {
    for (Object table : entity.getQuerySpaces()) {
      tables.add(QualifiedName.of(String.valueOf(table)));
    }
    Generator generator = entity.getGenerator();
    if (generator instanceof TableGenerator table) {
      generators.add(last(table.getTableName()));
    } else if (generator instanceof SequenceStyleGenerator sequence
        && !sequence.getDatabaseStructure().isPhysicalSequence()) {
      generators.add(name(sequence));
    }
  }

  private static String last(String qualified) {
    return QualifiedName.of(qualified).table().toLowerCase(Locale.ROOT);
  }

  private static String name(SequenceStyleGenerator generator) {
    return generator
        .getDatabaseStructure()
        .getPhysicalName()
        .getObjectName()
        .getText()
        .toLowerCase(Locale.ROOT);
  }

  /** Schemas, or databases on MariaDB, that entities name, as they do. */
  Set<String> schemas() {
    Set<String> schemas = new TreeSet<>();
    for (QualifiedName table : tables) {
      if (table.schema() != null) {
        schemas.add(table.schema());
      }
    }
    return schemas;
  }

  /** The tables of entities and of their collections. */
  Set<QualifiedName> tables() {
    return tables;
  }

  /** Whether a table gives keys: without its rows no key can be made any more. */
  boolean isGenerator(String table) {
    return generators.contains(table.toLowerCase(Locale.ROOT));
  }

  /** Sequences that give keys to entities in tables which are not emptied. */
  Set<String> sequencesOfOthers(List<Table> emptied) {
    Set<String> sequences = new TreeSet<>();
    mapping.forEachEntityDescriptor(
        entity -> {
          if (entity.getGenerator() instanceof SequenceStyleGenerator sequence
              && !isEmptied(entity, emptied)) {
            sequences.add(name(sequence));
          }
        });
    return sequences;
  }

  /** Hibernate takes many values from a sequence at once, and would go on giving those. */
  void forgetValuesOf(List<Table> emptied) {
    mapping.forEachEntityDescriptor(
        entity -> {
          if (entity.getGenerator() instanceof SequenceStyleGenerator sequence
              && sequence.getDatabaseStructure().isPhysicalSequence()
              && isEmptied(entity, emptied)) {
            sequence.getOptimizer().reset();
          }
        });
  }

  private static boolean isEmptied(EntityPersister entity, List<Table> emptied) {
    String root = last(String.valueOf(entity.getRootTableName()));
    return emptied.stream().anyMatch(table -> table.name().toLowerCase(Locale.ROOT).equals(root));
  }
}
