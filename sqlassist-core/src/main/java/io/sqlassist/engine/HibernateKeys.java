package io.sqlassist.engine;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.DialectSpecificSettings;

/** The names of Hibernate's settings, as Hibernate itself declares them. */
final class HibernateKeys {

  /** Settings of Hibernate's extensions, which {@link AvailableSettings} does not know. */
  private static final List<String> OF_EXTENSIONS =
      List.of(
          "hibernate.javax.cache.",
          "hibernate.cache.",
          "hibernate.search.",
          "hibernate.envers.",
          "hibernate.integration.",
          "hibernate.spatial.",
          "org.hibernate.envers.",
          "hibernate.query.mutation_strategy.");

  private static final Set<String> KNOWN =
      read(AvailableSettings.class, DialectSpecificSettings.class);

  private HibernateKeys() {}

  private static Set<String> read(Class<?>... declarers) {
    Set<String> keys = new TreeSet<>();
    for (Class<?> declarer : declarers) {
      for (Field field : declarer.getFields()) {
        if (Modifier.isStatic(field.getModifiers()) && field.getType() == String.class) {
          keys.add(value(field));
        }
      }
    }
    keys.removeIf(key -> !isHibernates(key));
    return Collections.unmodifiableSet(keys);
  }

  private static String value(Field field) {
    try {
      return (String) field.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("Hibernate hides its setting " + field, e);
    }
  }

  /** Whether a key is to be looked up here. */
  static boolean isHibernates(String key) {
    return key.startsWith("hibernate.")
        || key.startsWith("org.hibernate.")
        || key.startsWith("jakarta.persistence.");
  }

  static boolean isKnown(String key) {
    return KNOWN.contains(key) || OF_EXTENSIONS.stream().anyMatch(key::startsWith);
  }

  static Set<String> known() {
    return KNOWN;
  }
}
