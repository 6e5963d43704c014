package io.sqlassist.schema;

import java.util.List;

/**
 * An index, or a unique constraint, which databases keep as an index. The index of the primary key
 * is not among them.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param name its name; H2 adds {@code _INDEX_} and more to that of a constraint
 * @param isUnique whether no two rows of the whole table may have the same values
 * @param columns the columns or expressions, in the order of the index
 */
public record IndexInfo(String name, boolean isUnique, List<String> columns) {

  /**
   * Copies the list.
   *
   * @param name its name
   * @param isUnique whether no two rows of the whole table may have the same values
   * @param columns the columns or expressions, in the order of the index
   */
  public IndexInfo {
    columns = List.copyOf(columns);
  }
}
