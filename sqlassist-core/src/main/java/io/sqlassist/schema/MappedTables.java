package io.sqlassist.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.hibernate.MappingException;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.model.relational.ContributableDatabaseObject;
import org.hibernate.boot.model.relational.Namespace;
import org.hibernate.boot.model.relational.Sequence;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.boot.spi.MetadataImplementor;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.generator.Generator;
import org.hibernate.id.enhanced.SequenceStyleGenerator;
import org.hibernate.id.enhanced.TableGenerator;
import org.hibernate.integrator.spi.Integrator;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.hibernate.jpa.boot.internal.EntityManagerFactoryBuilderImpl;
import org.hibernate.jpa.boot.spi.IntegratorProvider;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.ForeignKey;
import org.hibernate.mapping.Join;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Selectable;
import org.hibernate.mapping.Table;
import org.jspecify.annotations.Nullable;

/**
 * The tables that the entities of one engine are mapped to: named, made, dropped, and compared with
 * those of the database. For the engine; applications find it all there.
 *
 * <p>Thread-safe once the engine has started.
 */
public final class MappedTables {

  private final String engine;
  private final AtomicBoolean ordered = new AtomicBoolean();
  private volatile @Nullable Mapping mapping;

  private record Mapping(MetadataImplementor metadata, SessionFactoryImplementor factory) {}

  private MappedTables(String engine) {
    this.engine = engine;
  }

  /**
   * Takes part in the start of an engine.
   *
   * @param engine the engine's name
   * @param naming who names constraints
   * @param persistence the engine's configuration, complete but for what SqlAssist adds
   * @return the tables, to be used when the engine's factory is there
   */
  public static MappedTables of(
      String engine, ConstraintNaming naming, HibernatePersistenceConfiguration persistence) {
    MappedTables tables = new MappedTables(engine);
    NamedConstraints names = naming == ConstraintNaming.CONVENTION ? new NamedConstraints() : null;
    if (names != null) {
      String key = AvailableSettings.IMPLICIT_NAMING_STRATEGY;
      persistence.property(key, names.over(persistence.properties().get(key)));
    }
    Object theirs =
        persistence.properties().get(EntityManagerFactoryBuilderImpl.INTEGRATOR_PROVIDER);
    IntegratorProvider both =
        () -> {
          List<Integrator> all = new ArrayList<>();
          if (theirs != null) {
            all.addAll(provider(engine, theirs).getIntegrators());
          }
          all.add(tables.new Completion(names));
          return all;
        };
    persistence.property(EntityManagerFactoryBuilderImpl.INTEGRATOR_PROVIDER, both);
    return tables;
  }

  private static IntegratorProvider provider(String engine, Object theirs) {
    if (theirs instanceof IntegratorProvider provider) {
      return provider;
    }
    throw new IllegalArgumentException(
        "Engine '"
            + engine
            + "': the setting '"
            + EntityManagerFactoryBuilderImpl.INTEGRATOR_PROVIDER
            + "' must be an IntegratorProvider object, not "
            + theirs
            + ".");
  }

  /** Sees the mapping when it is complete, and before the factory uses it. */
  private final class Completion implements Integrator {

    private final @Nullable NamedConstraints names;

    Completion(@Nullable NamedConstraints names) {
      this.names = names;
    }

    @Override
    public void integrate(
        Metadata metadata, BootstrapContext context, SessionFactoryImplementor factory) {
      MetadataImplementor complete = (MetadataImplementor) metadata;
      refuseUnmappedColumns(complete);
      if (names != null) {
        names.complete(complete);
      }
      mapping = new Mapping(complete, factory);
    }
  }

  /** Hibernate finds out when it makes the tables, if it ever does. */
  private static void refuseUnmappedColumns(MetadataImplementor metadata) {
    for (Namespace namespace : metadata.getDatabase().getNamespaces()) {
      for (Table table : namespace.getTables()) {
        table
            .getUniqueKeys()
            .values()
            .forEach(key -> refuseUnmapped(table, "unique constraint", key.getColumns()));
        table
            .getIndexes()
            .values()
            .forEach(index -> refuseUnmapped(table, "index", index.getSelectables()));
      }
    }
  }

  private static void refuseUnmapped(
      Table table, String what, List<? extends Selectable> selectables) {
    for (Selectable each : selectables) {
      if (each instanceof Column column && table.getColumn(column) == null) {
        throw new MappingException(
            "The table '"
                + table.getName()
                + "' has no column '"
                + column.getName()
                + "', but a "
                + what
                + " on it. Its columns are "
                + table.getColumns().stream().map(Column::getName).sorted().toList()
                + ".");
      }
    }
  }

  private Mapping mapping() {
    Mapping known = mapping;
    if (known == null) {
      throw new IllegalStateException("Engine '" + engine + "' has not started.");
    }
    return known;
  }

  /** Tables are made with their columns in the order that Hibernate gives them for that. */
  private DdlStatements ddl() {
    Mapping known = mapping();
    if (ordered.compareAndSet(false, true)) {
      known.metadata().orderColumns(true);
    }
    return new DdlStatements(engine, known.metadata(), known.factory());
  }

  /**
   * Makes the tables that are not there yet, and their sequences.
   *
   * @param connections of the engine
   * @param entities whose tables; none named: all
   * @throws IllegalArgumentException if a class is no entity, or a table that one of them refers to
   *     is neither there nor asked for
   * @throws SchemaChangeException if the database refuses a statement
   */
  public void create(ConnectionProvider connections, Class<?>... entities) {
    Chosen chosen = chosen(entities);
    DdlStatements ddl = ddl();
    Set<ContributableDatabaseObject> missing = new LinkedHashSet<>(chosen.objects());
    missing.removeAll(ddl.existing(chosen.objects()));
    refuseMissingReferences(ddl, missing);
    if (!missing.isEmpty()) {
      ddl.run(connections, ddl.create(missing));
    }
  }

  private void refuseMissingReferences(
      DdlStatements ddl, Set<ContributableDatabaseObject> toBeMade) {
    Set<ContributableDatabaseObject> referenced = new LinkedHashSet<>();
    forEachForeignKey(
        toBeMade,
        key -> {
          if (!toBeMade.contains(key.getReferencedTable())) {
            referenced.add(key.getReferencedTable());
          }
        });
    Set<ContributableDatabaseObject> absent = new LinkedHashSet<>(referenced);
    absent.removeAll(ddl.existing(referenced));
    if (absent.isEmpty()) {
      return;
    }
    List<String> missing = new ArrayList<>();
    forEachForeignKey(
        toBeMade,
        key -> {
          if (absent.contains(key.getReferencedTable())) {
            missing.add(
                "'"
                    + key.getTable().getName()
                    + "' refers to '"
                    + key.getReferencedTable().getName()
                    + "' ("
                    + key.getName()
                    + ")");
          }
        });
    throw new IllegalArgumentException(
        "Engine '"
            + engine
            + "': these tables can't be made without those that they refer to: "
            + String.join(", ", missing)
            + ". Name the entities of "
            + absent.stream()
                .map(table -> "'" + ((Table) table).getName() + "'")
                .collect(Collectors.joining(", "))
            + ", too, or call createTables() for all.");
  }

  private static void forEachForeignKey(
      Collection<ContributableDatabaseObject> objects,
      java.util.function.Consumer<ForeignKey> action) {
    for (ContributableDatabaseObject object : objects) {
      if (object instanceof Table table) {
        for (ForeignKey key : table.getForeignKeyCollection()) {
          if (key.isCreationEnabled() && key.isPhysicalConstraint()) {
            action.accept(key);
          }
        }
      }
    }
  }

  /**
   * Drops tables, and the sequences that no other entity uses.
   *
   * @param connections of the engine
   * @param entities whose tables; none named: all
   * @throws IllegalArgumentException if a class is no entity
   * @throws IllegalStateException if another table refers to one of them; nothing is dropped
   * @throws SchemaChangeException if the database refuses a statement
   */
  public void drop(ConnectionProvider connections, Class<?>... entities) {
    Chosen chosen = chosen(entities);
    DdlStatements ddl = ddl();
    Set<ContributableDatabaseObject> doomed = new LinkedHashSet<>(chosen.objects());
    doomed.removeAll(chosen.sharedWithOthers());
    Set<ContributableDatabaseObject> existing = ddl.existing(doomed);
    List<String> statements = new ArrayList<>(keysOfOtherNames(connections, existing, ddl));
    statements.addAll(ddl.drop(doomed, chosen.isAll()));
    ddl.run(connections, statements);
  }

  /**
   * Refuses to drop what other tables refer to.
   *
   * @return what drops the foreign keys between the tables that Hibernate would not drop
   */
  private List<String> keysOfOtherNames(
      ConnectionProvider connections, Set<ContributableDatabaseObject> doomed, DdlStatements ddl) {
    Set<String> mapped = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    if (ddl.dropsMappedForeignKeys()) {
      forEachForeignKey(doomed, key -> mapped.add(key.getName()));
    }
    List<String> statements = new ArrayList<>();
    Set<String> names =
        doomed.stream()
            .filter(Table.class::isInstance)
            .map(table -> ((Table) table).getName().toLowerCase(Locale.ROOT))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> referring = new TreeSet<>();
    DdlStatements.use(
        engine,
        connections,
        connection -> {
          SchemaReader reader = new SchemaReader(connection);
          for (TableInfo table : reader.read(List.of()).tables()) {
            if (names.contains(table.name().toLowerCase(Locale.ROOT))) {
              for (Map.Entry<String, String> key : reader.referringTo(table.name()).entrySet()) {
                if (!names.contains(key.getValue().toLowerCase(Locale.ROOT))) {
                  referring.add(
                      "'"
                          + key.getValue()
                          + "' refers to '"
                          + table.name()
                          + "' ("
                          + key.getKey()
                          + ")");
                } else if (!mapped.contains(key.getKey())) {
                  statements.add(ddl.dropForeignKey(key.getValue(), key.getKey()));
                }
              }
            }
          }
        });
    if (!referring.isEmpty()) {
      throw new IllegalStateException(
          "Engine '"
              + engine
              + "': nothing was dropped, because other tables refer to these: "
              + String.join(", ", referring)
              + ". Drop those first, or together with these.");
    }
    return statements;
  }

  /**
   * Compares the database with the mapping, and changes nothing.
   *
   * @param connections of the engine
   * @param entities whose tables; none named: all
   * @return everything that differs
   * @throws IllegalArgumentException if a class is no entity
   */
  public SchemaReport compare(ConnectionProvider connections, Class<?>... entities) {
    Chosen chosen = chosen(entities);
    DdlStatements ddl = ddl();
    // First, and given back: Hibernate takes a connection of its own to compare the columns.
    SchemaInfo told = reflect(engine, connections);
    List<SchemaDifference> differences = ddl.compare(chosen.objects(), told);
    return new SchemaReport(engine, differences);
  }

  /**
   * Reads the tables of a database.
   *
   * @param engine the engine's name
   * @param connections of the engine
   * @param names of tables; none named: all
   * @return what the database tells
   * @throws IllegalArgumentException if there is no table of one of the names
   */
  public static SchemaInfo reflect(String engine, ConnectionProvider connections, String... names) {
    List<SchemaInfo> read = new ArrayList<>(1);
    DdlStatements.use(
        engine, connections, connection -> read.add(SchemaInfo.read(connection, names)));
    return read.get(0);
  }

  /**
   * What some entities are mapped to.
   *
   * @param sharedWithOthers those of the objects that other entities use, too
   */
  private record Chosen(
      Set<ContributableDatabaseObject> objects,
      Set<ContributableDatabaseObject> sharedWithOthers,
      boolean isAll) {}

  private Chosen chosen(Class<?>... types) {
    MetadataImplementor metadata = mapping().metadata();
    if (types.length == 0) {
      Set<ContributableDatabaseObject> all = new LinkedHashSet<>();
      for (Namespace namespace : metadata.getDatabase().getNamespaces()) {
        for (Table table : namespace.getTables()) {
          if (table.isPhysicalTable()) {
            all.add(table);
          }
        }
        namespace.getSequences().forEach(all::add);
      }
      return new Chosen(all, Set.of(), true);
    }
    Set<PersistentClass> entities = new LinkedHashSet<>();
    for (Class<?> type : types) {
      List<PersistentClass> found =
          metadata.getEntityBindings().stream()
              .filter(each -> each.getMappedClass() != null)
              .filter(each -> type.isAssignableFrom(each.getMappedClass()))
              .toList();
      if (found.isEmpty()) {
        throw new IllegalArgumentException(
            "Engine '"
                + engine
                + "' maps no entity "
                + type.getName()
                + ". It maps "
                + metadata.getEntityBindings().stream()
                    .map(PersistentClass::getJpaEntityName)
                    .sorted()
                    .toList()
                + ".");
      }
      entities.addAll(found);
    }
    Set<ContributableDatabaseObject> objects = new LinkedHashSet<>();
    entities.forEach(each -> addTables(metadata, each, objects));
    Set<ContributableDatabaseObject> generators = new LinkedHashSet<>();
    entities.forEach(each -> addGenerators(metadata, each, generators));
    objects.addAll(generators);
    Set<ContributableDatabaseObject> ofOthers = new LinkedHashSet<>();
    for (PersistentClass each : metadata.getEntityBindings()) {
      if (!entities.contains(each)) {
        addGenerators(metadata, each, ofOthers);
      }
    }
    ofOthers.retainAll(generators);
    return new Chosen(objects, ofOthers, false);
  }

  private static void addTables(
      MetadataImplementor metadata, PersistentClass entity, Set<ContributableDatabaseObject> to) {
    for (PersistentClass each = entity; each != null; each = each.getSuperclass()) {
      addPhysical(each.getTable(), to);
      for (Join join : each.getJoins()) {
        addPhysical(join.getTable(), to);
      }
      PersistentClass owner = each;
      metadata.getCollectionBindings().stream()
          .filter(collection -> collection.getOwner() == owner)
          .filter(collection -> !collection.isOneToMany() && !collection.isInverse())
          .forEach(collection -> addPhysical(collection.getCollectionTable(), to));
    }
  }

  private static void addPhysical(@Nullable Table table, Set<ContributableDatabaseObject> to) {
    if (table != null && table.isPhysicalTable()) {
      to.add(table);
    }
  }

  private void addGenerators(
      MetadataImplementor metadata, PersistentClass entity, Set<ContributableDatabaseObject> to) {
    Generator generator =
        mapping()
            .factory()
            .getMappingMetamodel()
            .getEntityDescriptor(entity.getEntityName())
            .getGenerator();
    String name;
    if (generator instanceof SequenceStyleGenerator sequence) {
      name = sequence.getDatabaseStructure().getPhysicalName().getObjectName().getText();
    } else if (generator instanceof TableGenerator table) {
      name = table.getTableName();
    } else {
      return;
    }
    for (Namespace namespace : metadata.getDatabase().getNamespaces()) {
      for (Sequence sequence : namespace.getSequences()) {
        if (sequence.getName().getSequenceName().getText().equalsIgnoreCase(name)) {
          to.add(sequence);
        }
      }
      for (Table table : namespace.getTables()) {
        if (table.getName().equalsIgnoreCase(name)) {
          to.add(table);
        }
      }
    }
  }

  /** The settings under which Hibernate's tools do no more than they are asked for. */
  static Map<String, Object> toolSettings(SessionFactoryImplementor factory) {
    Map<String, Object> settings = new java.util.HashMap<>(factory.getProperties());
    settings.keySet().removeIf(key -> key.contains("load-script") || key.contains("import_files"));
    settings.put(AvailableSettings.HBM2DDL_SKIP_DEFAULT_IMPORT_FILE, true);
    settings.remove(AvailableSettings.HBM2DDL_DELIMITER);
    settings.put(AvailableSettings.FORMAT_SQL, false);
    return settings;
  }
}
