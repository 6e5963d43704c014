package io.sqlassist.engine;

import com.zaxxer.hikari.HikariConfig;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * HikariCP's settings by HikariCP's names, as its own configuration declares them. Loaded only
 * where HikariCP is present.
 */
final class PoolKeys {

  private static final String DRIVERS_OWN = "dataSource.";

  /** Settings that an engine has under another name, or that can't be there with a url. */
  private static final Map<String, String> INSTEAD =
      Map.of(
          "jdbcUrl", "Set the engine's own 'url' instead.",
          "username", "Set the engine's own 'username' instead.",
          "password", "Set the engine's own 'password' or 'password-file' instead.",
          "autoCommit", "The kind of engine decides: set 'autocommit' or 'read-only' instead.",
          "readOnly", "The kind of engine decides: set the engine's own 'read-only' instead.",
          "dataSourceClassName", "Set the engine's 'url' instead.",
          "dataSourceJNDI", "Set 'data-source' to 'application', and hand in that DataSource.");

  private static final Map<String, Method> SETTERS = setters();

  private PoolKeys() {}

  /** Those whose value a text can be. */
  private static Map<String, Method> setters() {
    Map<String, Method> setters = new TreeMap<>();
    for (Method method : HikariConfig.class.getMethods()) {
      if (method.getName().startsWith("set") && method.getParameterCount() == 1) {
        Class<?> type = method.getParameterTypes()[0];
        String name = method.getName().substring(3);
        String key = Character.toLowerCase(name.charAt(0)) + name.substring(1);
        if (type == int.class
            || type == long.class
            || type == boolean.class
            || type == String.class) {
          setters.put(key, method);
        }
      }
    }
    setters.keySet().removeAll(INSTEAD.keySet());
    return setters;
  }

  static Set<String> known() {
    return SETTERS.keySet();
  }

  static boolean isKnown(String key) {
    return SETTERS.containsKey(key) || isDriversOwn(key);
  }

  /** A property of the driver, which HikariCP passes on. */
  private static boolean isDriversOwn(String key) {
    return key.startsWith(DRIVERS_OWN) && key.length() > DRIVERS_OWN.length();
  }

  static @Nullable String instead(String key) {
    return INSTEAD.get(key);
  }

  /**
   * Reads the value of a setting.
   *
   * @return sets it
   * @throws IllegalArgumentException if it is no value of that setting, or one that HikariCP
   *     refuses
   */
  static Consumer<HikariConfig> setting(String key, SettingText text) {
    Consumer<HikariConfig> setting;
    Method setter = SETTERS.get(key);
    if (setter == null) {
      String property = key.substring(DRIVERS_OWN.length());
      setting = pool -> pool.addDataSourceProperty(property, text.value());
    } else {
      Object value = value(setter.getParameterTypes()[0], text);
      setting = pool -> set(pool, setter, value);
    }
    setting.accept(new HikariConfig());
    return setting;
  }

  private static Object value(Class<?> type, SettingText text) {
    if (type == int.class) {
      return text.asInt();
    }
    if (type == boolean.class) {
      return text.asBoolean();
    }
    return type == long.class ? millis(text) : text.value();
  }

  /** Whole numbers in HikariCP are times, but for those that switch something off. */
  private static long millis(SettingText text) {
    if (text.value().equals("0") || text.value().equals("-1")) {
      return Long.parseLong(text.value());
    }
    Duration time = text.asDuration();
    BigInteger nanos =
        BigInteger.valueOf(time.getSeconds())
            .multiply(BigInteger.valueOf(1_000_000_000))
            .add(BigInteger.valueOf(time.getNano()));
    BigInteger[] parts = nanos.divideAndRemainder(BigInteger.valueOf(1_000_000));
    if (parts[1].signum() != 0) {
      throw text.unreadable("HikariCP counts in whole milliseconds");
    }
    if (parts[0].signum() < 0 || parts[0].bitLength() > 62) {
      throw text.unreadable("HikariCP takes times from 0 to 100 million years");
    }
    return parts[0].longValueExact();
  }

  private static void set(HikariConfig pool, Method setter, Object value) {
    try {
      setter.invoke(pool, value);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "is refused by HikariCP: " + e.getTargetException().getMessage(), e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("HikariCP hides " + setter, e);
    }
  }
}
