package io.sqlassist.engine;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.ClientInfoStatus;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection, and the transaction that is open on it, which somebody else owns and lends to the
 * sessions of units of work: a test, or a batch job. What such a session takes for its transaction
 * is a savepoint there: its commit releases it, its rollback goes back to it. Nothing else about
 * the connection changes, and it is never closed here. A statement that fails on an engine without
 * transactions of its own, read-only or autocommit, undoes nothing but itself.
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

    /**
     * Whether the unit gives way to one that wants the connection and was not begun inside of it,
     * instead of letting that one wait: what it has done so far is part of the owner's transaction
     * from then on, and its next statement begins again, when the other one has ended.
     *
     * @return default: false
     */
    default boolean yields() {
      return false;
    }
  }

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final Connection connection;
  private final LentTransactions transactions;
  private final Duration longestWait;

  private LentConnection(Connection connection, boolean guarded, Duration longestWait)
      throws SQLException {
    this.transactions = LentTransactions.on(connection);
    this.connection = guarded ? transactions.guarded(connection) : transactions.serial(connection);
    this.longestWait = longestWait;
  }

  /**
   * A view of a connection that lets one call at a time through, its own and those of its
   * statements: for a connection that several threads use, which not every driver stands. What runs
   * may be cancelled meanwhile. A connection that is lent is used in this way by itself; what is
   * wrapped several times before it is lent needs such a view below the wrappers, which must pass
   * on {@code unwrap}.
   *
   * @param connection stays the caller's
   * @return the view
   */
  public static Connection serial(Connection connection) {
    return SerialJdbc.of(connection, new ReentrantLock());
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
   * @throws IllegalStateException if the transaction of a unit that was joined to it before could
   *     not be undone
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
    LentConnection lent =
        new LentConnection(
            connection,
            engine.options().kind() != EngineKind.READ_WRITE && isEndedByFailures(connection),
            engine.options().pool().acquireTimeout().orElse(LONGEST_WAIT));
    lent.refuseSpoiled();
    return lent;
  }

  /** Whether a statement that fails ends the whole transaction, with the work of others. */
  private static boolean isEndedByFailures(Connection connection) throws SQLException {
    return connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
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

  /**
   * Ends the waiting of a thread for its turn, if it waits for it here.
   *
   * @param thread the thread
   * @param reason gives the exception that the thread gets, on that thread
   */
  void stopWaiting(Thread thread, Supplier<? extends RuntimeException> reason) {
    transactions.stopWaiting(thread, reason);
  }

  /**
   * Looks whether the owner's transaction is still there.
   *
   * @throws IllegalStateException if it is lost
   */
  void refuseSpoiled() {
    transactions.refuseSpoiled();
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
    private LentTransactions.@Nullable Transaction transaction;

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
      return current() != null;
    }

    private LentTransactions.@Nullable Transaction current() {
      if (transaction != null && transactions.hasYielded(transaction)) {
        transaction = null;
      }
      return transaction;
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
        case "prepareStatement", "prepareCall", "createStatement", "unwrap" -> {
          begin(); // unwrap: nobody sees what is done with the driver's own connection
          yield pass(method, arguments);
        }
        case "setSavepoint" -> {
          begin();
          Savepoint savepoint = (Savepoint) pass(method, arguments);
          if (transaction != null && savepoint != null) {
            transactions.inside(transaction, savepoint);
          }
          yield savepoint;
        }
        case "releaseSavepoint" -> {
          try {
            yield pass(method, arguments);
          } finally { // not every driver can: there it ends with the transaction
            if (transaction != null && arguments != null) {
              transactions.released(transaction, (Savepoint) arguments[0]);
            }
          }
        }
        case "setSchema" -> unchanged("schema", connection.getSchema(), arguments);
        case "setCatalog" -> unchanged("catalog", connection.getCatalog(), arguments);
        case "setTypeMap" -> unchanged("type map", connection.getTypeMap(), arguments);
        case "setClientInfo" ->
            throw new SQLClientInfoException(
                fixed("client info"), Map.<String, ClientInfoStatus>of());
        case "setNetworkTimeout" ->
            throw new SQLFeatureNotSupportedException(fixed("network time-out"));
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

    /** What is set on it would be set for its owner, after the unit, too. */
    private @Nullable Object unchanged(
        String what, @Nullable Object value, @Nullable Object @Nullable [] arguments)
        throws SQLException {
      if (arguments != null && !Objects.equals(arguments[0], value)) {
        throw new SQLFeatureNotSupportedException(fixed(what));
      }
      return null;
    }

    private String fixed(String what) {
      return "Engine '"
          + engine.name()
          + "' works on a connection of somebody else: its "
          + what
          + " can't be changed here. Set it on the connection before it is lent.";
    }

    /**
     * Looks whether the session may end its transaction. One that is undone already may be rolled
     * back; its commit fails.
     *
     * @throws IllegalStateException if a unit that was begun inside of its own has a transaction,
     *     or if the owner's transaction is lost
     */
    public void refuseUnlessInnermost() {
      LentTransactions.Transaction open = current();
      if (open != null && !transactions.isOver(open)) {
        transactions.refuseUnlessInnermost(open);
      }
    }

    private void begin() throws SQLException {
      LentTransactions.Transaction open = current();
      if (open != null) {
        transactions.refuseUnlessInnermost(open);
      } else if (engine.options().kind() == EngineKind.READ_WRITE) {
        transaction = transactions.begin(connection, engine.name(), user, longestWait);
      } else {
        transactions.refuseSpoiled();
      }
    }

    private void end(boolean well) throws SQLException {
      LentTransactions.Transaction ending = current();
      if (ending == null) {
        return;
      }
      try {
        if (well) {
          transactions.commit(connection, ending);
        } else {
          transactions.rollback(connection, ending);
        }
      } finally {
        if (transactions.isOver(ending)) { // a commit that is refused leaves it open
          transaction = null;
        }
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
