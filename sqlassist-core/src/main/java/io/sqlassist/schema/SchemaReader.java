package io.sqlassist.schema;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the tables of the schema that a connection is in, through JDBC's own catalogue. */
final class SchemaReader {

  private static final Set<Integer> SIZED =
      Set.of(
          Types.CHAR,
          Types.VARCHAR,
          Types.NCHAR,
          Types.NVARCHAR,
          Types.BINARY,
          Types.VARBINARY,
          Types.NUMERIC,
          Types.DECIMAL);

  private static final Pattern H2_PRIMARY_KEY = Pattern.compile("PRIMARY_KEY_\\w+");

  /** Types of tables that an application has made; views among them, the database's own not. */
  private static final Set<String> TABLE_TYPES =
      Set.of("TABLE", "BASE TABLE", "PARTITIONED TABLE", "VIEW", "MATERIALIZED VIEW");

  private final DatabaseMetaData database;
  private final @Nullable String catalog;
  private final @Nullable String schema;
  private final String escape;

  SchemaReader(Connection connection) throws SQLException {
    this.database = connection.getMetaData();
    this.catalog = connection.getCatalog();
    this.schema = connection.getSchema();
    this.escape = database.getSearchStringEscape();
  }

  private record Found(String name, boolean isView) {}

  SchemaInfo read(List<String> names) throws SQLException {
    Map<String, Found> all = tables();
    List<TableInfo> tables = new ArrayList<>();
    for (Found table : names.isEmpty() ? all.values() : chosen(all, names)) {
      tables.add(read(table));
    }
    return new SchemaInfo(schemaName(), tables);
  }

  private String schemaName() {
    if (schema != null) {
      return schema;
    }
    return catalog == null ? "" : catalog;
  }

  private Map<String, Found> tables() throws SQLException {
    Map<String, Found> tables = new TreeMap<>();
    try (ResultSet row = database.getTables(catalog, pattern(schema), "%", null)) {
      while (row.next()) {
        String type = String.valueOf(row.getString("TABLE_TYPE")).toUpperCase(Locale.ROOT);
        if (TABLE_TYPES.contains(type)) {
          String name = row.getString("TABLE_NAME");
          tables.put(name, new Found(name, type.endsWith("VIEW")));
        }
      }
    }
    return tables;
  }

  private Iterable<Found> chosen(Map<String, Found> all, List<String> names) {
    Map<String, Found> chosen = new TreeMap<>();
    for (String name : names) {
      Found exact = all.get(name);
      List<Found> alike =
          exact != null
              ? List.of(exact)
              : all.values().stream().filter(each -> each.name().equalsIgnoreCase(name)).toList();
      if (alike.isEmpty()) {
        throw new IllegalArgumentException(
            "There is no table '"
                + name
                + "' in the schema '"
                + schemaName()
                + "'. It has "
                + all.keySet()
                + ".");
      }
      alike.forEach(each -> chosen.put(each.name(), each));
    }
    return chosen.values();
  }

  private TableInfo read(Found table) throws SQLException {
    String name = table.name();
    List<ColumnInfo> columns = columns(name);
    if (table.isView()) {
      return new TableInfo(name, true, columns, Optional.empty(), List.of(), List.of());
    }
    Optional<KeyInfo> primaryKey = primaryKey(name);
    return new TableInfo(
        name, false, columns, primaryKey, indexes(name, primaryKey), foreignKeys(name));
  }

  private List<ColumnInfo> columns(String table) throws SQLException {
    List<ColumnInfo> columns = new ArrayList<>();
    try (ResultSet row = database.getColumns(catalog, pattern(schema), pattern(table), "%")) {
      while (row.next()) {
        int type = row.getInt("DATA_TYPE");
        boolean identity = "YES".equals(row.getString("IS_AUTOINCREMENT"));
        String defaultValue = row.getString("COLUMN_DEF");
        columns.add(
            new ColumnInfo(
                row.getString("COLUMN_NAME"),
                row.getString("TYPE_NAME"),
                type,
                SIZED.contains(type) ? row.getInt("COLUMN_SIZE") : 0,
                SIZED.contains(type) ? row.getInt("DECIMAL_DIGITS") : 0,
                row.getInt("NULLABLE") != DatabaseMetaData.columnNoNulls,
                // MariaDB's driver tells the text NULL where there is no default.
                "NULL".equals(defaultValue) ? Optional.empty() : Optional.ofNullable(defaultValue),
                identity));
      }
    }
    return columns;
  }

  private Optional<KeyInfo> primaryKey(String table) throws SQLException {
    Map<Integer, String> columns = new TreeMap<>();
    String name = null;
    try (ResultSet row = database.getPrimaryKeys(catalog, schema, table)) {
      while (row.next()) {
        columns.put(row.getInt("KEY_SEQ"), row.getString("COLUMN_NAME"));
        name = row.getString("PK_NAME");
      }
    }
    return columns.isEmpty()
        ? Optional.empty()
        : Optional.of(new KeyInfo(name == null ? "" : name, List.copyOf(columns.values())));
  }

  private List<IndexInfo> indexes(String table, Optional<KeyInfo> primaryKey) throws SQLException {
    Map<String, List<String>> columns = new TreeMap<>();
    Set<String> unique = new TreeSet<>();
    try (ResultSet row = database.getIndexInfo(catalog, schema, table, false, true)) {
      while (row.next()) {
        String name = row.getString("INDEX_NAME");
        if (name != null && row.getShort("TYPE") != DatabaseMetaData.tableIndexStatistic) {
          columns.computeIfAbsent(name, key -> new ArrayList<>()).add(row.getString("COLUMN_NAME"));
          if (!row.getBoolean("NON_UNIQUE") && isForAllRows(row.getString("FILTER_CONDITION"))) {
            unique.add(name);
          }
        }
      }
    }
    List<IndexInfo> indexes = new ArrayList<>();
    columns.forEach(
        (name, of) -> {
          boolean ofPrimaryKey =
              primaryKey.isPresent()
                  && primaryKey.get().columns().equals(of)
                  && (name.equals(primaryKey.get().name())
                      || H2_PRIMARY_KEY.matcher(name).matches());
          if (!ofPrimaryKey) {
            indexes.add(new IndexInfo(name, unique.contains(name), of));
          }
        });
    return indexes;
  }

  /** A unique index with a condition lets rows outside of it be alike. */
  private static boolean isForAllRows(@Nullable String condition) {
    return condition == null || condition.isBlank();
  }

  private List<ForeignKeyInfo> foreignKeys(String table) throws SQLException {
    record Part(String column, Optional<String> schema, String table, String referenced) {}

    Map<String, Map<Integer, Part>> keys = new TreeMap<>();
    try (ResultSet row = database.getImportedKeys(catalog, schema, table)) {
      while (row.next()) {
        Optional<String> referencedSchema =
            Optional.ofNullable(row.getString(schema == null ? "PKTABLE_CAT" : "PKTABLE_SCHEM"))
                .filter(other -> !other.equals(schemaName()));
        keys.computeIfAbsent(String.valueOf(row.getString("FK_NAME")), key -> new LinkedHashMap<>())
            .put(
                row.getInt("KEY_SEQ"),
                new Part(
                    row.getString("FKCOLUMN_NAME"),
                    referencedSchema,
                    row.getString("PKTABLE_NAME"),
                    row.getString("PKCOLUMN_NAME")));
      }
    }
    List<ForeignKeyInfo> foreignKeys = new ArrayList<>();
    keys.forEach(
        (name, parts) -> {
          List<Part> ordered = List.copyOf(new TreeMap<>(parts).values());
          foreignKeys.add(
              new ForeignKeyInfo(
                  name,
                  ordered.stream().map(Part::column).toList(),
                  ordered.get(0).schema(),
                  ordered.get(0).table(),
                  ordered.stream().map(Part::referenced).toList()));
        });
    return foreignKeys;
  }

  /** The tables that refer to one, by the names of their foreign keys. */
  Map<String, String> referringTo(String table) throws SQLException {
    Map<String, String> referring = new TreeMap<>();
    try (ResultSet row = database.getExportedKeys(catalog, schema, table)) {
      while (row.next()) {
        referring.put(String.valueOf(row.getString("FK_NAME")), row.getString("FKTABLE_NAME"));
      }
    }
    return referring;
  }

  /** A name as a pattern that matches nothing else: {@code _} and {@code %} are wildcards. */
  private @Nullable String pattern(@Nullable String name) {
    if (name == null || escape == null || escape.isEmpty()) {
      return name;
    }
    return name.replace(escape, escape + escape)
        .replace("_", escape + "_")
        .replace("%", escape + "%");
  }
}
