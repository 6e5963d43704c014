package io.sqlassist.trace;

import io.sqlassist.trace.Entries.Acquisition;
import io.sqlassist.trace.Entries.OfConnection;
import io.sqlassist.trace.Entries.OfSession;
import io.sqlassist.trace.Recorder.Acquiring;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Proxies around a data source, its connections, their statements and results. */
final class RecordedJdbc {

  /** What a data source that is wrapped tells of itself, also through other wrappers. */
  interface Recorded {
    boolean isBy(Recorder recorder);
  }

  private RecordedJdbc() {}

  static DataSource wrap(Recorder recorder, Pool pool, DataSource target) {
    return (DataSource)
        Proxy.newProxyInstance(
            RecordedJdbc.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            new SourceHandler(recorder, pool, target));
  }

  /** By the same recorder: there may be several, and each wants to see everything. */
  static boolean isWrapped(DataSource source, Recorder recorder) {
    try {
      return source.isWrapperFor(Recorded.class) && source.unwrap(Recorded.class).isBy(recorder);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Passes a call on; what the target throws is thrown as it is. */
  static @Nullable Object call(
      Object proxy, Object target, Method method, Object @Nullable [] arguments) throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return switch (method.getName()) {
        case "equals" -> arguments != null && proxy == arguments[0];
        case "hashCode" -> System.identityHashCode(proxy);
        default -> "recorded " + target;
      };
    }
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private record SourceHandler(Recorder recorder, Pool pool, DataSource target)
      implements InvocationHandler {

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      if (arguments != null && arguments[0] == Recorded.class) {
        return method.getName().equals("isWrapperFor") ? true : (Recorded) this::isBy;
      }
      if (!method.getName().equals("getConnection") || recorder.isOff()) {
        return call(proxy, target, method, arguments);
      }
      Acquiring acquiring = recorder.acquiring();
      OfSession session = acquiring == null ? null : acquiring.session;
      long requested = acquiring == null ? System.nanoTime() : acquiring.reachedPool();
      Recording recording = session == null ? recorder.current() : session.recording;
      if (!recording.captures() || (recorder.isPaused() && recording.isBackground())) {
        return call(proxy, target, method, arguments);
      }
      try {
        Connection connection = (Connection) call(proxy, target, method, arguments);
        return connection == null
            ? null
            : acquired(recording, session, connection, requested, System.nanoTime());
      } catch (SQLException | RuntimeException e) {
        failed(recording, session, requested, e);
        throw e;
      }
    }

    private boolean isBy(Recorder other) {
      return recorder == other || isWrapped(target, other);
    }

    private Connection acquired(
        Recording recording,
        @Nullable OfSession session,
        Connection connection,
        long requested,
        long acquired) {
      try {
        pool.learn(connection);
        Acquisition acquisition =
            new Acquisition(
                pool.name(),
                pool.number(),
                PhysicalIds.of(connection),
                requested,
                acquired,
                connection.getAutoCommit(),
                pool.isReadOnly(),
                Thread.currentThread().getName(),
                recorder.stacks().application(),
                null);
        pool.acquired(acquired - requested);
        OfConnection entry = recording.acquired(pool.engine(), session, acquisition);
        Hold hold =
            new Hold(
                pool.engine(),
                acquisition,
                recording.isBackground() ? "" : recording.id(),
                recording.title());
        recorder.hold(hold);
        return (Connection)
            Proxy.newProxyInstance(
                RecordedJdbc.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new ConnectionHandler(recorder, pool, connection, entry, hold));
      } catch (SQLException | RuntimeException | Error e) {
        recorder.captureFailed(e);
        return connection;
      }
    }

    private void failed(
        Recording recording, @Nullable OfSession session, long requested, Exception failure) {
      try {
        recording.acquired(
            pool.engine(),
            session,
            Acquisition.failed(
                pool, requested, recorder.stacks().application(), Failures.of(failure)));
      } catch (RuntimeException | Error e) {
        recorder.captureFailed(e);
      }
    }
  }

  private static final class ConnectionHandler implements InvocationHandler {

    private final Recorder recorder;
    private final Pool pool;
    private final Connection target;
    private final OfConnection entry;
    private final Hold hold;

    ConnectionHandler(
        Recorder recorder, Pool pool, Connection target, OfConnection entry, Hold hold) {
      this.recorder = recorder;
      this.pool = pool;
      this.target = target;
      this.entry = entry;
      this.hold = hold;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      switch (method.getName()) {
        case "createStatement", "prepareStatement", "prepareCall" -> {
          return prepared(proxy, method, arguments);
        }
        case "close", "abort" -> {
          try {
            return call(proxy, target, method, arguments);
          } finally {
            released();
          }
        }
        default -> {
          Mark.Kind kind = kind(method.getName(), arguments);
          return kind == null
              ? call(proxy, target, method, arguments)
              : marked(kind, proxy, method, arguments);
        }
      }
    }

    /** Some databases look at a statement only when it is executed, some already here. */
    private @Nullable Object prepared(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      String sql =
          arguments != null && arguments.length > 0 && arguments[0] instanceof String text
              ? text
              : null;
      long start = System.nanoTime();
      Object statement;
      try {
        statement = call(proxy, target, method, arguments);
      } catch (SQLException | RuntimeException e) {
        if (sql != null && !recorder.isOff()) {
          RecordedStatement.failedToPrepare(recorder, pool, entry, hold, sql, start, e);
        }
        throw e;
      }
      return statement instanceof Statement made ? recorded(proxy, made, sql) : statement;
    }

    private Object recorded(Object proxy, Statement statement, @Nullable String sql) {
      Class<?> type =
          statement instanceof CallableStatement
              ? CallableStatement.class
              : statement instanceof PreparedStatement ? PreparedStatement.class : Statement.class;
      return Proxy.newProxyInstance(
          RecordedJdbc.class.getClassLoader(),
          new Class<?>[] {type},
          new RecordedStatement(recorder, pool, statement, (Connection) proxy, entry, hold, sql));
    }

    private void released() {
      try {
        recorder.release(hold);
        entry.recording.released(entry);
      } catch (RuntimeException | Error e) {
        recorder.captureFailed(e);
      }
    }

    private static Mark.@Nullable Kind kind(String method, Object @Nullable [] arguments) {
      return switch (method) {
        case "commit" -> Mark.Kind.COMMIT;
        case "rollback" -> arguments == null ? Mark.Kind.ROLLBACK : Mark.Kind.SAVEPOINT_ROLLBACK;
        case "setSavepoint" -> Mark.Kind.SAVEPOINT;
        case "releaseSavepoint" -> Mark.Kind.SAVEPOINT_RELEASED;
        case "setAutoCommit" ->
            arguments != null && Boolean.TRUE.equals(arguments[0])
                ? Mark.Kind.AUTOCOMMIT_ON
                : Mark.Kind.AUTOCOMMIT_OFF;
        case "setReadOnly" -> Mark.Kind.READ_ONLY;
        case "setTransactionIsolation" -> Mark.Kind.ISOLATION;
        default -> null;
      };
    }

    private @Nullable Object marked(
        Mark.Kind kind, Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      if (recorder.isOff()) {
        return call(proxy, target, method, arguments);
      }
      long start = System.nanoTime();
      Object result = null;
      Throwable thrown = null;
      try {
        result = call(proxy, target, method, arguments);
        return result;
      } catch (Throwable e) {
        thrown = e;
        throw e;
      } finally {
        mark(kind, start, result, arguments, thrown);
      }
    }

    private void mark(
        Mark.Kind kind,
        long start,
        @Nullable Object result,
        Object @Nullable [] arguments,
        @Nullable Throwable thrown) {
      try {
        entry.recording.marked(
            kind,
            entry,
            start,
            System.nanoTime(),
            detail(kind, result, arguments),
            thrown == null ? null : Failures.of(thrown));
      } catch (RuntimeException | Error e) {
        recorder.captureFailed(e);
      }
    }

    private static String detail(
        Mark.Kind kind, @Nullable Object result, Object @Nullable [] arguments) {
      Object first = arguments == null || arguments.length == 0 ? null : arguments[0];
      return switch (kind) {
        case READ_ONLY -> String.valueOf(first);
        case ISOLATION -> first instanceof Integer level ? isolation(level) : "";
        case SAVEPOINT -> first instanceof String name ? name : savepoint(result);
        case SAVEPOINT_RELEASED, SAVEPOINT_ROLLBACK -> savepoint(first);
        default -> "";
      };
    }

    private static String savepoint(@Nullable Object savepoint) {
      if (!(savepoint instanceof Savepoint point)) {
        return "";
      }
      try {
        return String.valueOf(point.getSavepointId());
      } catch (SQLException unnumbered) {
        try {
          return point.getSavepointName();
        } catch (SQLException unnamed) {
          return "";
        }
      }
    }

    private static String isolation(int level) {
      return switch (level) {
        case Connection.TRANSACTION_READ_UNCOMMITTED -> "READ_UNCOMMITTED";
        case Connection.TRANSACTION_READ_COMMITTED -> "READ_COMMITTED";
        case Connection.TRANSACTION_REPEATABLE_READ -> "REPEATABLE_READ";
        case Connection.TRANSACTION_SERIALIZABLE -> "SERIALIZABLE";
        default -> String.valueOf(level);
      };
    }
  }
}
