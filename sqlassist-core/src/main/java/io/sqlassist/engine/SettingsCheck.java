package io.sqlassist.engine;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Judges the settings of several engines, each by itself and all together, before one starts. */
final class SettingsCheck {

  private SettingsCheck() {}

  /** Each engine by itself, as far as that can be told without the application's code. */
  static void each(ResolvedSettings settings, Collection<String> problems) {
    for (EngineSection section : settings.engines().values()) {
      EngineConfig config = new EngineConfig(section.name());
      try {
        EngineRegistry.checkName(section.name());
      } catch (IllegalArgumentException e) {
        problems.add(e.getMessage());
      }
      List<String> found = new ArrayList<>();
      section.applyTo(config, found);
      problems.addAll(found);
    }
  }

  /** One configured engine: does its pool take what was said, and is there a driver? */
  static void pool(EngineConfig config, List<String> problems) {
    String url = config.url();
    if (url == null) {
      problems.add(
          "Engine '"
              + config.name()
              + "' has no url. Set 'sqlassist.engines."
              + config.name()
              + ".url', or 'data-source' to 'application' if the application's code starts it.");
      return;
    }
    try {
      HikariPools.recipe(config, url);
    } catch (IllegalArgumentException | IllegalStateException e) {
      problems.add(Secrets.mask(String.valueOf(e.getMessage()), config.password()));
      return;
    }
    if (config.pool().isEmpty() && !hasDriver(url)) { // else the pool may name a driver
      problems.add(
          "Engine '"
              + config.name()
              + "': no JDBC driver takes its url, which begins with '"
              + beginning(url)
              + "'. Add the driver's dependency, or correct the url.");
    }
  }

  private static boolean hasDriver(String url) {
    return DriverManager.drivers()
        .anyMatch(
            driver -> {
              try {
                return driver.acceptsURL(url);
              } catch (SQLException e) {
                return true; // it is its url, and the driver has something to say about it
              }
            });
  }

  /** The part that tells the driver: never long enough to hold a password. */
  private static String beginning(String url) {
    String[] parts = url.split(":", 3);
    return parts.length == 3 && parts[0].equals("jdbc")
        ? parts[0] + ":" + parts[1] + ":"
        : "something else than jdbc:";
  }

  /** All of them together, and those that run already. */
  static void together(
      List<EngineConfig> configs, EngineRegistry registry, Collection<String> problems) {
    List<String> defaults = new ArrayList<>();
    Map<String, String> tenants = new TreeMap<>();
    for (EngineConfig config : configs) {
      if (registry.find(config.name()).isPresent()) {
        problems.add(new DuplicateEngineException(config.name()).getMessage());
      }
      if (config.isDefault()) {
        defaults.add(config.name());
      }
      if (config.tenant() != null) {
        String place = "'" + config.role() + "' of the tenant '" + config.tenant() + "'";
        String other = tenants.putIfAbsent(place, config.name());
        if (other != null) {
          problems.add(
              "The engines '" + other + "' and '" + config.name() + "' are both " + place + ".");
        }
        if (configs.stream().anyMatch(each -> each.name().equals(config.role()))
            || registry.find(config.role()).isPresent()) {
          problems.add(
              "Engine '"
                  + config.name()
                  + "' has the role '"
                  + config.role()
                  + "', which is the name of an engine. Give one of them another name.");
        }
      }
    }
    if (!defaults.isEmpty()) {
      registry.names().stream()
          .filter(name -> registry.find(name).filter(Engine::isDefault).isPresent())
          .forEach(defaults::add);
    }
    if (defaults.size() > 1) {
      problems.add(
          "The engines " + defaults + " can't all be the default. Leave 'default' to one of them.");
    }
  }
}
