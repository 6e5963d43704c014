package io.sqlassist.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Texts from one place. Never changes. */
abstract class SettingsSource {

  static final String PREFIX = "sqlassist.";
  private static final String ENGINES = "engines.";
  private static final String DEFAULTS = "defaults.";

  /** Keys of other parts of SqlAssist. */
  private static final Set<String> OTHERS =
      Set.of("sqlassist.mode", "sqlassist.embedded.cache", "sqlassist.testing.clean");

  /** Takes what is found. */
  interface Reader {
    void engine(String name, String key, SettingText text);

    void defaults(String key, SettingText text);

    void problem(String problem);
  }

  /** The engines that are named here in full: variables name them less exactly. */
  abstract Set<String> names();

  /** Tells everything that is here. */
  abstract void read(Set<String> namesElsewhere, Reader reader);

  static SettingsSource ofProperties(Map<?, ?> properties) {
    Map<String, String> ours = new TreeMap<>();
    properties.forEach(
        (key, value) -> {
          if (String.valueOf(key).startsWith(PREFIX) && !OTHERS.contains(String.valueOf(key))) {
            ours.put(String.valueOf(key), String.valueOf(value));
          }
        });
    return new FromProperties(ours);
  }

  static SettingsSource ofEnvironment(Map<String, String> variables) {
    return new FromEnvironment(new TreeMap<>(variables));
  }

  private static final class FromProperties extends SettingsSource {

    private final Map<String, String> properties;

    FromProperties(Map<String, String> properties) {
      this.properties = properties;
    }

    @Override
    Set<String> names() {
      Set<String> names = new TreeSet<>();
      for (String key : properties.keySet()) {
        String rest = key.substring(PREFIX.length());
        int end = rest.indexOf('.', ENGINES.length());
        if (rest.startsWith(ENGINES) && end > 0) {
          names.add(rest.substring(ENGINES.length(), end));
        }
      }
      return names;
    }

    @Override
    void read(Set<String> namesElsewhere, Reader reader) {
      properties.forEach((key, value) -> read(key, value, reader));
    }

    private static void read(String property, String value, Reader reader) {
      SettingText text = new SettingText("property '" + property + "'", value);
      String rest = property.substring(PREFIX.length());
      if (rest.startsWith(DEFAULTS)) {
        reader.defaults(rest.substring(DEFAULTS.length()), text);
        return;
      }
      int end = rest.indexOf('.', ENGINES.length());
      if (rest.startsWith(ENGINES) && end > 0) {
        reader.engine(rest.substring(ENGINES.length(), end), rest.substring(end + 1), text);
        return;
      }
      reader.problem(
          text.origin()
              + ": expected sqlassist.engines.<name>.<setting> or sqlassist.defaults.<setting>.");
    }
  }

  private static final class FromEnvironment extends SettingsSource {

    private final Map<String, String> variables;

    FromEnvironment(Map<String, String> variables) {
      this.variables = variables;
    }

    @Override
    Set<String> names() {
      return Set.of();
    }

    @Override
    void read(Set<String> namesElsewhere, Reader reader) {
      EnvironmentNames names = new EnvironmentNames(EngineKeys.known());
      Map<String, Set<String>> engines = new LinkedHashMap<>();
      for (String name : namesElsewhere) {
        engines.computeIfAbsent(EnvironmentNames.ofEngine(name), same -> new TreeSet<>()).add(name);
      }
      variables.forEach(
          (variable, value) -> {
            SettingText text = new SettingText("environment variable " + variable, value);
            if (variable.startsWith(EnvironmentNames.ENGINES)) {
              readEngine(names, engines, variable, text, reader);
            } else if (variable.startsWith(EnvironmentNames.DEFAULTS)) {
              String key = variable.substring(EnvironmentNames.DEFAULTS.length());
              names
                  .key(key)
                  .ifPresentOrElse(
                      known -> reader.defaults(known, text),
                      () -> reader.problem(text.origin() + ": " + names.refusal(key)));
            } else {
              String problem = EnvironmentNames.misspelt(variable);
              if (problem != null) {
                reader.problem(text.origin() + ": " + problem);
              }
            }
          });
    }

    private static void readEngine(
        EnvironmentNames names,
        Map<String, Set<String>> engines,
        String variable,
        SettingText text,
        Reader reader) {
      EnvironmentNames.Parts parts =
          EnvironmentNames.split(variable.substring(EnvironmentNames.ENGINES.length()))
              .orElse(null);
      if (parts == null) {
        reader.problem(
            text.origin()
                + ": expected "
                + EnvironmentNames.ENGINES
                + "<name>_<setting>, with two underscores for a dash in the name.");
        return;
      }
      Set<String> meant =
          engines.getOrDefault(parts.engine(), Set.of(EnvironmentNames.engineOf(parts.engine())));
      if (meant.size() > 1) {
        reader.problem(
            text.origin()
                + ": it could be meant for each of the engines "
                + List.copyOf(meant)
                + ". Give one of them another name, or set it in a file of properties.");
        return;
      }
      names
          .key(parts.key())
          .ifPresentOrElse(
              known -> reader.engine(meant.iterator().next(), known, text),
              () -> reader.problem(text.origin() + ": " + names.refusal(parts.key())));
    }
  }
}
