package io.sqlassist.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The tables of a schema, as the database told them at one moment.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param name the schema's name; on MariaDB that of the database
 * @param tables the tables and views, by name
 */
public record SchemaInfo(String name, List<TableInfo> tables) {

  /**
   * Copies the list.
   *
   * @param name the schema's name
   * @param tables the tables and views, by name
   */
  public SchemaInfo {
    tables = List.copyOf(tables);
  }

  /**
   * Reads tables and views of a database: of the schema that the connection is in, and of no other.
   * Changes nothing.
   *
   * @param connection stays the caller's
   * @param tables their names; capital and small letters don't matter, unless two names differ in
   *     nothing else. None named: all
   * @return what the database tells
   * @throws SQLException if the database refuses
   * @throws IllegalArgumentException if there is no table of that name; the message lists the known
   *     ones
   */
  public static SchemaInfo read(Connection connection, String... tables) throws SQLException {
    return new SchemaReader(connection).read(List.of(tables));
  }

  /**
   * A table.
   *
   * @param name its name; capital and small letters don't matter, unless two names differ in
   *     nothing else
   * @return the table, or empty
   */
  public Optional<TableInfo> table(String name) {
    return tables.stream()
        .filter(table -> table.name().equals(name))
        .findFirst()
        .or(() -> tables.stream().filter(table -> table.name().equalsIgnoreCase(name)).findFirst());
  }
}
