package io.sqlassist.engine;

import jakarta.persistence.SharedCacheMode;
import jakarta.persistence.ValidationMode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/**
 * Two settings that Hibernate has as properties and, with a configuration in code, reads only from
 * its methods: as a property alone they would do nothing.
 */
final class PersistenceModes {

  private PersistenceModes() {}

  static void apply(
      String engine,
      Map<String, Object> properties,
      HibernatePersistenceConfiguration persistence) {
    set(
        engine,
        properties,
        AvailableSettings.JAKARTA_VALIDATION_MODE,
        ValidationMode.class,
        persistence::validationMode);
    set(
        engine,
        properties,
        AvailableSettings.JAKARTA_SHARED_CACHE_MODE,
        SharedCacheMode.class,
        persistence::sharedCacheMode);
  }

  private static <M extends Enum<M>> void set(
      String engine,
      Map<String, Object> properties,
      String key,
      Class<M> modes,
      Consumer<M> setting) {
    Object value = properties.get(key);
    if (value == null) {
      return;
    }
    String name = value.toString().strip().replace('-', '_').toUpperCase(Locale.ROOT);
    setting.accept(
        Arrays.stream(modes.getEnumConstants())
            .filter(mode -> mode.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Engine '"
                            + engine
                            + "': the setting '"
                            + key
                            + "' is "
                            + value
                            + ". Known values: "
                            + String.join(
                                ", ",
                                Arrays.stream(modes.getEnumConstants()).map(Enum::name).toList())
                            + ".")));
  }
}
