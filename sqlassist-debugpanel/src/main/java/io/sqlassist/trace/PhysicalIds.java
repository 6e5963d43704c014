package io.sqlassist.trace;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a database calls a connection. Asks only what the driver knows without a round trip. */
final class PhysicalIds {

  /** A getter of a driver's class, and perhaps one of what that returns. */
  private record Getter(String type, String method, String then) {

    @Nullable String ask(Connection connection) {
      try {
        Class<?> driver = Class.forName(type, false, PhysicalIds.class.getClassLoader());
        if (!connection.isWrapperFor(driver)) {
          return null;
        }
        Object answer = driver.getMethod(method).invoke(connection.unwrap(driver));
        if (!then.isEmpty() && answer != null) {
          answer = publicMethod(answer, then).invoke(answer);
        }
        return answer == null ? null : answer.toString();
      } catch (ReflectiveOperationException | SQLException | LinkageError e) {
        return null; // another driver, or another version of it
      }
    }

    private static Method publicMethod(Object of, String name) throws NoSuchMethodException {
      return of.getClass().getMethod(name);
    }
  }

  private static final List<Getter> GETTERS =
      List.of(
          new Getter("org.postgresql.PGConnection", "getBackendPID", ""),
          new Getter("org.mariadb.jdbc.Connection", "getThreadId", ""),
          new Getter("com.mysql.cj.jdbc.JdbcConnection", "getId", ""),
          new Getter("org.h2.jdbc.JdbcConnection", "getSession", "getId"));

  private PhysicalIds() {}

  static String of(Connection connection) {
    for (Getter getter : GETTERS) {
      String id = getter.ask(connection);
      if (id != null) {
        return id;
      }
    }
    return "@" + Integer.toHexString(System.identityHashCode(innermost(connection)));
  }

  private static Object innermost(Connection connection) {
    try {
      return connection.unwrap(Connection.class);
    } catch (SQLException e) {
      return connection;
    }
  }
}
