package io.sqlassist.javalin.soak;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.hibernate.Session;

/**
 * A pool whose connections refuse a COMMIT on demand, before it is sent. Demanded by a request of
 * the very connection that it works on, so that no other request can be hit.
 */
final class CommitFaults {

  /** The mark that a request leaves on its connection; gone with the end of the transaction. */
  private interface Faulty {
    void failCommitWith(Throwable failure);
  }

  /** How many commits were refused. */
  final AtomicInteger raised = new AtomicInteger();

  DataSource around(DataSource pool) {
    return (DataSource)
        proxy(
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) ->
                method.getName().equals("getConnection")
                    ? new FaultyConnection(pool.getConnection()).proxy()
                    : call(pool, method, arguments));
  }

  /** The database refuses the commit of this session's transaction: a serialization failure. */
  static void refuseCommit(Session session) {
    mark(session, new SQLException("could not serialize access (injected)", "40001"));
  }

  /** The commit of this session's transaction dies of an {@code Error}. */
  static void breakCommit(Session session) {
    mark(session, new LinkageError("injected"));
  }

  private static void mark(Session session, Throwable failure) {
    session.doWork(connection -> connection.unwrap(Faulty.class).failCommitWith(failure));
  }

  private final class FaultyConnection implements InvocationHandler, Faulty {
    private final Connection connection;
    private Throwable failure;

    FaultyConnection(Connection connection) {
      this.connection = connection;
    }

    Object proxy() {
      return CommitFaults.proxy(new Class<?>[] {Connection.class, Faulty.class}, this);
    }

    @Override
    public void failCommitWith(Throwable failure) {
      this.failure = failure;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      switch (method.getName()) {
        case "failCommitWith" -> failCommitWith((Throwable) arguments[0]);
        case "unwrap" -> {
          return arguments[0] == Faulty.class ? proxy : call(connection, method, arguments);
        }
        case "commit" -> {
          if (failure != null) {
            raised.incrementAndGet();
            throw failure;
          }
          connection.commit();
        }
        case "rollback" -> {
          failure = null;
          return call(connection, method, arguments);
        }
        default -> {
          return call(connection, method, arguments);
        }
      }
      return null;
    }
  }

  private static Object proxy(Class<?>[] types, InvocationHandler handler) {
    return Proxy.newProxyInstance(CommitFaults.class.getClassLoader(), types, handler);
  }

  private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
