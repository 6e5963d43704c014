package io.sqlassist.testing;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * What a test declares, by annotation or by the builder.
 *
 * @param source where the engines are
 * @param engines those that it may use; none: all
 * @param transactions how what it does is undone
 * @param unit the unit of work on its thread
 */
record TestSettings(
    RegistrySource source, Set<String> engines, Transactions transactions, TestUnit unit) {

  static final TestSettings DEFAULT =
      new TestSettings(new SharedRegistry(), Set.of(), Transactions.SHARED, TestUnit.ROLL_BACK);

  static TestSettings of(SqlAssistTest test) {
    return new TestSettings(
        ReflectionSupport.newInstance(test.registry()),
        names(List.of(test.engines())),
        test.transactions(),
        test.unit());
  }

  /** The names of engines, in their order; what can't be one is refused before a test runs. */
  static Set<String> names(List<String> engines) {
    Set<String> names = new LinkedHashSet<>();
    for (String name : engines) {
      if (name.isBlank() || !name.equals(name.strip())) {
        throw new ExtensionConfigurationException(
            "'"
                + name
                + "' can't be the name of an engine: expected a word such as 'writer', one string"
                + " for each engine: engines = {\"reader\", \"writer\"}.");
      }
      if (!names.add(name)) {
        throw new ExtensionConfigurationException(
            "Engine '" + name + "' is declared twice in engines = " + engines + ". Name it once.");
      }
    }
    return names;
  }
}
