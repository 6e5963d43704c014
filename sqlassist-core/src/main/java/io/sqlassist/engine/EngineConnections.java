package io.sqlassist.engine;

import io.sqlassist.observe.Observer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.jspecify.annotations.Nullable;

/**
 * Gives Hibernate an engine's connections, in the mode that the kind of engine wants, and gives
 * them back as they came.
 *
 * <p>Hibernate's own provider leaves the mode to Hibernate, which then acquires a connection
 * already when a transaction begins, and toggles read-only mode on it.
 */
final class EngineConnections implements ConnectionProvider {

  private static final long serialVersionUID = 1L;

  /** The modes of a connection. */
  record Mode(boolean autoCommit, boolean readOnly) {

    /** Pools other than HikariCP don't tell; their connections do. */
    static Mode handedOutBy(DataSource dataSource) throws SQLException {
      try (Connection connection = dataSource.getConnection()) {
        return new Mode(connection.getAutoCommit(), connection.isReadOnly());
      }
    }
  }

  /** How many connections are tried where the pool does not tell its size. */
  private static final int MOST_TRIES = 3;

  private final transient String engine;
  private final transient DataSource dataSource;
  private final transient EngineKind kind;
  private final transient Observer observer;
  private final transient Mode handedOut;
  private final boolean poolRestores;
  private final transient PoolGate gate;
  private final transient @Nullable Duration acquireTimeout;
  private final transient @Nullable ConnectionEvents events;

  /** The isolation levels that connections in use had before. */
  private final transient Map<Connection, Integer> isolations =
      Collections.synchronizedMap(new IdentityHashMap<>());

  /** Most engines never isolate, and so never look. */
  private volatile boolean isolates;

  /**
   * Creates the provider.
   *
   * @param handedOut the mode in which the pool hands out its connections
   * @param gate stands before the pool; one that is known, such as HikariCP's, resets a connection
   *     that comes back
   * @param events who takes part in what happens to connections, or watches; null for nobody
   */
  EngineConnections(
      String engine,
      DataSource dataSource,
      EngineKind kind,
      Observer observer,
      Mode handedOut,
      PoolGate gate,
      PoolOptions options,
      @Nullable ConnectionEvents events) {
    this.engine = engine;
    this.dataSource = dataSource;
    this.kind = kind;
    this.observer = observer;
    this.handedOut = handedOut;
    this.gate = gate;
    this.poolRestores = gate.pool() != null;
    this.acquireTimeout = options.acquireTimeout().orElse(null);
    this.events = events;
    options.maxConnections().ifPresent(max -> gate.limit(this, max));
  }

  PoolGate gate() {
    return gate;
  }

  /** What this engine said of the pool no longer holds. */
  void close() {
    gate.dropLimit(this);
  }

  /** Whether anybody wants to know for which unit of work a connection is acquired. */
  boolean asksForWhom() {
    return events != null && events.asksForWhom();
  }

  @Override
  public Connection getConnection() throws SQLException {
    return events == null ? acquire() : events.acquire(this);
  }

  /** Acquires a connection without telling anybody. */
  Connection acquire() throws SQLException {
    long begin = System.nanoTime();
    gate.enter(engine, acquireTimeout);
    Connection connection;
    try {
      connection = inMode(fromPool(begin));
    } catch (SQLException | RuntimeException | Error e) {
      gate.giveBack();
      throw e;
    }
    gate.hold(connection);
    return connection;
  }

  private Connection fromPool(long begin) throws SQLException {
    try {
      return dataSource.getConnection();
    } catch (SQLTransientConnectionException e) {
      if (gate.isExhausted()) {
        throw gate.busy(engine, Duration.ofNanos(System.nanoTime() - begin), e);
      }
      SQLException named =
          new SQLTransientConnectionException(
              "Engine '" + engine + "': " + e.getMessage(), e.getSQLState(), e.getErrorCode(), e);
      named.setNextException(e.getNextException());
      throw named;
    }
  }

  private Connection inMode(Connection connection) throws SQLException {
    try {
      if (connection.getAutoCommit() != kind.usesAutoCommit()) {
        connection.setAutoCommit(kind.usesAutoCommit());
      }
      if (handedOut.readOnly() != kind.usesReadOnly()) {
        connection.setReadOnly(kind.usesReadOnly());
      }
      return connection;
    } catch (SQLException | RuntimeException | Error e) {
      try {
        connection.close();
      } catch (SQLException | RuntimeException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
  }

  /** Sets the isolation level of a connection in use, until it goes back. */
  void isolate(Connection connection, int level) throws SQLException {
    int before = connection.getTransactionIsolation();
    if (before != level) {
      if (events == null) {
        connection.setTransactionIsolation(level);
      } else {
        events.apart(connection, this, () -> connection.setTransactionIsolation(level));
      }
      isolates = true;
      isolations.putIfAbsent(connection, before);
    }
  }

  /** Whether another connection may be tried after some that were not good enough. */
  boolean mayTryAgain(int tries, long elapsedNanos) {
    PoolFigures pool = gate.figures();
    // All that the pool holds may be stale; the one after them is new.
    int most = pool == null ? MOST_TRIES : pool.max() + 1;
    return tries < most
        && Duration.ofNanos(elapsedNanos).compareTo(gate.longest(acquireTimeout)) < 0;
  }

  /**
   * Closes a connection for good, so that nobody gets it again. What fails on the way fails on a
   * connection that is given up, and is nobody's business.
   */
  void evict(Connection connection) {
    try {
      isolations.remove(connection);
      KnownPool pool = gate.pool();
      Exception ignored = null;
      if (pool == null) {
        Connection physical = PhysicalConnections.of(connection);
        ignored = attempt(() -> connection.abort(Runnable::run), null);
        ignored = attempt(physical::close, ignored); // not all drivers can abort
      } else {
        pool.evict(connection);
      }
      attempt(connection::close, ignored);
    } finally {
      gate.leave(connection);
    }
  }

  /**
   * A failure here is reported, not thrown: by now the outcome is decided, and an exception would
   * turn a commit that succeeded into one that seems to have failed.
   */
  @Override
  public void closeConnection(Connection connection) {
    Exception failure;
    try {
      failure = events == null ? null : attempt(() -> events.release(connection, this), null);
      failure = attempt(() -> restoreIsolation(connection), failure);
      if (!poolRestores) {
        failure = attempt(() -> restore(connection), failure);
      }
      failure = attempt(connection::close, failure);
    } finally {
      gate.leave(connection);
    }
    if (failure != null) {
      observer.engineWarning(
          engine,
          "a connection could not be given back clean: " + Secrets.mask(failure.toString(), null));
    }
  }

  private interface Step {
    void run() throws SQLException;
  }

  private static @Nullable Exception attempt(Step step, @Nullable Exception earlier) {
    try {
      step.run();
      return earlier;
    } catch (SQLException | RuntimeException e) {
      if (earlier != null) {
        e.addSuppressed(earlier);
      }
      return e;
    }
  }

  private void restoreIsolation(Connection connection) throws SQLException {
    Integer isolation = isolates ? isolations.remove(connection) : null;
    if (isolation != null && !connection.isClosed()) {
      connection.setTransactionIsolation(isolation);
    }
  }

  private void restore(Connection connection) throws SQLException {
    if (connection.isClosed()) {
      return;
    }
    // Also for the kinds without transactions, since the application may have begun one by hand.
    if (!connection.getAutoCommit()) {
      // First, since switching autocommit on would commit what a failed rollback left behind.
      connection.rollback();
    }
    if (connection.getAutoCommit() != handedOut.autoCommit()) {
      connection.setAutoCommit(handedOut.autoCommit());
    }
    if (handedOut.readOnly() != kind.usesReadOnly()) {
      connection.setReadOnly(handedOut.readOnly());
    }
  }

  @Override
  public boolean supportsAggressiveRelease() {
    return true;
  }

  /** Keeps Hibernate from toggling the mode that is set here. */
  @Override
  public boolean handlesConnectionReadOnly() {
    return true;
  }

  @Override
  public boolean isUnwrappableAs(Class<?> unwrapType) {
    return unwrapType.isInstance(this) || unwrapType.isInstance(dataSource);
  }

  @Override
  public <T> T unwrap(Class<T> unwrapType) {
    return unwrapType.isInstance(this) ? unwrapType.cast(this) : unwrapType.cast(dataSource);
  }
}
