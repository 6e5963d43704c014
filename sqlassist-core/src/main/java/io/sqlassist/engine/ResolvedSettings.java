package io.sqlassist.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What all sources together say.
 *
 * @param engines what is to be known of each engine, by its name, sorted
 * @param problems what stands where nothing can be made of it
 */
record ResolvedSettings(Map<String, EngineSection> engines, List<String> problems) {

  static ResolvedSettings of(List<SettingsSource> sources) {
    Set<String> names = new TreeSet<>();
    sources.forEach(source -> names.addAll(source.names()));
    Merged merged = new Merged();
    for (SettingsSource source : sources) {
      Merged added = new Merged();
      source.read(names, added);
      added.refuseDoubles();
      merged.replaceWith(added);
    }
    if (merged.engines.isEmpty() && merged.problems.isEmpty()) {
      merged.problem(
          "There is no engine in them: expected keys such as 'sqlassist.engines.writer.url'.");
    }
    Map<String, EngineSection> sections = new TreeMap<>();
    merged.engines.forEach(
        (name, own) -> sections.put(name, new EngineSection(name, own, merged.defaults)));
    return new ResolvedSettings(sections, merged.problems);
  }

  /** The settings of some sources, the later ones before the earlier ones. */
  private static final class Merged implements SettingsSource.Reader {

    private final Map<String, Map<String, SettingText>> engines = new TreeMap<>();
    private final Map<String, SettingText> defaults = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    @Override
    public void engine(String name, String key, SettingText text) {
      engines.computeIfAbsent(name, first -> new LinkedHashMap<>()).put(key, clean(key, text));
    }

    @Override
    public void defaults(String key, SettingText text) {
      if (Set.of(EngineKeys.DEFAULT, EngineKeys.DATA_SOURCE, EngineKeys.TENANT).contains(key)) {
        problem(text.origin() + ": this can't be so for all engines. Set it for one of them.");
      } else {
        defaults.put(key, clean(key, text));
      }
    }

    private static SettingText clean(String key, SettingText text) {
      return EngineKeys.isVerbatim(key) ? text : text.stripped();
    }

    @Override
    public void problem(String problem) {
      problems.add(problem);
    }

    /** Of one source, since nothing says which of the two is meant. */
    void refuseDoubles() {
      engines.values().forEach(this::refuseDoubles);
      refuseDoubles(defaults);
    }

    private void refuseDoubles(Map<String, SettingText> texts) {
      SettingText password = texts.get(EngineKeys.PASSWORD);
      SettingText file = texts.get(EngineKeys.PASSWORD_FILE);
      if (password != null && file != null) {
        problem(
            file.origin()
                + ": there is also "
                + password.origin()
                + ". Remove one of them: nothing says which one holds.");
      }
    }

    void replaceWith(Merged later) {
      later.engines.forEach(
          (name, texts) ->
              replace(engines.computeIfAbsent(name, first -> new LinkedHashMap<>()), texts));
      replace(defaults, later.defaults);
      problems.addAll(later.problems);
    }

    private static void replace(Map<String, SettingText> texts, Map<String, SettingText> later) {
      later.keySet().forEach(key -> texts.keySet().removeAll(EngineKeys.alternatives(key)));
      texts.putAll(later);
    }
  }
}
