package io.sqlassist.engine;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Starts the engines of some settings: all of them, or none. */
final class SettingsStart {

  private final EngineRegistry registry;
  private final ResolvedSettings settings;
  private final Consumer<? super EngineConfig> more;
  private final Class<?> caller;

  /**
   * Creates a start.
   *
   * @param more what the application's code adds to each engine
   * @param caller the class below whose package entities are looked for
   */
  SettingsStart(
      EngineRegistry registry,
      EngineSettings settings,
      Consumer<? super EngineConfig> more,
      Class<?> caller) {
    this.registry = registry;
    this.settings = settings.resolve();
    this.more = more;
    this.caller = caller;
  }

  List<Engine> start() {
    List<EngineConfig> checked = check();
    List<Engine> started = new ArrayList<>();
    try {
      for (EngineConfig config : checked) {
        started.add(registry.start(config, caller));
      }
      return List.copyOf(started);
    } catch (RuntimeException | Error e) {
      undo(started, e);
      throw e;
    }
  }

  private List<EngineConfig> check() {
    Set<String> problems = new LinkedHashSet<>(settings.problems()); // defaults are met often
    List<EngineConfig> configs = new ArrayList<>();
    for (EngineSection section : settings.engines().values()) {
      if (section.isStartedByApplication()) {
        List<String> found = new ArrayList<>();
        section.applyTo(new EngineConfig(section.name()), found);
        problems.addAll(found);
      } else {
        check(section, configs, problems);
      }
    }
    SettingsCheck.together(configs, registry, problems);
    if (!problems.isEmpty()) {
      throw new EngineSettingsException(List.copyOf(problems));
    }
    return configs;
  }

  private void check(EngineSection section, List<EngineConfig> configs, Set<String> problems) {
    List<String> found = new ArrayList<>();
    try {
      EngineRegistry.checkName(section.name());
      EngineConfig config =
          registry.configure(
              section.name(),
              recipe -> {
                section.applyTo(recipe, found);
                more.accept(recipe);
              });
      configs.add(config);
      if (found.isEmpty() || section.text(EngineKeys.URL) == null) {
        SettingsCheck.pool(config, found);
      }
    } catch (IllegalArgumentException e) {
      found.add(e.getMessage());
    }
    problems.addAll(found);
  }

  private void undo(List<Engine> started, Throwable cause) {
    for (int i = started.size() - 1; i >= 0; i--) {
      try {
        registry.remove(started.get(i).name());
      } catch (RuntimeException e) {
        cause.addSuppressed(e);
      }
    }
  }
}
