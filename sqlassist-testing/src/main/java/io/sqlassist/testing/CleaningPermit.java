package io.sqlassist.testing;

import io.sqlassist.engine.Engine;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Which databases may be emptied: those on this machine, and those that somebody has said by name.
 * Settings that are meant for an application could lead its tests to a database with data.
 *
 * <p>Thread-safe: never changes.
 */
final class CleaningPermit {

  private static final String SETTING = "sqlassist.testing.clean";

  private final Set<String> hosts = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

  CleaningPermit(ExtensionContext context) {
    for (String host : context.getConfigurationParameter(SETTING).orElse("").split(",", -1)) {
      hosts.add(host.strip());
    }
  }

  /**
   * Lets a database pass, or not.
   *
   * @throws CleaningRefusedException if it is on another machine, and nobody has said it
   */
  void check(String test, Engine engine, Connection connection) throws SQLException {
    Set<String> strangers = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    String url = connection.getMetaData().getURL();
    strangers.addAll(DatabaseAddress.strangers(url == null ? "" : url));
    strangers.removeAll(hosts);
    if (!strangers.isEmpty()) {
      String names = String.join(",", strangers);
      throw new CleaningRefusedException(
          "Test '"
              + test
              + "' would delete all rows of all tables (SEPARATE) of engine '"
              + engine.name()
              + "', whose database is not in memory, in files, or on this machine, but on '"
              + names
              + "'. Have settings led it there by mistake? If everything there may be deleted, say"
              + " so: "
              + SETTING
              + "="
              + names
              + ", as a system property or in junit-platform.properties. Nothing was deleted.");
    }
  }
}
