package io.sqlassist.engine;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
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

  /** A connection of that kind, also where something else is wrapped around it. */
  interface Serial {
    ReentrantLock lock();
  }

  private final Object object;
  private final ReentrantLock lock;

  /** Where a savepoint is set around each statement; null for none. */
  private final @Nullable Connection guarded;

  /** The view that this one came from; null for a connection. */
  private final @Nullable Object parent;

  private SerialJdbc(
      Object object, ReentrantLock lock, @Nullable Connection guarded, @Nullable Object parent) {
    this.object = object;
    this.lock = lock;
    this.guarded = guarded;
    this.parent = parent;
  }

  static Connection of(Connection connection, ReentrantLock lock) {
    return connection(new SerialJdbc(connection, lock, null, null));
  }

  /**
   * A view whose statements, if they fail, undo nothing but themselves, on databases where they end
   * the transaction.
   */
  static Connection guarded(Connection connection, ReentrantLock lock) {
    return connection(new SerialJdbc(connection, lock, connection, null));
  }

  /**
   * The lock for a connection: that of the view below, if there is one, so that several calls which
   * belong together keep out whoever has wrapped that view otherwise.
   */
  static ReentrantLock lockOf(Connection connection) throws SQLException {
    return connection.isWrapperFor(Serial.class)
        ? connection.unwrap(Serial.class).lock()
        : new ReentrantLock();
  }

  private static Connection connection(SerialJdbc handler) {
    return (Connection) proxy(handler, Connection.class, Serial.class);
  }

  private static Object proxy(SerialJdbc handler, Class<?>... types) {
    return Proxy.newProxyInstance(SerialJdbc.class.getClassLoader(), types, handler);
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    return switch (method.getName()) {
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      case "lock" -> lock;
      case "cancel", "abort", "toString" -> pass(method, arguments);
      case "isWrapperFor", "unwrap" ->
          arguments != null && Serial.class.equals(arguments[0])
              ? wrapped(proxy, method)
              : locked(proxy, method, arguments);
      default -> locked(proxy, method, arguments);
    };
  }

  private static Object wrapped(Object proxy, Method method) {
    return method.getName().equals("unwrap") ? proxy : true;
  }

  private @Nullable Object locked(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    lock.lock();
    try {
      Object result =
          guarded != null && method.getName().startsWith("execute") && !guarded.getAutoCommit()
              ? execute(guarded, method, arguments)
              : pass(method, arguments);
      return seen(proxy, method, result);
    } finally {
      lock.unlock();
    }
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
        ? proxy(new SerialJdbc(result, lock, guarded, proxy), type)
        : result;
  }

  /** Nobody else sets a savepoint meanwhile: the lock is held. */
  private @Nullable Object execute(
      Connection connection, Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    Savepoint before = connection.setSavepoint();
    try {
      Object result = pass(method, arguments);
      connection.releaseSavepoint(before);
      return result;
    } catch (SQLException | RuntimeException e) {
      try {
        connection.rollback(before);
        connection.releaseSavepoint(before);
      } catch (SQLException | RuntimeException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
  }

  private @Nullable Object pass(Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(object, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
