package io.sqlassist.jta;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.XADataSource;
import org.jspecify.annotations.Nullable;

/** Makes a data source from its class and properties. */
final class Beans {

  private Beans() {}

  static XADataSource make(Class<? extends XADataSource> type, Map<String, String> properties) {
    XADataSource made;
    try {
      made = type.getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          type.getName() + " can't be made: it needs a public constructor without parameters.", e);
    }
    properties.forEach((name, value) -> set(made, name, value));
    return made;
  }

  private static void set(Object bean, String name, String value) {
    for (Method method : bean.getClass().getMethods()) {
      if (method.getName().equalsIgnoreCase("set" + name) && method.getParameterCount() == 1) {
        Object converted = converted(method.getParameterTypes()[0], value);
        if (converted != null) {
          invoke(method, bean, converted, name);
          return;
        }
      }
    }
    throw new IllegalArgumentException(
        bean.getClass().getName() + " has no property '" + name + "'. It has " + names(bean) + ".");
  }

  private static void invoke(Method setter, Object bean, Object value, String name) {
    try {
      setter.invoke(bean, value);
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException("The property '" + name + "' can't be set", e);
    } catch (InvocationTargetException e) {
      // Without the cause's text: it may repeat the value, and that may be a password.
      throw new IllegalArgumentException(
          bean.getClass().getName() + " refuses the value of its property '" + name + "'.");
    }
  }

  private static @Nullable Object converted(Class<?> type, String value) {
    if (type == String.class) {
      return value;
    }
    if (type == int.class || type == Integer.class) {
      return Integer.valueOf(value);
    }
    if (type == long.class || type == Long.class) {
      return Long.valueOf(value);
    }
    if (type == boolean.class || type == Boolean.class) {
      return Boolean.valueOf(value);
    }
    return null;
  }

  private static Set<String> names(Object bean) {
    Set<String> names = new TreeSet<>();
    for (Method method : bean.getClass().getMethods()) {
      if (method.getName().startsWith("set") && method.getParameterCount() == 1) {
        names.add(method.getName().substring(3));
      }
    }
    return names;
  }
}
