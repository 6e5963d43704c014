package io.sqlassist.engine;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which setting an environment variable stands for. One underscore parts the words, also where the
 * setting has a dot, a dash or a capital letter; two of them stand for the dash in the name of an
 * engine, so that it is certain where the name ends.
 */
final class EnvironmentNames {

  static final String ENGINES = "SQLASSIST_ENGINES_";
  static final String DEFAULTS = "SQLASSIST_DEFAULTS_";

  private static final String OURS = "SQLASSIST_";
  private static final Pattern ENGINE_AND_KEY =
      Pattern.compile("((?:[^_]|__)+?)_(?!_)(.+)", Pattern.DOTALL);
  private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");
  private static final Pattern SEPARATOR = Pattern.compile("[.-]");

  private final Map<String, String> keys = new HashMap<>();

  EnvironmentNames(Collection<String> knownKeys) {
    knownKeys.forEach(key -> keys.put(ofKey(key), key));
  }

  /**
   * An engine's part of a variable, and its key's.
   *
   * @param key the key as the variable writes it
   */
  record Parts(String engine, String key) {}

  /** What follows {@link #ENGINES}; empty if that is not an engine and a key. */
  static Optional<Parts> split(String rest) {
    Matcher parts = ENGINE_AND_KEY.matcher(rest);
    return parts.matches()
        ? Optional.of(new Parts(parts.group(1), parts.group(2)))
        : Optional.empty();
  }

  /** How a variable writes the name of an engine. */
  static String ofEngine(String name) {
    StringBuilder variable = new StringBuilder();
    name.codePoints()
        .forEach(
            each -> {
              if (Character.isLetterOrDigit(each)) {
                variable.appendCodePoint(each);
              } else {
                variable.append("__");
              }
            });
    return variable.toString().toUpperCase(Locale.ROOT);
  }

  /** The engine that nobody has named otherwise. */
  static String engineOf(String variable) {
    return variable.toLowerCase(Locale.ROOT).replace("__", "-");
  }

  /** How a variable writes a key. */
  static String ofKey(String key) {
    String words = HUMP.matcher(key).replaceAll("_");
    return SEPARATOR.matcher(words).replaceAll("_").toUpperCase(Locale.ROOT);
  }

  Optional<String> key(String variable) {
    return Optional.ofNullable(keys.get(variable));
  }

  /** Why a variable stands for no key. */
  String refusal(String variable) {
    for (String free : List.of("HIBERNATE_", "POOL_DATA_SOURCE_")) {
      if (variable.startsWith(free)) {
        return nearest(variable)
            .orElse(
                "only settings that are known by name can be written as a variable, since capital"
                    + " letters and dots are lost in it. Put it into a file of properties.");
      }
    }
    return nearest(variable).orElse("there is no setting of an engine that is written so.");
  }

  private Optional<String> nearest(String variable) {
    return NearestName.of(variable, keys.keySet())
        .map(each -> "there is no such setting of an engine. Did you mean '" + each + "'?");
  }

  /** Whether a variable is ours, but for a letter or two: others than ours may begin as ours do. */
  static @Nullable String misspelt(String variable) {
    if (!variable.startsWith(OURS)) {
      String upper = variable.toUpperCase(Locale.ROOT);
      return upper.startsWith(ENGINES) || upper.startsWith(DEFAULTS)
          ? "variables are read in capital letters only. Call it " + upper + "."
          : null;
    }
    String first = variable.substring(OURS.length()).split("_", 2)[0];
    return NearestName.of(first, List.of("ENGINES", "DEFAULTS"))
        .filter(meant -> !meant.equals(first))
        .filter(meant -> first.length() > 4)
        .map(meant -> "expected a name that begins with " + OURS + meant + "_.")
        .orElse(null);
  }
}
