package io.sqlassist.benchmarks;

import io.sqlassist.embedded.DatabaseKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The servers of this run, started when they are first needed, each with its hundred books. */
final class Databases {

  private final Map<String, Database> started = new LinkedHashMap<>();

  Database of(String name) {
    return started.computeIfAbsent(
        name,
        each -> {
          Database database =
              Database.of(
                  switch (each) {
                    case "postgresql" -> DatabaseKind.POSTGRESQL.fresh();
                    case "mariadb" -> DatabaseKind.MARIADB.fresh();
                    default -> throw new IllegalArgumentException("No server is called " + each);
                  });
          Bookshelf.fill(database);
          return database;
        });
  }

  /** Arguments that hand them down to a JVM that measures. */
  List<String> jvmArguments(List<String> names) {
    return names.stream()
        .flatMap(name -> of(name).properties(name).entrySet().stream())
        .map(property -> "-D" + property.getKey() + "=" + property.getValue())
        .toList();
  }

  /** The same for what runs in this JVM. */
  void handDownHere(List<String> names) {
    names.forEach(name -> of(name).properties(name).forEach(System::setProperty));
  }
}
