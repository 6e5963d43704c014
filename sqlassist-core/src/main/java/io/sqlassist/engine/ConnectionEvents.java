package io.sqlassist.engine;

import io.sqlassist.observe.ConnectionObserver;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What happens around the connections of an engine: its listeners take part, observers watch. There
 * is none where nobody does either. One for each engine, whichever pool its connections come from.
 *
 * <p>Thread-safe.
 */
final class ConnectionEvents {

  /** Something done to a connection. */
  interface Step {
    void run() throws SQLException;
  }

  private record Lease(Function<String, Optional<Object>> attributes, long sinceNanos) {}

  private final String engine;
  private final List<ConnectionListener> listeners;
  private final ConnectionObserver observer;
  private final boolean ownsTransactions;
  private final boolean coordinated;
  private final PhysicalConnections known = new PhysicalConnections();

  /** The connections in use, since Hibernate may give one back twice. */
  private final Map<Connection, Lease> leases =
      Collections.synchronizedMap(new IdentityHashMap<>());

  private ConnectionEvents(
      String engine,
      List<ConnectionListener> listeners,
      ConnectionObserver observer,
      boolean transactional,
      boolean coordinated) {
    this.engine = engine;
    this.listeners = listeners;
    this.observer = observer;
    this.ownsTransactions = transactional && !coordinated;
    this.coordinated = coordinated;
  }

  /**
   * The events of an engine, or null where nobody is interested.
   *
   * @param transactional whether there is a transaction between a connection's acquisition and its
   *     release
   * @param coordinated whether a coordinator begins and ends it
   */
  static @Nullable ConnectionEvents of(
      String engine,
      List<ConnectionListener> listeners,
      ConnectionObserver observer,
      boolean transactional,
      boolean coordinated) {
    return listeners.isEmpty() && observer == ConnectionObserver.NONE
        ? null
        : new ConnectionEvents(
            engine, List.copyOf(listeners), observer, transactional, coordinated);
  }

  /** Whether anybody wants to know for whom a connection is. */
  boolean asksForWhom() {
    return !listeners.isEmpty();
  }

  /** Acquires a connection that every listener accepts. */
  Connection acquire(EngineHost host) throws SQLException {
    long begin = System.nanoTime();
    Function<String, Optional<Object>> attributes = Acquiring.attributes();
    Connection connection;
    try {
      connection = accepted(host, attributes, begin);
    } catch (EngineBusyException e) {
      observer.busy(System.nanoTime() - begin);
      throw e;
    } catch (SQLException | RuntimeException | Error e) {
      observer.failed(System.nanoTime() - begin);
      throw e;
    }
    long now = System.nanoTime();
    leases.put(connection, new Lease(attributes, now));
    observer.acquired(now - begin);
    return connection;
  }

  private Connection accepted(
      EngineHost host, Function<String, Optional<Object>> attributes, long begin)
      throws SQLException {
    ConnectionRejectedException earlier = null;
    for (int tries = 1; ; tries++) {
      Connection connection = host.acquire();
      try {
        begin(connection, attributes);
        return connection;
      } catch (ConnectionRejectedException e) {
        host.evict(connection);
        observer.rejected();
        tellRejected(e);
        if (earlier != null && earlier != e) {
          e.addSuppressed(earlier);
        }
        earlier = e;
        // A coordinator would hand out the same connection again, as that of its transaction.
        if (coordinated || !host.mayTryAgain(tries, System.nanoTime() - begin)) {
          throw new ConnectionRejectedException(
              "Engine '"
                  + engine
                  + "': "
                  + (tries == 1
                      ? "a listener rejected the connection: "
                      : "listeners rejected " + tries + " connections in a row, the last one: ")
                  + e.getMessage()
                  + ". Each was closed for good. Look after the database that the pool leads to.",
              e);
        }
      } catch (SQLException | RuntimeException | Error e) {
        host.evict(connection);
        throw e;
      }
    }
  }

  private void tellRejected(ConnectionRejectedException reason) {
    for (ConnectionListener listener : listeners) {
      try {
        listener.rejected(engine, reason);
      } catch (RuntimeException e) {
        reason.addSuppressed(e);
      }
    }
  }

  private void begin(Connection connection, Function<String, Optional<Object>> attributes)
      throws SQLException {
    int told = 0;
    try {
      connectOnce(connection);
      for (ConnectionListener listener : listeners) {
        listener.acquired(engine, connection, attributes);
        told++;
      }
    } catch (SQLException | RuntimeException | Error e) {
      Throwable failure = tellReleased(null, told, null);
      if (failure != null && failure != e) {
        e.addSuppressed(failure);
      }
      throw e;
    }
  }

  private void connectOnce(Connection connection) throws SQLException {
    if (listeners.isEmpty()) {
      return;
    }
    Connection physical = PhysicalConnections.of(connection);
    if (known.contains(physical)) {
      return;
    }
    for (ConnectionListener listener : listeners) {
      listener.connected(engine, connection);
    }
    if (ownsTransactions) {
      connection.commit(); // a setting would be undone with the first transaction that is
    }
    known.add(physical);
  }

  /**
   * A connection goes back. Does nothing the second time.
   *
   * @throws SQLException if a listener failed; the connection is evicted then
   */
  void release(Connection connection, EngineHost host) throws SQLException {
    Lease lease = leases.remove(connection);
    if (lease == null) {
      return;
    }
    try {
      end(connection, host);
    } finally {
      observer.released(System.nanoTime() - lease.sinceNanos());
    }
  }

  private void end(Connection connection, EngineHost host) throws SQLException {
    if (listeners.isEmpty()) {
      return;
    }
    Throwable failure = null;
    boolean broken;
    try {
      broken = connection.isClosed();
      if (!broken && ownsTransactions) {
        connection.rollback(); // else what listeners set now would share the fate of the rest
      }
    } catch (SQLException | RuntimeException e) {
      broken = true;
      failure = e;
    }
    failure = tellReleased(broken ? null : connection, listeners.size(), failure);
    if (!broken && ownsTransactions && failure == null) {
      try {
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      host.evict(connection);
      rethrow(failure);
    }
  }

  /** Tells the first listeners, the last of them first. Returns what has failed so far. */
  private @Nullable Throwable tellReleased(
      @Nullable Connection connection, int told, @Nullable Throwable earlier) {
    Throwable failure = earlier;
    for (int i = told - 1; i >= 0; i--) {
      try {
        listeners.get(i).released(engine, connection);
      } catch (SQLException | RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else if (failure != e) {
          failure.addSuppressed(e);
        }
      }
    }
    return failure;
  }

  private static void rethrow(Throwable failure) throws SQLException {
    if (failure instanceof SQLException e) {
      throw e;
    }
    throw (RuntimeException) failure;
  }

  /**
   * Does something that no transaction may be under way for, although listeners may have begun one:
   * to them the connection goes back and comes again.
   */
  void apart(Connection connection, EngineHost host, Step step) throws SQLException {
    Lease lease = leases.get(connection);
    if (lease == null || listeners.isEmpty()) {
      step.run();
      return;
    }
    try {
      end(connection, host);
      step.run();
      begin(connection, lease.attributes());
    } catch (SQLException | RuntimeException | Error e) {
      leases.remove(connection);
      host.evict(connection);
      throw e;
    }
  }
}
