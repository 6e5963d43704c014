package io.sqlassist.schema;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/**
 * All in which a database is not as an engine's mapping expects it.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param engine the engine's name
 * @param differences what differs, table by table; empty if nothing does
 */
public record SchemaReport(String engine, List<SchemaDifference> differences)
    implements Serializable {

  /**
   * Copies the list.
   *
   * @param engine the engine's name
   * @param differences what differs
   */
  public SchemaReport {
    differences = List.copyOf(differences);
  }

  /**
   * Whether the database is as expected.
   *
   * @return true if nothing differs
   */
  public boolean isEmpty() {
    return differences.isEmpty();
  }

  /**
   * Throws if anything differs. For the start of an application that must not run then.
   *
   * @throws SchemaMismatchException with the whole list
   */
  public void throwIfAny() {
    if (!isEmpty()) {
      throw new SchemaMismatchException(this);
    }
  }

  /** The report, one difference a line. */
  @Override
  public String toString() {
    if (isEmpty()) {
      return "The database of engine '" + engine + "' is as its mapping expects it.";
    }
    return "The database of engine '"
        + engine
        + "' differs from its mapping in "
        + differences.size()
        + (differences.size() == 1 ? " thing:" : " things:")
        + differences.stream().map(each -> "\n  - " + each.message()).collect(Collectors.joining());
  }
}
