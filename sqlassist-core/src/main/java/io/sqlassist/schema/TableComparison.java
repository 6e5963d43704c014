package io.sqlassist.schema;

import io.sqlassist.schema.SchemaDifference.Kind;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.boot.model.relational.Namespace;
import org.hibernate.dialect.Dialect;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.ForeignKey;
import org.hibernate.mapping.Index;
import org.hibernate.mapping.PrimaryKey;
import org.hibernate.mapping.Selectable;
import org.hibernate.mapping.Table;
import org.hibernate.mapping.UniqueKey;
import org.hibernate.tool.schema.extract.spi.ColumnInformation;
import org.hibernate.tool.schema.extract.spi.DatabaseInformation;
import org.hibernate.tool.schema.extract.spi.TableInformation;
import org.hibernate.tool.schema.internal.AbstractSchemaValidator;
import org.hibernate.tool.schema.internal.HibernateSchemaManagementTool;
import org.hibernate.tool.schema.spi.ContributableMatcher;
import org.hibernate.tool.schema.spi.ExecutionOptions;
import org.hibernate.tool.schema.spi.SchemaManagementException;
import org.jspecify.annotations.Nullable;

/**
 * Hibernate's validator, which stops at the first difference, made to go on. Keys and indexes are
 * compared by their columns: what they are called may differ.
 */
abstract class TableComparison extends AbstractSchemaValidator {

  private @Nullable Metadata metadata;
  private @Nullable DatabaseInformation database;
  private @Nullable Dialect dialect;

  TableComparison(HibernateSchemaManagementTool tool) {
    super(tool, null);
  }

  /** Called while the database can be looked at. */
  abstract void begin();

  @Override
  public void performValidation(
      Metadata metadata,
      DatabaseInformation database,
      ExecutionOptions options,
      ContributableMatcher matcher,
      Dialect dialect) {
    this.metadata = metadata;
    this.database = database;
    this.dialect = dialect;
    begin();
  }

  @Override
  protected void validateTables(
      Metadata metadata,
      DatabaseInformation database,
      ExecutionOptions options,
      ContributableMatcher matcher,
      Dialect dialect,
      Namespace namespace) {
    throw new UnsupportedOperationException("each table is compared by itself");
  }

  DatabaseInformation database() {
    return known(database);
  }

  private static <T> T known(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("The database can be looked at in begin() only.");
    }
    return value;
  }

  /** All that differs in one table. */
  List<SchemaDifference> compare(Table table, SchemaInfo schema) {
    String name = table.getName();
    TableInformation found = database().getTableInformation(table.getQualifiedTableName());
    if (found == null) {
      return List.of(
          new SchemaDifference(Kind.MISSING_TABLE, name, "The table '" + name + "' is missing."));
    }
    List<SchemaDifference> differences = new ArrayList<>();
    for (Column column : table.getColumns()) {
      compare(table, column, found, differences);
    }
    // A table of another schema than the connection's is compared by its columns only.
    schema
        .table(found.getName().getTableName().getText())
        .filter(each -> !each.isView() && !table.isView())
        .ifPresent(
            told -> {
              compareRequired(table, told, differences);
              comparePrimaryKey(table, told, differences);
              compareUniqueKeys(table, told, differences);
              compareIndexes(table, told, differences);
              compareForeignKeys(table, told, differences);
            });
    return differences;
  }

  private void compare(
      Table table, Column column, TableInformation found, List<SchemaDifference> differences) {
    ColumnInformation told = found.getColumn(Identifier.toIdentifier(column.getQuotedName()));
    String name = table.getName();
    if (told == null) {
      differences.add(
          new SchemaDifference(
              Kind.MISSING_COLUMN,
              name,
              "The column '"
                  + column.getName()
                  + "' of table '"
                  + name
                  + "' is missing; expected "
                  + column.getSqlType(known(metadata))
                  + "."));
      return;
    }
    if (isEnumTakenForText(column, told)) {
      compareNullability(table, column, told, differences);
      return;
    }
    try {
      validateColumnType(table, column, told, known(metadata), known(dialect));
    } catch (SchemaManagementException e) {
      differences.add(
          new SchemaDifference(
              Kind.COLUMN_TYPE,
              name,
              "The column '"
                  + column.getName()
                  + "' of table '"
                  + name
                  + "' has the type "
                  + told.getTypeName().toLowerCase(Locale.ROOT)
                  + "; expected "
                  + column.getSqlType(known(metadata)).toLowerCase(Locale.ROOT)
                  + "."));
    }
    compareNullability(table, column, told, differences);
  }

  /** MariaDB's driver says that an {@code enum} is a {@code char}. */
  private boolean isEnumTakenForText(Column column, ColumnInformation told) {
    return column.getSqlType(known(metadata)).toLowerCase(Locale.ROOT).startsWith("enum")
        && (told.getTypeCode() == Types.CHAR || told.getTypeCode() == Types.VARCHAR);
  }

  private static void compareNullability(
      Table table, Column column, ColumnInformation told, List<SchemaDifference> differences) {
    Boolean nullable = told.getNullable();
    boolean expected = column.isNullable() && !table.isPrimaryKey(column);
    if (nullable == null || nullable == expected) {
      return;
    }
    differences.add(
        new SchemaDifference(
            Kind.COLUMN_NULLABILITY,
            table.getName(),
            "The column '"
                + column.getName()
                + "' of table '"
                + table.getName()
                + (nullable
                    ? "' may be null; expected not null."
                    : "' must not be null; the mapping allows null.")));
  }

  private static void compareRequired(
      Table table, TableInfo told, List<SchemaDifference> differences) {
    Set<String> mapped = new HashSet<>();
    table.getColumns().forEach(column -> mapped.add(lower(column.getName())));
    for (ColumnInfo column : told.columns()) {
      if (!mapped.contains(lower(column.name()))
          && !column.isNullable()
          && !column.isIdentity()
          && column.defaultValue().isEmpty()) {
        differences.add(
            new SchemaDifference(
                Kind.UNMAPPED_REQUIRED_COLUMN,
                table.getName(),
                "The column '"
                    + column.name()
                    + "' of table '"
                    + table.getName()
                    + "' is not mapped, must not be null and has no default: inserts will fail."));
      }
    }
  }

  private static void comparePrimaryKey(
      Table table, TableInfo told, List<SchemaDifference> differences) {
    PrimaryKey key = table.getPrimaryKey();
    if (key == null) {
      return;
    }
    Set<String> expected = set(columns(key.getColumns()));
    Set<String> actual = told.primaryKey().map(each -> set(each.columns())).orElse(Set.of());
    if (!expected.equals(actual)) {
      differences.add(
          new SchemaDifference(
              Kind.PRIMARY_KEY,
              table.getName(),
              "The table '"
                  + table.getName()
                  + "' has "
                  + (actual.isEmpty() ? "no primary key" : "the primary key " + actual)
                  + "; expected "
                  + expected
                  + "."));
    }
  }

  private static void compareUniqueKeys(
      Table table, TableInfo told, List<SchemaDifference> differences) {
    Set<Set<String>> unique =
        told.indexes().stream()
            .filter(IndexInfo::isUnique)
            .map(index -> set(index.columns()))
            .collect(Collectors.toCollection(HashSet::new));
    told.primaryKey().ifPresent(key -> unique.add(set(key.columns())));
    for (UniqueKey key : table.getUniqueKeys().values()) {
      if (!unique.contains(set(columns(key.getColumns())))) {
        differences.add(
            new SchemaDifference(
                Kind.MISSING_UNIQUE,
                table.getName(),
                missing("unique constraint", key.getName(), key.getColumns(), table)));
      }
    }
  }

  private static void compareIndexes(
      Table table, TableInfo told, List<SchemaDifference> differences) {
    List<List<String>> indexes =
        told.indexes().stream()
            .map(index -> index.columns().stream().map(TableComparison::lower).toList())
            .collect(Collectors.toCollection(ArrayList::new));
    told.primaryKey()
        .ifPresent(key -> indexes.add(key.columns().stream().map(TableComparison::lower).toList()));
    for (Index index : table.getIndexes().values()) {
      List<Column> columns = new ArrayList<>();
      for (Selectable part : index.getSelectables()) {
        if (part instanceof Column column) {
          columns.add(column);
        }
      }
      boolean ofColumnsOnly = columns.size() == index.getSelectables().size();
      List<String> expected = columns(columns);
      if (ofColumnsOnly
          && indexes.stream()
              .noneMatch(
                  each ->
                      each.size() >= expected.size()
                          && each.subList(0, expected.size()).equals(expected))) {
        differences.add(
            new SchemaDifference(
                Kind.MISSING_INDEX,
                table.getName(),
                missing("index", index.getName(), columns, table)));
      }
    }
  }

  private static void compareForeignKeys(
      Table table, TableInfo told, List<SchemaDifference> differences) {
    for (ForeignKey key : table.getForeignKeyCollection()) {
      if (!key.isCreationEnabled() || !key.isPhysicalConstraint()) {
        continue;
      }
      Set<String> expected = set(columns(key.getColumns()));
      String referenced = key.getReferencedTable().getName();
      boolean there =
          told.foreignKeys().stream()
              .anyMatch(
                  each ->
                      each.referencedTable().equalsIgnoreCase(referenced)
                          && set(each.columns()).equals(expected));
      if (!there) {
        differences.add(
            new SchemaDifference(
                Kind.MISSING_FOREIGN_KEY,
                table.getName(),
                missing("foreign key", key.getName(), key.getColumns(), table)
                    + " It refers to '"
                    + referenced
                    + "'."));
      }
    }
  }

  private static String missing(String what, String name, List<Column> columns, Table table) {
    return "The "
        + what
        + " '"
        + name
        + "' on "
        + columns(columns)
        + " of table '"
        + table.getName()
        + "' is missing.";
  }

  private static List<String> columns(List<Column> columns) {
    return columns.stream().map(column -> lower(column.getName())).toList();
  }

  private static Set<String> set(List<String> names) {
    return names.stream()
        .map(TableComparison::lower)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
