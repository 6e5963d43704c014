package io.sqlassist.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import javax.sql.DataSource;

/** A data source whose connections say that they lead somewhere else. */
final class Elsewhere {

  private Elsewhere() {}

  static DataSource of(DataSource source, String url) {
    return wrap(source, DataSource.class, url);
  }

  private static <T> T wrap(T target, Class<T> type, String url) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getURL")) {
                return url;
              }
              try {
                Object result = method.invoke(target, arguments);
                if (result instanceof Connection connection) {
                  return wrap(connection, Connection.class, url);
                }
                return result instanceof DatabaseMetaData data
                    ? wrap(data, DatabaseMetaData.class, url)
                    : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
