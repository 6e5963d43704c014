package io.sqlassist.engine;

import com.zaxxer.hikari.HikariConfig;
import io.sqlassist.schema.ConstraintNaming;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The settings that an engine has in a file or in the environment: their names, and what they do to
 * its configuration.
 */
final class EngineKeys {

  static final String URL = "url";
  static final String USERNAME = "username";
  static final String PASSWORD = "password";
  static final String PASSWORD_FILE = "password-file";
  static final String DATA_SOURCE = "data-source";
  static final String DEFAULT = "default";
  static final String ENTITIES = "entities";
  static final String ENTITY_PACKAGES = "entity-packages";
  static final String TENANT = "tenant";
  static final String ROLE = "role";
  static final String POOL = "pool.";

  /** The value of {@link #DATA_SOURCE}, and the only one. */
  static final String APPLICATION = "application";

  private static final String NO_ENTITIES = "none";

  /** What a setting does. Its failure says what the value is not, after the setting's name. */
  @FunctionalInterface
  interface Setting {
    void apply(EngineConfig config, SettingText text);
  }

  private static final Map<String, Setting> KNOWN = new LinkedHashMap<>();

  static {
    KNOWN.put(URL, (config, text) -> config.url(text.value()));
    KNOWN.put(USERNAME, (config, text) -> config.username(text.value()));
    KNOWN.put(PASSWORD, (config, text) -> config.password(text.value()));
    KNOWN.put(PASSWORD_FILE, (config, text) -> config.password(secretIn(text)));
    KNOWN.put(DATA_SOURCE, (config, text) -> checkDataSource(text));
    KNOWN.put(
        "read-only",
        (config, text) -> onOrOff(text, config::readOnly, config.kind() == EngineKind.READ_ONLY));
    KNOWN.put(
        "autocommit",
        (config, text) ->
            onOrOff(text, config::autocommit, config.kind() == EngineKind.AUTOCOMMIT));
    KNOWN.put(DEFAULT, (config, text) -> onOrOff(text, config::makeDefault, config.isDefault()));
    KNOWN.put("optional", (config, text) -> onOrOff(text, config::optional, config.isOptional()));
    KNOWN.put(
        "sql-comments",
        (config, text) -> onOrOff(text, config::sqlComments, config.hasSqlComments()));
    KNOWN.put(
        "constraint-naming",
        (config, text) -> config.constraintNaming(text.asConstant(ConstraintNaming.class)));
    KNOWN.put(ENTITIES, EngineKeys::entities);
    KNOWN.put(
        ENTITY_PACKAGES,
        (config, text) -> config.entityPackages(text.asList().toArray(String[]::new)));
    KNOWN.put("owns", (config, text) -> config.owns(text.asClasses()));
    KNOWN.put("max-connections", (config, text) -> config.maxConnections(text.asInt()));
    KNOWN.put("acquire-timeout", (config, text) -> config.acquireTimeout(text.asDuration()));
    KNOWN.put("hold-budget", (config, text) -> config.holdBudget(text.asDuration()));
    KNOWN.put(
        "idle-in-transaction-budget",
        (config, text) -> config.idleInTransactionBudget(text.asDuration()));
    KNOWN.put(TENANT, (config, text) -> {}); // with the role
    KNOWN.put(ROLE, (config, text) -> {}); // with the tenant
  }

  private EngineKeys() {}

  private static void onOrOff(SettingText text, Runnable on, boolean isOn) {
    if (text.asBoolean()) {
      on.run();
    } else if (isOn) {
      throw text.unreadable(
          "but defaults(...) in the application's code says the opposite for all engines, and that"
              + " can't be taken back. Remove it there");
    }
  }

  private static void checkDataSource(SettingText text) {
    if (!text.value().equals(APPLICATION)) {
      throw text.unreadable(
          "expected '"
              + APPLICATION
              + "', for an engine that the application's code starts, on a data source that it hands"
              + " in. Leave it out, and set a 'url', for the others");
    }
  }

  private static void entities(EngineConfig config, SettingText text) {
    if (text.value().equals(NO_ENTITIES)) {
      config.entities();
    } else {
      config.entities(text.asClasses());
    }
  }

  /** As Docker and Kubernetes hand secrets over. Editors end a line that nobody wants here. */
  private static String secretIn(SettingText text) {
    try {
      return Files.readString(Path.of(text.value()), StandardCharsets.UTF_8)
          .replaceFirst("[\\r\\n]+$", "");
    } catch (IOException | InvalidPathException e) {
      // Without the value: it may be the password itself, in the wrong place.
      throw new IllegalArgumentException(
          "names no file that can be read ("
              + e.getClass().getSimpleName()
              + "): expected the path of a file in UTF-8 that holds the password and nothing else",
          e);
    }
  }

  /**
   * What is wrong with a key, and what was meant.
   *
   * @return null if there is such a setting
   */
  static @Nullable String refusal(String key) {
    if (KNOWN.containsKey(key)) {
      return null;
    }
    if (key.startsWith(POOL)) {
      return refusalOfPool(key.substring(POOL.length()));
    }
    if (HibernateKeys.isHibernates(key)) {
      return HibernateKeys.isKnown(key)
          ? null
          : "Hibernate has no setting '"
              + key
              + "'. "
              + nearest(key, HibernateKeys.known())
                  .orElse("AvailableSettings, in Hibernate's Javadoc, has all of them.");
    }
    return "there is no such setting of an engine. "
        + nearest(key, KNOWN.keySet())
            .orElse(
                "Expected one of "
                    + String.join(", ", new TreeSet<>(KNOWN.keySet()))
                    + ", or pool.*, hibernate.*, jakarta.persistence.*.");
  }

  private static @Nullable String refusalOfPool(String key) {
    if (!HikariPools.isHikariThere()) {
      return "HikariCP is not on the class path, and pool.* are its settings. Add the dependency"
          + " com.zaxxer:HikariCP.";
    }
    String instead = PoolKeys.instead(key);
    if (instead != null) {
      return "that setting of HikariCP is decided by SqlAssist. " + instead;
    }
    return PoolKeys.isKnown(key)
        ? null
        : "HikariCP has no setting '"
            + key
            + "'. "
            + nearest(key, PoolKeys.known())
                .orElse(
                    "Expected one of "
                        + String.join(", ", PoolKeys.known())
                        + ", or dataSource.* for the driver.");
  }

  private static Optional<String> nearest(String key, Collection<String> known) {
    return NearestName.of(key, known).map(each -> "Did you mean '" + each + "'?");
  }

  /** Sets a known key. What it throws names neither the key nor a secret. */
  static void apply(String key, SettingText text, EngineConfig config) {
    if (text.value().isBlank() && !key.equals(PASSWORD)) {
      throw new IllegalArgumentException("is empty. Give it a value, or leave it out");
    }
    Setting setting = KNOWN.get(key);
    if (setting != null) {
      setting.apply(config, text);
    } else if (key.startsWith(POOL)) {
      Consumer<HikariConfig> ofPool = PoolKeys.setting(key.substring(POOL.length()), text);
      config.pool(ofPool);
    } else {
      config.property(key, text.value());
    }
  }

  /** Whether blanks around the value belong to it: they may be part of a password. */
  static boolean isVerbatim(String key) {
    return key.equals(PASSWORD) || key.startsWith(POOL + "dataSource.");
  }

  /** Whether a setting is about the pool that SqlAssist makes from a url. */
  static boolean isOfMadePool(String key) {
    return key.startsWith(POOL) || Set.of(URL, USERNAME, PASSWORD, PASSWORD_FILE).contains(key);
  }

  /** Those that say the same thing in another way, so that one of them replaces the other. */
  static Set<String> alternatives(String key) {
    return switch (key) {
      case PASSWORD, PASSWORD_FILE -> Set.of(PASSWORD, PASSWORD_FILE);
      case ENTITIES, ENTITY_PACKAGES -> Set.of(ENTITIES, ENTITY_PACKAGES);
      default -> Set.of(key);
    };
  }

  /** All keys that are known by name. */
  static Set<String> known() {
    Set<String> known = new TreeSet<>(KNOWN.keySet());
    known.addAll(HibernateKeys.known());
    if (HikariPools.isHikariThere()) {
      PoolKeys.known().forEach(key -> known.add(POOL + key));
    }
    return known;
  }
}
