package io.sqlassist.testing;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/**
 * What a test declares, by annotation or by the builder.
 *
 * @param source where the engines are
 * @param engines those that it may use; none: all
 * @param transactions how what it does is undone
 * @param unit the unit of work on its thread
 * @param container makes that unit
 * @param keep tables that are not emptied
 * @param restartSequences whether sequences begin anew when tables are emptied
 */
record TestSettings(
    RegistrySource source,
    Set<String> engines,
    Transactions transactions,
    TestUnit unit,
    ContainerFactory container,
    Set<String> keep,
    boolean restartSequences) {

  /** The names of engines, in their order; what can't be one is refused before a test runs. */
  static Set<String> engines(List<String> engines) {
    return names("engines", "the name of an engine", "'writer'", engines);
  }

  /** The names of tables, in their order. */
  static Set<String> tables(List<String> tables) {
    return names("keep", "the name of a table", "'country'", tables);
  }

  private static Set<String> names(
      String setting, String meaning, String example, List<String> given) {
    Set<String> names = new LinkedHashSet<>();
    for (String name : given) {
      if (name.isBlank() || !name.equals(name.strip()) || name.contains(",")) {
        throw new ExtensionConfigurationException(
            "'"
                + name
                + "' in "
                + setting
                + " can't be "
                + meaning
                + ": expected a word such as "
                + example
                + ", one string for each, not blank, without commas and spaces around it.");
      }
      if (!names.add(name)) {
        throw new ExtensionConfigurationException(
            "'" + name + "' is there twice in " + setting + " = " + given + ". Name it once.");
      }
    }
    return Collections.unmodifiableSet(names);
  }
}
