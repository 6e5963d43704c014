package io.sqlassist.engine;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * A connection that stays in autocommit mode, whatever is asked of it.
 *
 * <p>An engine without transactions gives its connection back after each statement. Where the
 * application begins a transaction by hand all the same, its later statements and its commit would
 * meet another connection, and what the first one did would be rolled back: a line of the log would
 * be lost without a word.
 */
final class WithoutTransaction implements InvocationHandler {

  private final Connection connection;

  private WithoutTransaction(Connection connection) {
    this.connection = connection;
  }

  /** The connection in autocommit mode, without the way out of it. */
  static Connection of(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            WithoutTransaction.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new WithoutTransaction(connection));
  }

  /** The connection itself. */
  static Connection unwrap(Connection connection) {
    return Proxy.isProxyClass(connection.getClass())
            && Proxy.getInvocationHandler(connection) instanceof WithoutTransaction handler
        ? handler.connection
        : connection;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    switch (method.getName()) {
      case "setAutoCommit" -> {
        return null;
      }
      case "commit", "rollback" -> {
        if (method.getParameterCount() == 0) {
          return null; // every statement was committed when it was done
        }
      }
      case "equals" -> {
        return arguments != null && proxy == arguments[0];
      }
      case "hashCode" -> {
        return System.identityHashCode(proxy);
      }
      default -> {
        // as the connection does it
      }
    }
    try {
      return method.invoke(connection, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
