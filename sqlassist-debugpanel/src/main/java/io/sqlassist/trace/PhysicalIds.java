package io.sqlassist.trace;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a database calls a connection. Asks only what the driver knows without a round trip. */
final class PhysicalIds {

  /** A getter of a driver's class, and perhaps one of what that returns. Looked up once. */
  private record Getter(Class<?> driver, Method method, @Nullable Method then) {

    /** None where the driver is not there, or is of another version. */
    static Stream<Getter> of(String driver, String method) {
      try {
        return Stream.of(new Getter(type(driver), type(driver).getMethod(method), null));
      } catch (ReflectiveOperationException | LinkageError e) {
        return Stream.empty();
      }
    }

    static Stream<Getter> of(String driver, String method, String returned, String then) {
      try {
        Method first = type(driver).getMethod(method);
        return Stream.of(new Getter(type(driver), first, type(returned).getMethod(then)));
      } catch (ReflectiveOperationException | LinkageError e) {
        return Stream.empty();
      }
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
      return Class.forName(name, false, PhysicalIds.class.getClassLoader());
    }

    @Nullable String ask(Connection connection) {
      try {
        if (!connection.isWrapperFor(driver)) {
          return null;
        }
        Object answer = method.invoke(connection.unwrap(driver));
        if (then != null) {
          answer = then.getDeclaringClass().isInstance(answer) ? then.invoke(answer) : null;
        }
        return answer == null ? null : answer.toString();
      } catch (ReflectiveOperationException | SQLException | LinkageError e) {
        return null; // another version of the driver
      }
    }
  }

  private static final List<Getter> GETTERS =
      Stream.of(
              Getter.of("org.postgresql.PGConnection", "getBackendPID"),
              Getter.of("org.mariadb.jdbc.Connection", "getThreadId"),
              Getter.of("com.mysql.cj.jdbc.JdbcConnection", "getId"),
              Getter.of(
                  "org.h2.jdbc.JdbcConnection",
                  "getSession",
                  "org.h2.engine.SessionLocal",
                  "getId"))
          .flatMap(found -> found)
          .toList();

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
