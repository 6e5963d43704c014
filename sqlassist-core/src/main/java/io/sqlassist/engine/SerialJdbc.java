package io.sqlassist.engine;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A connection, and what comes of it, as views that let one call at a time through. Drivers need
 * not stand several threads on one connection: that of MariaDB mixes up their answers, and hangs.
 *
 * <p>Thread-safe. What runs may be cancelled from another thread.
 */
final class SerialJdbc implements InvocationHandler {

  private final Object object;
  private final ReentrantLock lock;

  /** The view that this one came from; null for a connection. */
  private final @Nullable Object parent;

  private SerialJdbc(Object object, ReentrantLock lock, @Nullable Object parent) {
    this.object = object;
    this.lock = lock;
    this.parent = parent;
  }

  static Connection of(Connection connection, ReentrantLock lock) {
    return view(Connection.class, connection, lock, null);
  }

  private static <T> T view(
      Class<T> type, Object object, ReentrantLock lock, @Nullable Object parent) {
    return type.cast(
        Proxy.newProxyInstance(
            SerialJdbc.class.getClassLoader(),
            new Class<?>[] {type},
            new SerialJdbc(object, lock, parent)));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    return switch (method.getName()) {
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      case "cancel", "abort", "toString" -> pass(method, arguments);
      default -> {
        lock.lock();
        try {
          yield seen(proxy, method, pass(method, arguments));
        } finally {
          lock.unlock();
        }
      }
    };
  }

  private @Nullable Object seen(Object proxy, Method method, @Nullable Object result) {
    Class<?> type = method.getReturnType();
    if (result == null) {
      return null;
    }
    if (type == Connection.class || (type == Statement.class && proxy instanceof ResultSet)) {
      return parent == null ? result : parent;
    }
    return type == ResultSet.class
            || type == DatabaseMetaData.class
            || Statement.class.isAssignableFrom(type)
        ? view(type, result, lock, proxy)
        : result;
  }

  private @Nullable Object pass(Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(object, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
