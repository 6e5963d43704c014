package io.sqlassist.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All settings of one engine: its own, and those of the defaults that it does not set itself. */
final class EngineSection {

  private final String name;
  private final Map<String, SettingText> texts;

  EngineSection(String name, Map<String, SettingText> own, Map<String, SettingText> defaults) {
    this.name = name;
    Map<String, SettingText> all = new LinkedHashMap<>(own);
    boolean startedByApplication = own.containsKey(EngineKeys.DATA_SOURCE);
    defaults.forEach(
        (key, text) -> {
          boolean replaced = EngineKeys.alternatives(key).stream().anyMatch(own::containsKey);
          if (!replaced && !(startedByApplication && EngineKeys.isOfMadePool(key))) {
            all.put(key, text);
          }
        });
    texts = all;
  }

  String name() {
    return name;
  }

  /** Whether the application's code starts this engine itself. */
  boolean isStartedByApplication() {
    return texts.containsKey(EngineKeys.DATA_SOURCE);
  }

  @Nullable SettingText text(String key) {
    return texts.get(key);
  }

  /**
   * Sets everything.
   *
   * @throws EngineSettingsException if there is something to refuse
   */
  void applyTo(EngineConfig config) {
    List<String> problems = new ArrayList<>();
    applyTo(config, problems);
    if (!problems.isEmpty()) {
      throw new EngineSettingsException(problems);
    }
  }

  /** Sets what can be set, and tells what can't. */
  void applyTo(EngineConfig config, List<String> problems) {
    texts.forEach(
        (key, text) -> {
          String refusal = EngineKeys.refusal(key);
          if (refusal != null) {
            problems.add(text.origin() + ": " + refusal);
          } else if (isStartedByApplication() && EngineKeys.isOfMadePool(key)) {
            problems.add(
                text.origin()
                    + ": the engine has data-source=application, so that the application's code"
                    + " makes its pool. Remove one of the two.");
          } else {
            try {
              EngineKeys.apply(key, text, config);
            } catch (IllegalArgumentException e) {
              problems.add(text.origin() + " " + sentence(e));
            }
          }
        });
    applyTenant(config, problems);
  }

  private void applyTenant(EngineConfig config, List<String> problems) {
    SettingText tenant = texts.get(EngineKeys.TENANT);
    SettingText role = texts.get(EngineKeys.ROLE);
    if (tenant != null && role != null) {
      if (!tenant.value().isBlank() && !role.value().isBlank()) {
        config.forTenant(tenant.value(), role.value());
      }
    } else if (tenant != null) {
      problems.add(
          tenant.origin()
              + ": a tenant's engine needs a 'role', too: the name that it shares with those of other"
              + " tenants, such as 'writer'.");
    } else if (role != null) {
      problems.add(
          role.origin() + ": an engine has a 'role' for a tenant only. Set 'tenant', too.");
    }
  }

  /** EngineConfig begins with the engine's name, where the setting's own name is enough. */
  private String sentence(IllegalArgumentException refused) {
    String message = String.valueOf(refused.getMessage());
    String engine = "Engine '" + name + "': ";
    String rest =
        message.startsWith(engine) ? "is refused: " + message.substring(engine.length()) : message;
    return rest.endsWith(".") ? rest : rest + ".";
  }
}
