package io.sqlassist.jta;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which engine was which database, written beside the log: recovery finds a database by the name of
 * its engine, so a name must not move while the log needs it.
 */
final class EngineRecord {

  /** Its name in a directory. */
  static final String FILE = "sqlassist.engines";

  private static final String PREFIX = "engine.";

  private final Notes notes;

  EngineRecord(Notes notes) {
    this.notes = notes;
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
    Map<String, String> known = places();
    String before = known.get(engine);
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
    for (String other : known.keySet()) {
      if (!other.equals(engine)
          && known.get(other).equals(place)
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
      notes.write(PREFIX + engine, place);
    }
  }

  static String withoutParameters(String url) {
    int end = url.indexOf('?');
    int semicolon = url.indexOf(';');
    if (semicolon >= 0 && (end < 0 || semicolon < end)) {
      end = semicolon;
    }
    return (end < 0 ? url : url.substring(0, end)).replaceAll("//[^/@]*@", "//");
  }

  private Map<String, String> places() {
    Map<String, String> places = new LinkedHashMap<>();
    notes
        .read()
        .forEach(
            (name, place) -> {
              if (name.startsWith(PREFIX)) {
                places.put(name.substring(PREFIX.length()), place);
              }
            });
    return places;
  }
}
