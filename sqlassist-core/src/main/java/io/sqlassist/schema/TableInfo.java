package io.sqlassist.schema;

import java.util.List;
import java.util.Optional;

/**
 * A table or a view, as the database tells it.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param name its name, in the database's spelling
 * @param isView whether it is a view, which has neither keys nor indexes
 * @param columns the columns, in their order
 * @param primaryKey the primary key, if it has one
 * @param indexes the other indexes, by name
 * @param foreignKeys what it refers to, by name
 */
public record TableInfo(
    String name,
    boolean isView,
    List<ColumnInfo> columns,
    Optional<KeyInfo> primaryKey,
    List<IndexInfo> indexes,
    List<ForeignKeyInfo> foreignKeys) {

  /**
   * Copies the lists.
   *
   * @param name its name
   * @param isView whether it is a view
   * @param columns the columns, in their order
   * @param primaryKey the primary key, if it has one
   * @param indexes the other indexes, by name
   * @param foreignKeys what it refers to, by name
   */
  public TableInfo {
    columns = List.copyOf(columns);
    indexes = List.copyOf(indexes);
    foreignKeys = List.copyOf(foreignKeys);
  }

  /**
   * A column.
   *
   * @param name its name; capital and small letters don't matter
   * @return the column, or empty
   */
  public Optional<ColumnInfo> column(String name) {
    return columns.stream().filter(column -> column.name().equalsIgnoreCase(name)).findFirst();
  }
}
