package io.sqlassist.testing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What databases do differently when their tables are emptied. */
enum CleaningDialect {
  H2 {
    @Override
    void emptyCycle(Statement statement, Set<Table> cycle) throws SQLException {
      List<String> off = new ArrayList<>();
      List<String> on = new ArrayList<>();
      for (Table table : cycle) {
        String checks =
            "alter table "
                + quoted(statement.getConnection(), table)
                + " set referential_integrity ";
        off.add(checks + "false");
        on.add(checks + "true");
      }
      deleteUnchecked(statement, cycle, off, on);
    }

    @Override
    void restartSequences(Statement statement, List<Table> tables, Set<String> others)
        throws SQLException {
      Connection connection = statement.getConnection();
      for (String schema : schemas(tables)) {
        for (String sequence :
            names(
                statement,
                "select sequence_name from information_schema.sequences where sequence_schema = '"
                    + text(schema)
                    + "'")) {
          if (!others.contains(sequence.toLowerCase(Locale.ROOT))) {
            statement.execute(
                "alter sequence "
                    + quoted(connection, new Table(null, schema, sequence))
                    + " restart");
          }
        }
      }
      for (Table table : tables) {
        for (String column :
            names(
                statement,
                "select column_name from information_schema.columns where is_identity = 'YES' and"
                    + " table_schema = '"
                    + text(String.valueOf(table.schema()))
                    + "' and table_name = '"
                    + text(table.name())
                    + "'")) {
          statement.execute(
              "alter table "
                  + quoted(connection, table)
                  + " alter column "
                  + Table.quoted(column, "\"")
                  + " restart");
        }
      }
    }
  },

  POSTGRESQL {
    @Override
    void begin(Statement statement) throws SQLException {
      statement.execute("set local lock_timeout = '" + LONGEST_WAIT_SECONDS + "s'");
    }

    @Override
    Set<Table> ofExtensions(Statement statement) throws SQLException {
      Set<Table> tables = new LinkedHashSet<>();
      try (ResultSet row =
          statement.executeQuery(
              "select n.nspname, c.relname from pg_depend d join pg_class c on c.oid = d.objid join"
                  + " pg_namespace n on n.oid = c.relnamespace where d.classid ="
                  + " 'pg_class'::regclass and d.deptype = 'e' and c.relkind in ('r', 'p')")) {
        while (row.next()) {
          tables.add(new Table(null, row.getString(1), row.getString(2)));
        }
      }
      return tables;
    }

    /**
     * In one statement, since foreign keys are checked at the end of each. To truncate would be
     * refused where a table that is kept refers to one of these, also if it has no rows.
     */
    @Override
    void emptyCycle(Statement statement, Set<Table> cycle) throws SQLException {
      List<String> deletions = new ArrayList<>();
      for (Table table : cycle) {
        deletions.add(
            "d"
                + deletions.size()
                + " as ("
                + delete(quoted(statement.getConnection(), table))
                + ")");
      }
      statement.execute("with " + String.join(", ", deletions) + " select 1");
    }

    /** A sequence that belongs to a column, as that of a {@code serial}, goes with the table. */
    @Override
    void restartSequences(Statement statement, List<Table> tables, Set<String> others)
        throws SQLException {
      for (String schema : schemas(tables)) {
        Map<String, String> owners = new LinkedHashMap<>();
        try (ResultSet row =
            statement.executeQuery(
                "select s.relname, coalesce(t.relname, '') from pg_class s join pg_namespace n on"
                    + " n.oid = s.relnamespace left join pg_depend d on d.objid = s.oid and"
                    + " d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and"
                    + " d.deptype in ('a', 'i') left join pg_class t on t.oid = d.refobjid where"
                    + " s.relkind = 'S' and not exists (select 1 from pg_depend e where e.objid ="
                    + " s.oid and e.classid = 'pg_class'::regclass and e.deptype = 'e') and"
                    + " n.nspname = '"
                    + text(schema)
                    + "'")) {
          while (row.next()) {
            owners.put(row.getString(1), row.getString(2));
          }
        }
        Set<String> emptied = tables.stream().map(Table::name).collect(Collectors.toSet());
        for (Map.Entry<String, String> sequence : owners.entrySet()) {
          boolean ofAnother =
              !sequence.getValue().isEmpty() && !emptied.contains(sequence.getValue());
          if (!ofAnother && !others.contains(sequence.getKey().toLowerCase(Locale.ROOT))) {
            statement.execute(
                "alter sequence "
                    + quoted(statement.getConnection(), new Table(null, schema, sequence.getKey()))
                    + " restart");
          }
        }
      }
    }
  },

  MARIADB {
    @Override
    String delete(String table) {
      return "set statement innodb_lock_wait_timeout="
          + LONGEST_WAIT_SECONDS
          + ", lock_wait_timeout="
          + LONGEST_WAIT_SECONDS
          + " for delete from "
          + table;
    }

    @Override
    void emptyCycle(Statement statement, Set<Table> cycle) throws SQLException {
      deleteUnchecked(
          statement,
          cycle,
          List.of("set foreign_key_checks = 0"),
          List.of("set foreign_key_checks = 1"));
    }

    @Override
    void restartSequences(Statement statement, List<Table> tables, Set<String> others)
        throws SQLException {
      Connection connection = statement.getConnection();
      Set<String> databases = new LinkedHashSet<>();
      tables.forEach(table -> databases.add(String.valueOf(table.catalog())));
      for (String database : databases) {
        String in = " from information_schema.tables where table_schema = '" + text(database) + "'";
        for (String sequence :
            names(statement, "select table_name" + in + " and table_type = 'SEQUENCE'")) {
          if (!others.contains(sequence.toLowerCase(Locale.ROOT))) {
            statement.execute(
                "alter sequence "
                    + quoted(connection, new Table(database, null, sequence))
                    + " restart");
          }
        }
        Set<String> counting =
            new LinkedHashSet<>(
                names(statement, "select table_name" + in + " and auto_increment > 1"));
        for (Table table : tables) {
          if (database.equals(table.catalog()) && counting.contains(table.name())) {
            statement.execute("alter table " + quoted(connection, table) + " auto_increment = 1");
          }
        }
      }
    }
  },

  OTHER {
    @Override
    void emptyCycle(Statement statement, Set<Table> cycle) {
      throw new UnsupportedOperationException(
          "The tables "
              + cycle
              + " refer to each other, or to themselves, and how to empty such tables is not known"
              + " for this database. Keep them, keep = {...}, and empty them in @AfterEach.");
    }

    @Override
    void restartSequences(Statement statement, List<Table> tables, Set<String> others) {
      throw new UnsupportedOperationException(
          "How to restart sequences is not known for this database: leave restartSequences out.");
    }
  };

  /** Who is not gone by then has been forgotten. */
  private static final int LONGEST_WAIT_SECONDS = 10;

  static CleaningDialect of(String product) {
    return switch (product) {
      case "H2" -> H2;
      case "PostgreSQL" -> POSTGRESQL;
      case "MariaDB" -> MARIADB;
      default -> OTHER;
    };
  }

  /** At the beginning of the transaction. */
  void begin(Statement statement) throws SQLException {}

  String delete(String table) {
    return "delete from " + table;
  }

  /** Tables that an extension of the database has made, for itself. */
  Set<Table> ofExtensions(Statement statement) throws SQLException {
    return Set.of();
  }

  /** Empties tables that refer to each other, or to themselves. */
  abstract void emptyCycle(Statement statement, Set<Table> cycle) throws SQLException;

  /**
   * Lets sequences begin anew, and those of columns of these tables.
   *
   * @param others sequences that give keys to other tables, in small letters
   */
  abstract void restartSequences(Statement statement, List<Table> tables, Set<String> others)
      throws SQLException;

  /** Foreign keys are checked again afterwards, whatever has failed. */
  final void deleteUnchecked(
      Statement statement, Set<Table> tables, List<String> off, List<String> on)
      throws SQLException {
    Throwable failure =
        CleanUp.attempt(
            () -> {
              for (String checks : off) {
                statement.execute(checks);
              }
              for (Table table : tables) {
                statement.executeUpdate(delete(quoted(statement.getConnection(), table)));
              }
            },
            null);
    for (String checks : on) {
      failure = CleanUp.attempt(() -> statement.execute(checks), failure);
    }
    CleanUp.throwIfAny(failure);
  }

  private static String quoted(Connection connection, Table table) throws SQLException {
    return table.quoted(connection.getMetaData());
  }

  private static Set<String> schemas(List<Table> tables) {
    Set<String> schemas = new LinkedHashSet<>();
    tables.forEach(table -> schemas.add(String.valueOf(table.schema())));
    return schemas;
  }

  private static List<String> names(Statement statement, String query) throws SQLException {
    List<String> names = new ArrayList<>();
    try (ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        names.add(row.getString(1));
      }
    }
    return names;
  }

  private static String text(String value) {
    return value.replace("'", "''");
  }
}
