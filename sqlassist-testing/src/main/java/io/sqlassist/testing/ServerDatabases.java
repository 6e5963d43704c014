package io.sqlassist.testing;

import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;

/**
 * Databases on the servers of this JVM, from sqlassist-embedded-databases. Called by name: that
 * module is large and may be missing, and has no module descriptor that could be required.
 */
final class ServerDatabases {

  private static final String KIND = "io.sqlassist.embedded.DatabaseKind";

  private ServerDatabases() {}

  /**
   * Makes a database.
   *
   * @throws ClassNotFoundException if the module is missing
   */
  static TestDatabase fresh(DatabaseProduct product) throws ClassNotFoundException {
    Class<?> kinds = Class.forName(KIND);
    for (Object kind : kinds.getEnumConstants()) {
      if (kind.toString().equals(product.name())) {
        return of(product, call(kind, "fresh"));
      }
    }
    throw new IllegalStateException(
        "sqlassist-embedded-databases does not know " + product + ". Use it in the same version.");
  }

  private static TestDatabase of(DatabaseProduct product, Object handle) {
    return new TestDatabase(
        product,
        text(handle, "jdbcUrl"),
        text(handle, "username"),
        text(handle, "password"),
        () -> of(product, call(handle, "readOnlyUser")),
        () -> invoke(handle, "drop"));
  }

  private static String text(Object handle, String method) {
    return (String) call(handle, method);
  }

  private static Object call(Object target, String method) {
    Object result = invoke(target, method);
    if (result == null) {
      throw new IllegalStateException(target.getClass() + "." + method + " returned nothing");
    }
    return result;
  }

  private static @Nullable Object invoke(Object target, String method) {
    try {
      return target.getClass().getMethod(method).invoke(target);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure; // it names the cure
      }
      throw new IllegalStateException("Could not " + method + " a database", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "sqlassist-embedded-databases has another version than sqlassist-testing: " + e, e);
    }
  }
}
