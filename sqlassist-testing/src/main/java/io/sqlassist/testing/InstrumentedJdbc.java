package io.sqlassist.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Data sources, connections and statements that tell what is done with them. Each passes on what it
 * is asked, and can be unwrapped.
 *
 * <p>Thread-safe as far as what is wrapped is.
 */
abstract class InstrumentedJdbc implements InvocationHandler {

  final Instruments instruments;
  final String engine;
  private final Object target;

  private InstrumentedJdbc(Instruments instruments, String engine, Object target) {
    this.instruments = instruments;
    this.engine = engine;
    this.target = target;
  }

  static DataSource wrap(Instruments instruments, String engine, DataSource dataSource) {
    return proxy(DataSource.class, new OfDataSource(instruments, engine, dataSource));
  }

  /** A connection whose transactions are savepoints, and whose end is its owner's. */
  static Connection lent(Instruments instruments, String engine, Connection connection) {
    return proxy(Connection.class, new OfConnection(instruments, engine, connection, null));
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            InstrumentedJdbc.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @Override
  public final @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] given) throws Throwable {
    @Nullable Object[] arguments = given == null ? new Object[0] : given;
    return switch (method.getName()) {
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      case "toString" -> "instrumented " + target;
      case "unwrap" ->
          arguments[0] instanceof Class<?> type && type.isInstance(target)
              ? target
              : pass(method, arguments);
      case "isWrapperFor" ->
          (arguments[0] instanceof Class<?> type && type.isInstance(target))
              || Boolean.TRUE.equals(pass(method, arguments));
      default -> call(proxy, method, arguments);
    };
  }

  abstract @Nullable Object call(Object proxy, Method method, @Nullable Object[] arguments)
      throws Throwable;

  final @Nullable Object pass(Method method, @Nullable Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static final class OfDataSource extends InstrumentedJdbc {

    OfDataSource(Instruments instruments, String engine, DataSource target) {
      super(instruments, engine, target);
    }

    @Override
    @Nullable Object call(Object proxy, Method method, @Nullable Object[] arguments)
        throws Throwable {
      if (!method.getName().equals("getConnection")) {
        return pass(method, arguments);
      }
      instruments.acquiring(engine);
      instruments.faults().acquiring(engine);
      Object got = pass(method, arguments);
      if (!(got instanceof Connection connection)) {
        return got;
      }
      instruments.log().acquired(engine);
      OpenThings.Item held = instruments.open().acquired(engine);
      return proxy(Connection.class, new OfConnection(instruments, engine, connection, held));
    }
  }

  private static final class OfConnection extends InstrumentedJdbc {

    private final Connection target;

    /** Null for a connection that is somebody else's to give back. */
    private final OpenThings.@Nullable Item held;

    /** Why nothing works any more, after a fault that broke the connection. */
    private volatile @Nullable SQLException broken;

    OfConnection(
        Instruments instruments, String engine, Connection target, OpenThings.@Nullable Item held) {
      super(instruments, engine, target);
      this.target = target;
      this.held = held;
    }

    @Override
    @Nullable Object call(Object proxy, Method method, @Nullable Object[] arguments)
        throws Throwable {
      String name = method.getName();
      switch (name) {
        case "close", "abort" -> {
          if (held != null) {
            instruments.open().closed(held);
          }
          return pass(method, arguments);
        }
        case "isClosed" -> {
          return broken != null || Boolean.TRUE.equals(pass(method, arguments));
        }
        case "isValid" -> {
          return broken == null && Boolean.TRUE.equals(pass(method, arguments));
        }
        default -> refuseBroken();
      }
      boolean commits =
          held == null ? name.equals("releaseSavepoint") && endsUnit() : name.equals("commit");
      if (commits) {
        return commit(method, arguments);
      }
      Object result = pass(method, arguments);
      if (result instanceof Statement statement) {
        String sql = arguments.length > 0 && arguments[0] instanceof String text ? text : "";
        return statement(method.getReturnType(), (Connection) proxy, statement, sql);
      }
      return result;
    }

    /**
     * Whether a savepoint is released because a unit of work commits. Savepoints of blocks are
     * released as well, and those that were gone back to; nothing but the caller tells.
     */
    private boolean endsUnit() {
      return instruments.faults().concernCommits(engine)
          && StackWalker.getInstance()
              .walk(
                  frames ->
                      frames
                          .filter(
                              frame ->
                                  frame
                                      .getClassName()
                                      .equals("io.sqlassist.engine.LentTransactions"))
                          .map(StackWalker.StackFrame::getMethodName)
                          .toList())
              .equals(List.of("release", "commit"));
    }

    private void refuseBroken() throws SQLException {
      SQLException why = broken;
      if (why != null) {
        throw new SQLException(
            "The connection is broken, as the test wanted it: " + why.getMessage(),
            why.getSQLState(),
            why);
      }
    }

    private @Nullable Object commit(Method method, @Nullable Object[] arguments) throws Throwable {
      Fault fault = instruments.faults().committing(engine);
      if (fault == null) {
        return pass(method, arguments);
      }
      if (fault.after()) {
        pass(method, arguments);
      } else if (held != null && !fault.breaksConnection()) {
        target.rollback(); // as a database that refuses a commit does
      }
      SQLException failure = fault.failure(engine);
      if (fault.breaksConnection() && held != null) {
        broken = failure;
        target.abort(Runnable::run); // its pool finds out when it is given back
      }
      throw failure;
    }

    private Object statement(Class<?> type, Connection proxy, Statement statement, String sql) {
      OfStatement handler = new OfStatement(instruments, engine, statement, proxy, sql);
      if (type == CallableStatement.class) {
        return proxy(CallableStatement.class, handler);
      }
      return type == PreparedStatement.class
          ? proxy(PreparedStatement.class, handler)
          : proxy(Statement.class, handler);
    }
  }

  private static final class OfStatement extends InstrumentedJdbc {

    private final Connection connection;
    private final String prepared;

    // Statements are used by one thread at a time.
    private String batched = "";
    private int batchSize;

    OfStatement(
        Instruments instruments,
        String engine,
        Statement target,
        Connection connection,
        String prepared) {
      super(instruments, engine, target);
      this.connection = connection;
      this.prepared = prepared;
    }

    @Override
    @Nullable Object call(Object proxy, Method method, @Nullable Object[] arguments)
        throws Throwable {
      String name = method.getName();
      switch (name) {
        case "getConnection" -> {
          return connection;
        }
        case "addBatch" -> {
          batchSize++;
          if (arguments.length > 0 && arguments[0] instanceof String sql && batched.isEmpty()) {
            batched = sql;
          }
          return pass(method, arguments);
        }
        case "clearBatch" -> {
          batchSize = 0;
          batched = "";
          return pass(method, arguments);
        }
        default -> {
          return name.startsWith("execute")
              ? execute(name.endsWith("Batch"), method, arguments)
              : pass(method, arguments);
        }
      }
    }

    private @Nullable Object execute(boolean batch, Method method, @Nullable Object[] arguments)
        throws Throwable {
      String sql = arguments.length > 0 && arguments[0] instanceof String text ? text : prepared;
      int rows = 1;
      if (batch) {
        sql = batched.isEmpty() ? prepared : batched;
        rows = batchSize;
        batchSize = 0;
        batched = "";
      }
      boolean failed = true;
      try {
        Object result = pass(method, arguments);
        failed = false;
        return result;
      } finally {
        instruments.log().executed(engine, sql, rows, failed);
      }
    }
  }
}
