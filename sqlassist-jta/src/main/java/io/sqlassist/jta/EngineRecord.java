package io.sqlassist.jta;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which engine was which database, written beside the log: recovery finds a database by the name of
 * its engine, so a name must not move while the log needs it.
 */
final class EngineRecord {

  private static final String FILE = "sqlassist.engines";

  private final Path file;

  EngineRecord(Path directory) {
    file = directory.resolve(FILE);
  }

  /**
   * Notes an engine.
   *
   * @param url where its database is; without a password, since it is written to a file
   * @param needed the names that the log needs
   */
  synchronized void note(String engine, @Nullable String url, Supplier<Set<String>> needed) {
    if (url == null) {
      return;
    }
    String place = withoutParameters(url);
    Properties known = read();
    String before = known.getProperty(engine);
    if (before != null && !before.equals(place) && needed.get().contains(engine)) {
      throw new JtaStartException(
          "Engine '"
              + engine
              + "' was on "
              + before
              + " and is now to be on "
              + place
              + ", but the JTA log still holds decisions for it. Start it on its old database until"
              + " recovery() is empty.",
          null);
    }
    for (String other : known.stringPropertyNames()) {
      if (!other.equals(engine)
          && known.getProperty(other).equals(place)
          && before == null
          && needed.get().contains(other)) {
        throw new JtaStartException(
            "Engine '"
                + engine
                + "' seems to be what was engine '"
                + other
                + "', on "
                + place
                + ", and the JTA log still holds decisions for '"
                + other
                + "'. Start it under its old name until recovery() is empty.",
            null);
      }
    }
    if (!place.equals(before)) {
      known.setProperty(engine, place);
      write(known);
    }
  }

  private static String withoutParameters(String url) {
    int end = url.indexOf('?');
    int semicolon = url.indexOf(';');
    if (semicolon >= 0 && (end < 0 || semicolon < end)) {
      end = semicolon;
    }
    return (end < 0 ? url : url.substring(0, end)).replaceAll("//[^/@]*@", "//");
  }

  private Properties read() {
    Properties known = new Properties();
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        known.load(reader);
      } catch (IOException e) {
        throw new JtaStartException("The file '" + file + "' can't be read: " + e, e);
      }
    }
    return known;
  }

  private void write(Properties known) {
    Path fresh = file.resolveSibling(FILE + ".new");
    try {
      try (Writer writer = Files.newBufferedWriter(fresh)) {
        known.store(writer, null);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new JtaStartException("The file '" + file + "' can't be written: " + e, e);
    }
  }
}
