package io.sqlassist.jta;

import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Brings a data source that is an object to a pool that wants to make one from a class: the class
 * looks the object up.
 */
final class HandedIn {

  private static final Map<String, Source> BY_KEY = new ConcurrentHashMap<>();

  private HandedIn() {}

  static String put(Source source) {
    String key = UUID.randomUUID().toString();
    BY_KEY.put(key, source);
    return key;
  }

  static void remove(String key) {
    BY_KEY.remove(key);
  }

  static Source get(String key) {
    return Objects.requireNonNull(BY_KEY.get(key), "the data source of a pool");
  }

  static Class<?> provider(Source source) {
    return source instanceof Source.Xa ? HandedInXaDataSource.class : HandedInDataSource.class;
  }
}
