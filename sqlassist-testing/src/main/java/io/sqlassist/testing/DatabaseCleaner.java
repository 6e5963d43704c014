package io.sqlassist.testing;

import io.sqlassist.engine.Engine;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
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

  /** Tables of entities that are not in the engine's database. */
  private static final Map<SessionFactory, Set<QualifiedName>> MISSING = new WeakHashMap<>();

  private final Engine engine;
  private final Connection connection;
  private final DatabaseMetaData database;
  private final KeptTables kept;
  private final MappedNames mapped;
  private final CleaningDialect dialect;
  private Set<Table> ofExtensions = Set.of();

  DatabaseCleaner(Engine engine, Connection connection, KeptTables kept) throws SQLException {
    this.engine = engine;
    this.connection = connection;
    this.database = connection.getMetaData();
    this.kept = kept;
    this.mapped = MappedNames.of(engine.sessionFactory());
    this.dialect = CleaningDialect.of(database.getDatabaseProductName());
  }

  /** Where the tables are: where two have the same place, they have the same tables. */
  List<Object> place() throws SQLException {
    return List.of(Location.of(connection), mapped.schemas());
  }

  /**
   * The tables that are to be empty.
   *
   * @throws IllegalStateException if the entities have a table that is somewhere else, so that its
   *     rows would stay
   */
  List<Table> tables() throws SQLException {
    List<Table> tables = new ArrayList<>();
    Set<Table> seen = new LinkedHashSet<>();
    String catalog = connection.getCatalog();
    String schema = connection.getSchema();
    boolean schemas = schema != null || database.supportsSchemasInDataManipulation();
    boolean catalogs = !schemas && database.supportsCatalogsInDataManipulation();
    String current = schemas ? schema : catalog;
    try (Statement statement = connection.createStatement()) {
      ofExtensions = dialect.ofExtensions(statement);
    }
    if (current != null || !(schemas || catalogs)) { // else null would mean: of all of them
      addTables(tables, seen, catalog, schema);
    }
    Set<String> others = new LinkedHashSet<>();
    for (QualifiedName table : mapped.tables()) {
      if (table.schema() != null) {
        others.addAll(existing(table.schema(), table.schemaQuoted(), !schemas));
      }
    }
    others.remove(current);
    for (String other : others) {
      addTables(tables, seen, schemas ? catalog : other, schemas ? other : null);
    }
    refuseUnseen(seen, current);
    return tables;
  }

  /** How the database spells a schema, or on MariaDB a database; none if it has no such one. */
  private List<String> existing(String name, boolean quoted, boolean catalogs) throws SQLException {
    String spelled = name;
    if (!quoted && !database.supportsMixedCaseIdentifiers()) {
      spelled =
          database.storesUpperCaseIdentifiers()
              ? name.toUpperCase(Locale.ROOT)
              : database.storesLowerCaseIdentifiers() ? name.toLowerCase(Locale.ROOT) : name;
    }
    boolean lettersCount = database.supportsMixedCaseQuotedIdentifiers();
    List<String> existing = new ArrayList<>();
    try (ResultSet row = catalogs ? database.getCatalogs() : database.getSchemas()) {
      while (row.next()) {
        String each = row.getString(1);
        if (lettersCount ? each.equals(spelled) : each.equalsIgnoreCase(spelled)) {
          existing.add(each);
        }
      }
    }
    return existing;
  }

  private void addTables(
      List<Table> tables, Set<Table> seen, @Nullable String catalog, @Nullable String schema)
      throws SQLException {
    try (ResultSet row = database.getTables(catalog, pattern(schema), "%", null)) {
      while (row.next()) {
        String type = String.valueOf(row.getString("TABLE_TYPE")).toUpperCase(Locale.ROOT);
        String name = row.getString("TABLE_NAME");
        Table table = Table.of(row.getString("TABLE_CAT"), row.getString("TABLE_SCHEM"), name);
        seen.add(table);
        if (TABLES.contains(type)
            && !ofExtensions.contains(table)
            && !mapped.isGenerator(name)
            && !kept.contains(name)) {
          tables.add(table);
        }
      }
    }
  }

  /** Rows that stay would be found by the next tests, and nobody would know whose they are. */
  private void refuseUnseen(Set<Table> seen, @Nullable String current) throws SQLException {
    List<String> unseen = new ArrayList<>();
    for (QualifiedName table : mapped.tables()) {
      String in = table.schema() == null ? String.valueOf(current) : table.schema();
      if (seen.stream().noneMatch(each -> isCalled(each, in, table.table()))
          && exists(table)
          && !kept.contains(table.table())) {
        unseen.add(table.toString());
      }
    }
    if (!unseen.isEmpty()) {
      throw new IllegalStateException(
          "The tables "
              + unseen
              + " of its entities are not among those that were found in "
              + (current == null ? "" : "schema '" + current + "' and in ")
              + "the schemas that entities name, so their rows would stay. Name their"
              + " schema in the mapping, or keep them, keep = {...}, and empty them in @AfterEach.");
    }
  }

  private static boolean isCalled(Table table, String schema, String name) {
    String in = table.schema() == null ? table.catalog() : table.schema();
    return name.equalsIgnoreCase(table.name()) && (in == null || in.equalsIgnoreCase(schema));
  }

  /** Many mappings have tables that this database does not: those live on another engine. */
  private boolean exists(QualifiedName table) throws SQLException {
    Set<QualifiedName> missing;
    synchronized (MISSING) {
      missing =
          MISSING.computeIfAbsent(engine.sessionFactory(), key -> ConcurrentHashMap.newKeySet());
    }
    if (missing.contains(table)) {
      return false;
    }
    Savepoint before = connection.setSavepoint(); // PostgreSQL goes on from there
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "select 1 from " + table.in(database.getIdentifierQuoteString()) + " where 1 = 0");
      return true;
    } catch (SQLException e) {
      connection.rollback(before);
      missing.add(table);
      return false;
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
        empty(statement, full);
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

  private void empty(Statement statement, List<Table> full) throws SQLException {
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
      dialect.emptyCycle(statement, left);
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
