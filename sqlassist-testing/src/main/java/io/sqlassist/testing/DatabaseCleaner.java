package io.sqlassist.testing;

import io.sqlassist.engine.Engine;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.SessionFactory;
import org.jspecify.annotations.Nullable;

/**
 * Empties the tables of one database: those in the schema of the engine's connections, and in the
 * schemas that its entities name. It deletes, since that is faster than to truncate where tables
 * are small, from tables that refer to others first.
 *
 * <p>For one thread, and one transaction.
 */
final class DatabaseCleaner {

  /** Triggers may write to tables that are empty already. */
  private static final int ROUNDS = 3;

  /** How many tables one statement looks into; some databases limit the columns of a row. */
  private static final int AT_ONCE = 200;

  private static final Set<String> TABLES = Set.of("TABLE", "BASE TABLE", "PARTITIONED TABLE");

  /** To what each table refers. Foreign keys change less often than tests begin. */
  private static final Map<SessionFactory, Map<Table, Set<Table>>> REFERENCES = new WeakHashMap<>();

  private final Engine engine;
  private final Connection connection;
  private final DatabaseMetaData database;
  private final KeptTables kept;
  private final MappedNames mapped;
  private final CleaningDialect dialect;

  DatabaseCleaner(Engine engine, Connection connection, KeptTables kept) throws SQLException {
    this.engine = engine;
    this.connection = connection;
    this.database = connection.getMetaData();
    this.kept = kept;
    this.mapped = MappedNames.of(engine.sessionFactory());
    this.dialect = CleaningDialect.of(database.getDatabaseProductName());
  }

  /** The tables that are to be empty. */
  List<Table> tables() throws SQLException {
    List<Table> tables = new ArrayList<>();
    String catalog = connection.getCatalog();
    String schema = connection.getSchema();
    addTables(tables, catalog, schema);
    for (String other : mapped.schemas()) {
      if (schema == null && !other.equalsIgnoreCase(catalog)) {
        addTables(tables, other, null);
      } else if (schema != null && !other.equalsIgnoreCase(schema)) {
        addTables(tables, catalog, other);
      }
    }
    return tables;
  }

  private void addTables(List<Table> tables, @Nullable String catalog, @Nullable String schema)
      throws SQLException {
    try (ResultSet row = database.getTables(catalog, pattern(schema), "%", null)) {
      while (row.next()) {
        String type = String.valueOf(row.getString("TABLE_TYPE")).toUpperCase(Locale.ROOT);
        String name = row.getString("TABLE_NAME");
        if (TABLES.contains(type) && !mapped.isGenerator(name) && !kept.contains(name)) {
          tables.add(Table.of(row.getString("TABLE_CAT"), row.getString("TABLE_SCHEM"), name));
        }
      }
    }
  }

  /** A name as a pattern that matches nothing else. */
  private @Nullable String pattern(@Nullable String name) throws SQLException {
    String escape = database.getSearchStringEscape();
    return name == null || escape == null || escape.isEmpty()
        ? name
        : name.replace(escape, escape + escape)
            .replace("_", escape + "_")
            .replace("%", escape + "%");
  }

  void clean(boolean restartSequences) throws SQLException {
    List<Table> tables = tables();
    try (Statement statement = connection.createStatement()) {
      dialect.begin(statement);
      List<Table> full = full(statement, tables);
      for (int round = 1; !full.isEmpty(); round++) {
        if (round > ROUNDS) {
          throw new IllegalStateException(
              "The tables "
                  + full
                  + " are not empty after all rows were deleted "
                  + ROUNDS
                  + " times: a trigger writes to them. Keep them: keep = {...}.");
        }
        empty(statement, full, tables);
        full = full(statement, tables);
      }
      if (restartSequences) {
        dialect.restartSequences(statement, tables, mapped.sequencesOfOthers(tables));
        mapped.forgetValuesOf(tables);
      }
    }
  }

  /** Those with at least one row. */
  private List<Table> full(Statement statement, List<Table> tables) throws SQLException {
    List<Table> full = new ArrayList<>();
    for (int from = 0; from < tables.size(); from += AT_ONCE) {
      List<Table> some = tables.subList(from, Math.min(from + AT_ONCE, tables.size()));
      List<String> questions = new ArrayList<>();
      for (Table table : some) {
        questions.add(
            "case when exists (select 1 from " + table.quoted(database) + ") then 1 else 0 end");
      }
      try (ResultSet row = statement.executeQuery("select " + String.join(", ", questions))) {
        row.next();
        for (int i = 0; i < some.size(); i++) {
          if (row.getInt(i + 1) == 1) {
            full.add(some.get(i));
          }
        }
      }
    }
    return full;
  }

  private void empty(Statement statement, List<Table> full, List<Table> all) throws SQLException {
    Set<Table> left = new LinkedHashSet<>(full);
    boolean progress = true;
    while (progress) {
      progress = false;
      for (Table table : List.copyOf(left)) {
        if (!isReferredTo(table, left)) {
          statement.executeUpdate(dialect.delete(table.quoted(database)));
          left.remove(table);
          progress = true;
        }
      }
    }
    if (!left.isEmpty()) {
      dialect.emptyCycle(statement, left, withReferring(left, all));
    }
  }

  private boolean isReferredTo(Table table, Collection<Table> by) throws SQLException {
    for (Table other : by) {
      if (references(other).contains(table)) {
        return true; // also by itself
      }
    }
    return false;
  }

  /** A cycle, and what refers to it, though that is empty. */
  private Set<Table> withReferring(Set<Table> cycle, List<Table> all) throws SQLException {
    Set<Table> closure = new LinkedHashSet<>(cycle);
    boolean grown = true;
    while (grown) {
      grown = false;
      for (Table table : all) {
        if (!closure.contains(table) && references(table).stream().anyMatch(closure::contains)) {
          grown = closure.add(table);
        }
      }
    }
    return closure;
  }

  private Set<Table> references(Table table) throws SQLException {
    Map<Table, Set<Table>> known;
    synchronized (REFERENCES) {
      known = REFERENCES.computeIfAbsent(engine.sessionFactory(), key -> new ConcurrentHashMap<>());
    }
    Set<Table> references = known.get(table);
    if (references == null) {
      references = new LinkedHashSet<>();
      try (ResultSet row =
          database.getImportedKeys(table.catalog(), table.schema(), table.name())) {
        while (row.next()) {
          references.add(
              Table.of(
                  row.getString("PKTABLE_CAT"),
                  row.getString("PKTABLE_SCHEM"),
                  row.getString("PKTABLE_NAME")));
        }
      }
      known.put(table, references);
    }
    return references;
  }
}
