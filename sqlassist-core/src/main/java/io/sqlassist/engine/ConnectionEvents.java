package io.sqlassist.engine;

import io.sqlassist.observe.ConnectionObserver;
import io.sqlassist.transaction.ConnectionBranch;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
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

  /**
   * What is known of a connection in use.
   *
   * @param branch its part in a coordinator's transaction; null if its transaction is its own
   * @param set the physical connection if listeners have set it up in that transaction, so that it
   *     is known when the set-up is durable; null if it was known already
   */
  private record Lease(
      Function<String, Optional<Object>> attributes,
      @Nullable ConnectionBranch branch,
      @Nullable Connection set,
      long sinceNanos) {

    boolean isUnderWay() {
      return branch != null && branch.isUnderWay();
    }

    Lease with(@Nullable Connection nowSet, long begin) {
      return new Lease(attributes, branch, nowSet, begin);
    }
  }

  private final String engine;
  private final List<ConnectionListener> listeners;
  private final ConnectionObserver observer;
  private final boolean transactional;
  private final Supplier<@Nullable ConnectionBranch> branches;
  private final PhysicalConnections known = new PhysicalConnections();

  /** The connections in use, since Hibernate may give one back twice. */
  private final Map<Connection, Lease> leases =
      Collections.synchronizedMap(new IdentityHashMap<>());

  private ConnectionEvents(
      String engine,
      List<ConnectionListener> listeners,
      ConnectionObserver observer,
      boolean transactional,
      Supplier<@Nullable ConnectionBranch> branches) {
    this.engine = engine;
    this.listeners = listeners;
    this.observer = observer;
    this.transactional = transactional;
    this.branches = branches;
  }

  /**
   * The events of an engine, or null where nobody is interested.
   *
   * @param transactional whether there is a transaction between a connection's acquisition and its
   *     release
   * @param branches answers, on a thread that acquires a connection, which part that has in a
   *     coordinator's transaction; null for none
   */
  static @Nullable ConnectionEvents of(
      String engine,
      List<ConnectionListener> listeners,
      ConnectionObserver observer,
      boolean transactional,
      Supplier<@Nullable ConnectionBranch> branches) {
    return listeners.isEmpty() && observer == ConnectionObserver.NONE
        ? null
        : new ConnectionEvents(engine, List.copyOf(listeners), observer, transactional, branches);
  }

  /** Whether anybody wants to know for whom a connection is. */
  boolean asksForWhom() {
    return !listeners.isEmpty();
  }

  /** Acquires a connection that every listener accepts. */
  Connection acquire(EngineHost host) throws SQLException {
    long begin = System.nanoTime();
    Lease lease = new Lease(Acquiring.attributes(), branches.get(), null, begin);
    try {
      return accepted(host, lease, begin);
    } catch (EngineBusyException e) {
      observer.busy(System.nanoTime() - begin);
      throw e;
    } catch (SQLException | RuntimeException | Error e) {
      observer.failed(System.nanoTime() - begin);
      throw e;
    }
  }

  private Connection accepted(EngineHost host, Lease wanted, long begin) throws SQLException {
    ConnectionRejectedException earlier = null;
    for (int tries = 1; ; tries++) {
      Connection connection = host.acquire();
      try {
        Connection set = begin(connection, wanted);
        leases.put(connection, wanted.with(set, System.nanoTime()));
        observer.acquired(System.nanoTime() - begin);
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
        if (wanted.branch() != null || !host.mayTryAgain(tries, System.nanoTime() - begin)) {
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

  /** Returns the physical connection if it is not known yet, and may be after the transaction. */
  private @Nullable Connection begin(Connection connection, Lease lease) throws SQLException {
    int told = 0;
    try {
      Connection set = connectOnce(connection, lease);
      for (ConnectionListener listener : listeners) {
        listener.acquired(engine, connection, lease.attributes());
        told++;
      }
      return set;
    } catch (SQLException | RuntimeException | Error e) {
      Throwable failure = tellReleased(null, told, null);
      if (failure != null && failure != e) {
        e.addSuppressed(failure);
      }
      throw e;
    }
  }

  private @Nullable Connection connectOnce(Connection connection, Lease lease) throws SQLException {
    if (listeners.isEmpty()) {
      return null;
    }
    Connection physical = PhysicalConnections.of(connection);
    if (known.contains(physical)) {
      return null;
    }
    for (ConnectionListener listener : listeners) {
      listener.connected(engine, connection);
    }
    if (lease.isUnderWay()) {
      return physical; // what was set is undone if the coordinator rolls back
    }
    if (transactional) {
      connection.commit(); // a setting would be undone with the first transaction that is
    }
    known.add(physical);
    return null;
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
      end(connection, lease, host);
    } finally {
      observer.released(System.nanoTime() - lease.sinceNanos());
    }
  }

  private void end(Connection connection, Lease lease, EngineHost host) throws SQLException {
    if (listeners.isEmpty()) {
      return;
    }
    ConnectionBranch branch = lease.branch();
    if (branch == null || branch.isUnderWay()) {
      end(connection, transactional && branch == null, host);
      return;
    }
    Connection set = lease.set();
    if (set != null && branch.isCommitted()) {
      known.add(set);
    }
    end(branch.settled());
  }

  private void end(Connection connection, boolean ownsTransaction, EngineHost host)
      throws SQLException {
    Throwable failure = null;
    boolean broken;
    try {
      broken = connection.isClosed();
      if (!broken && ownsTransaction) {
        connection.rollback(); // else what listeners set now would share the fate of the rest
      }
    } catch (SQLException | RuntimeException e) {
      broken = true;
      failure = e;
    }
    failure = tellReleased(broken ? null : connection, listeners.size(), failure);
    if (!broken && ownsTransaction && failure == null) {
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

  /**
   * The end of a connection whose transaction a coordinator has ended. What was handed out is
   * closed by then.
   *
   * @param settled what can still be used; null if the connection is lost
   */
  private void end(@Nullable Connection settled) throws SQLException {
    Throwable failure = tellReleased(settled, listeners.size(), null);
    if (settled == null) {
      if (failure != null) {
        rethrow(failure);
      }
      return;
    }
    if (failure == null) {
      try {
        if (transactional && !settled.getAutoCommit()) {
          settled.commit();
        }
        return;
      } catch (SQLException | RuntimeException e) {
        failure = e;
      }
    }
    EngineHost.closeForGood(settled); // its pool looks, before it takes it back
    rethrow(failure);
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
      end(connection, lease, host);
      step.run();
      Connection set = begin(connection, lease);
      if (set != null) {
        leases.put(connection, lease.with(set, lease.sinceNanos()));
      }
    } catch (SQLException | RuntimeException | Error e) {
      leases.remove(connection);
      observer.released(System.nanoTime() - lease.sinceNanos());
      host.evict(connection);
      throw e;
    }
  }
}
