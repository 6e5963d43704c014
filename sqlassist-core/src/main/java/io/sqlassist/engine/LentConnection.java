package io.sqlassist.engine;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection, and the transaction that is open on it, which somebody else owns and lends to the
 * sessions of units of work: a test, or a batch job. What such a session takes for its transaction
 * is a savepoint there: its commit releases it, its rollback goes back to it. Nothing else about
 * the connection changes, and it is never closed here.
 *
 * <p>Thread-safe. One unit of work at a time has a transaction on it, or one inside of the other;
 * who comes from elsewhere waits.
 */
public final class LentConnection {

  /**
   * A unit of work that uses the connection.
   *
   * <p>Thread-safe.
   */
  public interface User {

    /**
     * What the unit is about, for messages.
     *
     * @return a short text without secrets
     */
    String label();

    /**
     * Whether this unit was begun inside of another.
     *
     * @param other any unit
     * @return true for the unit itself, too
     */
    boolean isInside(User other);
  }

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final Connection connection;
  private final Duration longestWait;

  /** The innermost first. */
  private final Deque<Transaction> open = new ArrayDeque<>();

  private LentConnection(Connection connection, Duration longestWait) {
    this.connection = connection;
    this.longestWait = longestWait;
  }

  /**
   * Takes a connection whose transaction others may join.
   *
   * @param engine for messages: the engine that it is lent to
   * @param connection stays its owner's
   * @return the loan
   * @throws IllegalArgumentException if it is closed, or in autocommit mode, so that there is no
   *     transaction to join
   * @throws UnsupportedOperationException if its driver has no savepoints
   * @throws SQLException if the connection can't tell
   */
  static LentConnection of(Engine engine, Connection connection) throws SQLException {
    String name = engine.name();
    if (connection.isClosed()) {
      throw new IllegalArgumentException(
          "The connection for engine '" + name + "' is closed. Lend an open one.");
    }
    if (engine.policy().isCoordinated()) {
      throw new UnsupportedOperationException(
          "Engine '"
              + name
              + "' commits together with others through a coordinator (JTA), which can't join the"
              + " transaction of a single connection. Lend connections to the other engines.");
    }
    if (engine.options().kind() == EngineKind.READ_WRITE) {
      if (connection.getAutoCommit()) {
        throw new IllegalArgumentException(
            "The connection for engine '"
                + name
                + "' is in autocommit mode: there is no transaction to join. Call"
                + " setAutoCommit(false) on it first; whoever owns it commits or rolls back.");
      }
      if (!connection.getMetaData().supportsSavepoints()) {
        throw new UnsupportedOperationException(
            "The connection for engine '"
                + name
                + "' can't be joined: its driver "
                + connection.getMetaData().getDriverName()
                + " has no savepoints.");
      }
    }
    return new LentConnection(
        connection, engine.options().pool().acquireTimeout().orElse(LONGEST_WAIT));
  }

  /**
   * The connection as one session sees it.
   *
   * @param engine the session's engine
   * @param user its unit of work
   * @return the session's use of it
   */
  public Use by(Engine engine, User user) {
    return new Use(engine, user);
  }

  /**
   * A session's use of a lent connection, by what the session has for a connection.
   *
   * @param connection any connection
   * @return the use, or empty if the connection is not lent
   */
  public static Optional<Use> useOf(Connection connection) {
    return Proxy.isProxyClass(connection.getClass())
            && Proxy.getInvocationHandler(connection) instanceof Use use
        ? Optional.of(use)
        : Optional.empty();
  }

  private static final class Transaction {
    private final User user;
    private final Savepoint savepoint;

    /** Set when a transaction around it has ended before it. */
    private @Nullable String endedBy;

    Transaction(User user, Savepoint savepoint) {
      this.user = user;
      this.savepoint = savepoint;
    }
  }

  private synchronized Transaction begin(String engine, User user) throws SQLException {
    long end = System.nanoTime() + longestWait.toNanos();
    while (!open.isEmpty() && !user.isInside(open.peek().user)) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new SQLTransientConnectionException(
            "Engine '"
                + engine
                + "': its connection is lent by somebody else and in use by the unit of work '"
                + open.peek().user.label()
                + "', which has neither committed nor rolled back within "
                + longestWait
                + ". End that unit before '"
                + user.label()
                + "' begins, or begin this one inside of it.");
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SQLTransientConnectionException(
            "Engine '" + engine + "': interrupted while waiting for its lent connection", e);
      }
    }
    Transaction transaction = new Transaction(user, connection.setSavepoint());
    open.push(transaction);
    return transaction;
  }

  private synchronized void end(Transaction transaction, boolean well) throws SQLException {
    if (transaction.endedBy != null) {
      if (well) {
        throw new SQLException(
            "The unit of work '"
                + transaction.user.label()
                + "' can't commit: "
                + transaction.endedBy
                + ", inside of which it was begun, has ended before it.");
      }
      return;
    }
    try {
      if (!well) {
        connection.rollback(transaction.savepoint);
      }
      connection.releaseSavepoint(transaction.savepoint);
    } catch (SQLFeatureNotSupportedException e) {
      // Oracle's driver: the savepoint ends with the transaction.
    } finally {
      leave(transaction);
    }
  }

  private void leave(Transaction transaction) {
    while (!open.isEmpty()) {
      Transaction innermost = open.pop();
      if (innermost.equals(transaction)) { // no equals of its own: that very one
        break;
      }
      innermost.endedBy = "'" + transaction.user.label() + "'";
    }
    notifyAll();
  }

  /**
   * One session's use of a lent connection.
   *
   * <p>Used by one thread at a time, like the session.
   */
  public final class Use implements InvocationHandler {

    private final Engine engine;
    private final User user;
    private final Connection view;
    private @Nullable Transaction transaction;

    private Use(Engine engine, User user) {
      this.engine = engine;
      this.user = user;
      this.view =
          (Connection)
              Proxy.newProxyInstance(
                  LentConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
    }

    /**
     * What the session is opened on.
     *
     * @return a connection whose transactions are savepoints
     */
    public Connection connection() {
      return view;
    }

    /**
     * Whether the session has done something since its transaction began.
     *
     * @return true until it commits or rolls back
     */
    public boolean isUnderWay() {
      return transaction != null;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      return switch (method.getName()) {
        case "commit" -> {
          end(true);
          yield null;
        }
        case "rollback" -> {
          if (arguments == null) {
            end(false);
            yield null;
          }
          yield pass(method, arguments);
        }
        case "close", "abort", "setAutoCommit", "setReadOnly", "setHoldability" -> null;
        case "setTransactionIsolation" -> {
          refuseOtherIsolation(arguments);
          yield null;
        }
        case "prepareStatement", "prepareCall", "createStatement", "setSavepoint" -> {
          begin();
          yield pass(method, arguments);
        }
        case "equals" -> arguments != null && proxy == arguments[0];
        case "hashCode" -> System.identityHashCode(proxy);
        default -> pass(method, arguments);
      };
    }

    private void refuseOtherIsolation(Object @Nullable [] arguments) throws SQLException {
      if (arguments != null && !arguments[0].equals(connection.getTransactionIsolation())) {
        throw new SQLFeatureNotSupportedException(
            "Engine '"
                + engine.name()
                + "' works in the transaction of somebody else, which has begun already: its"
                + " isolation level can't be chosen here. Set it on the connection before it is"
                + " lent.");
      }
    }

    private void begin() throws SQLException {
      if (transaction == null && engine.options().kind() == EngineKind.READ_WRITE) {
        transaction = LentConnection.this.begin(engine.name(), user);
      }
    }

    private void end(boolean well) throws SQLException {
      Transaction ending = transaction;
      if (ending != null) {
        transaction = null;
        LentConnection.this.end(ending, well);
      }
    }

    private @Nullable Object pass(Method method, Object @Nullable [] arguments) throws Throwable {
      try {
        return method.invoke(connection, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }
}
