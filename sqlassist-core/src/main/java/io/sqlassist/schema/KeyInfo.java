package io.sqlassist.schema;

import java.util.List;

/**
 * A primary key.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param name its name; MariaDB calls every one {@code PRIMARY}
 * @param columns the columns, in the order of the key
 */
public record KeyInfo(String name, List<String> columns) {

  /**
   * Copies the list.
   *
   * @param name its name
   * @param columns the columns, in the order of the key
   */
  public KeyInfo {
    columns = List.copyOf(columns);
  }
}
