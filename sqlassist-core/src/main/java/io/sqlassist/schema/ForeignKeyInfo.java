package io.sqlassist.schema;

import java.util.List;
import java.util.Optional;

/**
 * A foreign key: columns of one table that refer to a key of another.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param name its name
 * @param columns the columns that refer
 * @param referencedSchema the schema of the other table; empty where it is that of this one
 * @param referencedTable the other table
 * @param referencedColumns its columns, in the order of {@code columns}
 */
public record ForeignKeyInfo(
    String name,
    List<String> columns,
    Optional<String> referencedSchema,
    String referencedTable,
    List<String> referencedColumns) {

  /**
   * Copies the lists.
   *
   * @param name its name
   * @param columns the columns that refer
   * @param referencedSchema the schema of the other table; empty where it is that of this one
   * @param referencedTable the other table
   * @param referencedColumns its columns, in the order of {@code columns}
   */
  public ForeignKeyInfo {
    columns = List.copyOf(columns);
    referencedColumns = List.copyOf(referencedColumns);
  }
}
