package io.sqlassist.testing;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The databases of a test class, by name; a parameter for methods of a class with several of {@link
 * WithDatabase}.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class TestDatabases {

  private final Map<String, TestDatabase> byName;

  TestDatabases(Map<String, TestDatabase> byName) {
    this.byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
  }

  /**
   * The names of the databases.
   *
   * @return the names, in the order of the annotations
   */
  public Set<String> names() {
    return byName.keySet();
  }

  /**
   * A database.
   *
   * @param name as {@link WithDatabase#name} says
   * @return the database
   * @throws IllegalArgumentException if the class has none of that name; the message lists them
   */
  public TestDatabase get(String name) {
    TestDatabase database = byName.get(name);
    if (database == null) {
      throw new IllegalArgumentException(
          "There is no database '"
              + name
              + "' here; there are: "
              + byName.keySet()
              + ". Add @WithDatabase(name = \""
              + name
              + "\") to the class.");
    }
    return database;
  }
}
