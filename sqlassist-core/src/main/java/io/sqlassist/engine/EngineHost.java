package io.sqlassist.engine;

import io.sqlassist.observe.Observer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Where an engine has its connections from, as long as it does: a data source, and the gate before
 * it. A unit of work stays on the host that its first session of the engine was opened on, also
 * when the engine moves to another one. For the sessions of units of work; applications have no use
 * for it.
 *
 * <p>Thread-safe.
 */
public final class EngineHost {

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

  private final String engine;
  private final EngineKind kind;
  private final DataSource dataSource;
  private final DataSource instrumented;
  private final Observer observer;
  private final PoolOptions options;
  private final PoolGate gate;
  private final Mode handedOut;
  private final @Nullable ConnectionEvents events;

  /** The isolation levels that connections in use had before. */
  private final Map<Connection, Integer> isolations =
      Collections.synchronizedMap(new IdentityHashMap<>());

  /** Most engines never isolate, and so never look. */
  private volatile boolean isolates;

  private volatile @Nullable Runnable pool;
  private volatile @Nullable Supplier<? extends RuntimeException> cutOff;
  private volatile boolean ended;

  /**
   * Creates a host.
   *
   * @param dataSource what was handed in, or made
   * @param instrumented the same as the observers want it
   * @param pool closes the pool that was made for the engine; null for one that was handed in
   * @param handedOut the mode in which the pool hands out its connections
   * @param events who takes part in what happens to connections, or watches; null for nobody
   */
  EngineHost(
      String engine,
      EngineKind kind,
      DataSource dataSource,
      DataSource instrumented,
      @Nullable Runnable pool,
      Observer observer,
      PoolOptions options,
      Mode handedOut,
      @Nullable ConnectionEvents events) {
    this.engine = engine;
    this.kind = kind;
    this.dataSource = dataSource;
    this.instrumented = instrumented;
    this.pool = pool;
    this.observer = observer;
    this.options = options;
    this.handedOut = handedOut;
    this.events = events;
    this.gate = PoolGate.of(dataSource);
    gate.use(this, options.maxConnections());
  }

  /**
   * The engine whose host this is.
   *
   * @return its name
   */
  public String engine() {
    return engine;
  }

  /**
   * Where the connections come from.
   *
   * @return what was handed in, or the pool made for the engine
   */
  public DataSource dataSource() {
    return dataSource;
  }

  /**
   * How the pool stands at this moment.
   *
   * @return as {@link Engine#pool()}
   */
  public Optional<PoolFigures> pool() {
    return Optional.ofNullable(gate.figures());
  }

  /**
   * What has been said about the pool already.
   *
   * @return the same object for all engines on the same data source
   */
  public PoolNotices notices() {
    return gate.notices();
  }

  PoolGate gate() {
    return gate;
  }

  DataSource instrumented() {
    return instrumented;
  }

  /** Whether SqlAssist made the pool, and so closes it. */
  boolean isOwned() {
    return pool != null;
  }

  Connection getConnection() throws SQLException {
    return events == null ? acquire() : events.acquire(this);
  }

  /** Acquires a connection without telling anybody. */
  Connection acquire() throws SQLException {
    refuseIfCutOff();
    long begin = System.nanoTime();
    gate.enter(engine, options.acquireTimeout().orElse(null), this);
    Connection connection;
    try {
      refuseIfCutOff(); // it may have been while this thread waited
      connection = inMode(fromPool(begin));
    } catch (SQLException | RuntimeException | Error e) {
      gate.giveBack();
      throw e;
    }
    gate.hold(connection);
    try {
      refuseIfCutOff(); // or who was cut off just now would not know of this connection
    } catch (RuntimeException e) {
      giveBack(connection);
      throw e;
    }
    return connection;
  }

  private void refuseIfCutOff() {
    Supplier<? extends RuntimeException> reason = cutOff;
    if (reason != null) {
      throw reason.get();
    }
  }

  private Connection fromPool(long begin) throws SQLException {
    try {
      return instrumented.getConnection();
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

  /**
   * A failure here is reported, not thrown: by now the outcome is decided, and an exception would
   * turn a commit that succeeded into one that seems to have failed.
   */
  void closeConnection(Connection connection) {
    tell(
        giveBack(
            connection,
            events == null ? null : attempt(() -> events.release(connection, this), null)));
  }

  /** As the other, for a connection that nobody was told of. */
  private void giveBack(Connection connection) {
    tell(giveBack(connection, null));
  }

  private @Nullable Exception giveBack(Connection connection, @Nullable Exception earlier) {
    Exception failure = earlier;
    try {
      failure = attempt(() -> restoreIsolation(connection), failure);
      if (gate.pool() == null) { // HikariCP resets a connection that comes back
        failure = attempt(() -> restore(connection), failure);
      }
      failure = attempt(connection::close, failure);
    } finally {
      if (!gate.leave(connection)) {
        PoolGate.leaveAny(connection); // of a host that is forgotten, or given back twice
      }
    }
    return failure;
  }

  private void tell(@Nullable Exception failure) {
    if (failure != null && cutOff == null) {
      observer.engineWarning(
          engine,
          "a connection could not be given back clean: " + Secrets.mask(failure.toString(), null));
    }
  }

  /** Whether another connection may be tried after some that were not good enough. */
  boolean mayTryAgain(int tries, long elapsedNanos) {
    PoolFigures figures = gate.figures();
    // All that the pool holds may be stale; the one after them is new.
    int most = figures == null ? MOST_TRIES : figures.max() + 1;
    return tries < most
        && Duration.ofNanos(elapsedNanos)
                .compareTo(gate.longest(options.acquireTimeout().orElse(null)))
            < 0;
  }

  /**
   * Closes a connection for good, so that nobody gets it again. What fails on the way fails on a
   * connection that is given up, and is nobody's business.
   */
  void evict(Connection connection) {
    try {
      isolations.remove(connection);
      KnownPool known = gate.pool();
      Exception ignored = null;
      if (known == null) {
        Connection physical = PhysicalConnections.of(connection);
        ignored = attempt(() -> connection.abort(Runnable::run), null);
        ignored = attempt(physical::close, ignored); // not all drivers can abort
      } else {
        known.evict(connection);
      }
      attempt(connection::close, ignored);
    } finally {
      gate.leave(connection);
    }
  }

  /** Closes a physical connection that somebody is about to put back into its pool. */
  static void closeForGood(Connection physical) {
    Exception ignored = attempt(() -> physical.abort(Runnable::run), null);
    attempt(physical::close, ignored); // not all drivers can abort
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

  /** From now on it gives no connections any more. */
  void cutOff(Supplier<? extends RuntimeException> reason) {
    cutOff = reason;
  }

  boolean isCutOff() {
    return cutOff != null;
  }

  /** Whether connections are out that are certainly this engine's. */
  boolean hasConnectionsOut() {
    return gate.hasHolders() && (isOwned() || gate.isUsedByOneOnly());
  }

  /** Closes the pool if it was made for the engine. A second call does nothing. */
  synchronized void end() {
    if (ended) {
      return;
    }
    ended = true;
    gate.disuse(this);
    Runnable close = pool;
    if (close != null) {
      close.run();
    }
  }

  /** Another host goes on with the pool of this one, and closes it. */
  synchronized void handPoolTo(EngineHost other) {
    other.pool = pool;
    pool = null;
  }

  boolean isEnded() {
    return ended;
  }

  @Override
  public String toString() {
    return "EngineHost[" + engine + "]";
  }
}
