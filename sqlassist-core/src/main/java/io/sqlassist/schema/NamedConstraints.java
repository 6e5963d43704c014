package io.sqlassist.schema;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.hibernate.MappingException;
import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.boot.model.naming.ImplicitConstraintNameSource;
import org.hibernate.boot.model.naming.ImplicitForeignKeyNameSource;
import org.hibernate.boot.model.naming.ImplicitNameSource;
import org.hibernate.boot.model.naming.ImplicitNamingStrategy;
import org.hibernate.boot.model.naming.ImplicitNamingStrategyJpaCompliantImpl;
import org.hibernate.boot.model.relational.Database;
import org.hibernate.boot.model.relational.Namespace;
import org.hibernate.boot.registry.selector.spi.StrategySelector;
import org.hibernate.boot.spi.MetadataImplementor;
import org.hibernate.mapping.CheckConstraint;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.PrimaryKey;
import org.hibernate.mapping.Table;
import org.hibernate.mapping.UniqueKey;
import org.jspecify.annotations.Nullable;

/**
 * Gives the constraints of one engine's mapping their names by the convention. Those that Hibernate
 * asks a naming strategy for get it there; primary keys and checks, for which it asks nobody, when
 * the mapping is complete and before the factory uses it.
 */
final class NamedConstraints {

  private final Set<String> given = ConcurrentHashMap.newKeySet();

  /**
   * A naming strategy that names constraints by the convention, and leaves tables and columns to
   * another.
   *
   * @param theirs what the application has set: an object, a class, a name, or null
   */
  ImplicitNamingStrategy over(@Nullable Object theirs) {
    return (ImplicitNamingStrategy)
        Proxy.newProxyInstance(
            NamedConstraints.class.getClassLoader(),
            new Class<?>[] {ImplicitNamingStrategy.class},
            (proxy, method, arguments) -> {
              if (arguments == null || !(arguments[0] instanceof ImplicitNameSource source)) {
                return invoke(this, method, arguments); // what every object has
              }
              return source instanceof ImplicitConstraintNameSource constraint
                      && constraint.getUserProvidedIdentifier() == null
                  ? name(constraint)
                  : invoke(strategy(theirs, source), method, arguments);
            });
  }

  /** In whichever form Hibernate takes it. */
  private static ImplicitNamingStrategy strategy(
      @Nullable Object theirs, ImplicitNameSource source) {
    return theirs instanceof ImplicitNamingStrategy object
        ? object
        : source
            .getBuildingContext()
            .getBuildingOptions()
            .getServiceRegistry()
            .requireService(StrategySelector.class)
            .resolveDefaultableStrategy(
                ImplicitNamingStrategy.class,
                theirs,
                ImplicitNamingStrategyJpaCompliantImpl.INSTANCE);
  }

  private static @Nullable Object invoke(
      Object target, Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private Identifier name(ImplicitConstraintNameSource source) {
    Database database = source.getBuildingContext().getMetadataCollector().getDatabase();
    ConstraintNames names = namesFor(database);
    boolean quoted = source.getTableName().isQuoted();
    List<String> columns = new ArrayList<>();
    for (Identifier column : source.getColumnNames()) {
      quoted |= column.isQuoted();
      columns.add(column.getText());
    }
    String table = source.getTableName().getText();
    String name =
        switch (source.kind()) {
          case UNIQUE_KEY -> names.unique(table, columns);
          case INDEX -> names.index(table, columns);
          case FOREIGN_KEY -> {
            Identifier referenced =
                ((ImplicitForeignKeyNameSource) source).getReferencedTableName();
            quoted |= referenced.isQuoted();
            yield names.foreignKey(table, columns, referenced.getText());
          }
        };
    return given(database, name, quoted);
  }

  private static ConstraintNames namesFor(Database database) {
    return new ConstraintNames(database.getDialect().getMaxIdentifierLength());
  }

  private Identifier given(Database database, String name, boolean quoted) {
    Identifier identifier =
        database.getJdbcEnvironment().getIdentifierHelper().toIdentifier(name, quoted);
    given.add(identifier.render(database.getDialect()));
    return identifier;
  }

  /** Names what is left, in a mapping that is complete. */
  void complete(MetadataImplementor metadata) {
    Database database = metadata.getDatabase();
    Shared shared = new Shared();
    forEachTable(database, shared::count);
    forEachTable(database, table -> namePrimaryKey(metadata, table, shared));
    forEachTable(database, table -> nameUniqueKeys(table, shared));
    forEachTable(database, table -> nameChecks(database, table, shared));
    database.getNamespaces().forEach(this::refuseCollisions);
  }

  private static void forEachTable(Database database, Consumer<Table> action) {
    for (Namespace namespace : database.getNamespaces()) {
      for (Table table : namespace.getTables()) {
        if (table.isPhysicalTable()) {
          action.accept(table);
        }
      }
    }
  }

  /**
   * Tables of one hierarchy may share columns, checks and the primary key: one object, which can
   * have one name only. Those are left to the database.
   */
  private static final class Shared {

    private final Map<Object, Integer> tables = new IdentityHashMap<>();

    void count(Table table) {
      PrimaryKey key = table.getPrimaryKey();
      if (key != null) {
        add(key);
      }
      for (Column column : table.getColumns()) {
        add(column);
        column.getCheckConstraints().forEach(this::add);
      }
    }

    private void add(Object part) {
      tables.merge(part, 1, Integer::sum);
    }

    boolean has(Object part) {
      return tables.getOrDefault(part, 0) > 1;
    }
  }

  /** The exporter takes the name of the unique key that a primary key may be declared by. */
  private void namePrimaryKey(MetadataImplementor metadata, Table table, Shared shared) {
    PrimaryKey key = table.getPrimaryKey();
    if (key == null || shared.has(key)) {
      return;
    }
    UniqueKey declaredBy = key.getOrderingUniqueKey();
    if (declaredBy != null && declaredBy.isNameExplicit()) {
      return;
    }
    List<Column> ordered =
        declaredBy != null
            ? declaredBy.getColumns()
            : metadata
                .getMetadataBuildingOptions()
                .getColumnOrderingStrategy()
                .orderConstraintColumns(key, metadata);
    UniqueKey named = new UniqueKey(table);
    (ordered == null ? key.getColumns() : ordered).forEach(named::addColumn);
    Database database = metadata.getDatabase();
    named.setName(
        given(database, namesFor(database).primaryKey(table.getName()), table.isQuoted())
            .render(database.getDialect()));
    named.setNameExplicit(true);
    key.setOrderingUniqueKey(named);
  }

  /** What is unique without an explicit name is exported without any, if nothing is done. */
  private void nameUniqueKeys(Table table, Shared shared) {
    for (Column column : table.getColumns()) {
      String name = column.getUniqueKeyName();
      if (column.isUnique() && name != null && !table.isPrimaryKey(column) && !shared.has(column)) {
        table.getOrCreateUniqueKey(name).addColumn(column);
        column.setUnique(false); // else it would be exported with the column
      }
    }
    for (UniqueKey key : table.getUniqueKeys().values()) {
      if (given.contains(key.getName())) {
        key.setNameExplicit(true);
      }
    }
  }

  private void nameChecks(Database database, Table table, Shared shared) {
    for (Column column : table.getColumns()) {
      List<CheckConstraint> unnamed =
          column.getCheckConstraints().stream()
              .filter(check -> check.isAnonymous() && !shared.has(check))
              .toList();
      for (CheckConstraint check : unnamed) {
        nameCheck(
            database,
            table,
            check,
            unnamed.size() == 1
                ? column.getName()
                : column.getName() + "_" + ConstraintNames.hash(check.getConstraint()),
            column.isQuoted());
      }
    }
    for (CheckConstraint check : table.getChecks()) {
      if (check.isAnonymous()) {
        nameCheck(database, table, check, ConstraintNames.hash(check.getConstraint()), false);
      }
    }
  }

  private void nameCheck(
      Database database, Table table, CheckConstraint check, String constraint, boolean quoted) {
    check.setName(
        given(
                database,
                namesFor(database).check(table.getName(), constraint),
                table.isQuoted() || quoted)
            .render(database.getDialect()));
  }

  /** Else the database refuses the second, or Hibernate takes both for one. */
  private void refuseCollisions(Namespace namespace) {
    Map<String, String> owners = new HashMap<>();
    for (Table table : namespace.getTables()) {
      if (!table.isPhysicalTable()) {
        continue;
      }
      List<String> names = new ArrayList<>();
      table.getUniqueKeys().values().forEach(key -> names.add(key.getName()));
      names.addAll(table.getIndexes().keySet());
      table.getForeignKeyCollection().forEach(key -> names.add(key.getName()));
      PrimaryKey primaryKey = table.getPrimaryKey();
      if (primaryKey != null && primaryKey.getOrderingUniqueKey() != null) {
        names.add(primaryKey.getOrderingUniqueKey().getName());
      }
      for (String name : names) {
        String owner =
            owners.putIfAbsent(String.valueOf(name).toLowerCase(Locale.ROOT), table.getName());
        if (owner != null && given.contains(name)) {
          throw new MappingException(
              "The name '"
                  + name
                  + "' would be that of two constraints or indexes, of table '"
                  + owner
                  + "' and of table '"
                  + table.getName()
                  + "'. Give one of them a name in the mapping, for example @UniqueConstraint(name ="
                  + " ...), @Index(name = ...) or @ForeignKey(name = ...).");
        }
      }
    }
  }
}
