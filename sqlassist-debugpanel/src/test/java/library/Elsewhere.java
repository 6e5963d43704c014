package library;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import javax.sql.DataSource;

/** Makes a database of this machine say that it is on another one. */
final class Elsewhere {

  static final String URL = "jdbc:h2:tcp://db.example/~/shop";

  private Elsewhere() {}

  static DataSource of(DataSource here) {
    return as(DataSource.class, here);
  }

  private static <T> T as(Class<T> type, Object target) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.getName().equals("getURL")) {
            return URL;
          }
          try {
            Object result = method.invoke(target, arguments);
            return switch (method.getName()) {
              case "getConnection" ->
                  result instanceof Connection ? as(Connection.class, result) : result;
              case "getMetaData" ->
                  result instanceof DatabaseMetaData ? as(DatabaseMetaData.class, result) : result;
              default -> result;
            };
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return type.cast(
        Proxy.newProxyInstance(Elsewhere.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
