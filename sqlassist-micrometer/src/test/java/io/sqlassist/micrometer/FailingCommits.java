package io.sqlassist.micrometer;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/** A data source whose commits fail on demand, which no healthy database provides. */
final class FailingCommits {

  private final AtomicReference<SQLException> failure = new AtomicReference<>();

  void failWith(SQLException provoked) {
    failure.set(provoked);
  }

  DataSource wrap(DataSource dataSource) {
    return (DataSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, args) -> {
              Object result = method.invoke(dataSource, args);
              return result instanceof Connection connection ? wrap(connection) : result;
            });
  }

  private Connection wrap(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, args) -> {
              SQLException provoked = failure.get();
              if (method.getName().equals("commit") && provoked != null) {
                throw provoked;
              }
              try {
                return method.invoke(connection, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
