package io.sqlassist.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Connections that somebody else owns and lends to engines: units of work that are joined to them
 * take part in the transactions that are open there.
 *
 * <p>Thread-safe.
 */
public final class LentConnections {

  /** Nobody lends anything. */
  public static final LentConnections NONE = new LentConnections(Map.of());

  private final Map<String, LentConnection> byEngine;

  private LentConnections(Map<String, LentConnection> byEngine) {
    this.byEngine = byEngine;
  }

  /**
   * Takes connections from their owner.
   *
   * @param registry the engines
   * @param byEngine engine name to connection; each in a transaction, which begins with {@code
   *     setAutoCommit(false)}. An engine that only reads may have the same connection as another
   *     one
   * @return the loan
   * @throws UnknownEngineException if there is no engine of one of the names
   * @throws IllegalArgumentException if a connection is closed or in autocommit mode, or if two
   *     engines that write are to share one
   * @throws UnsupportedOperationException if an engine commits through a coordinator, or if a
   *     driver has no savepoints
   * @throws IllegalStateException if a unit of work was joined to a connection before, and the
   *     transaction there was lost when it failed
   */
  public static LentConnections of(EngineRegistry registry, Map<String, Connection> byEngine) {
    Map<String, LentConnection> lent = new LinkedHashMap<>();
    Map<String, Connection> writers = new LinkedHashMap<>();
    byEngine.forEach(
        (name, connection) -> {
          Engine engine = registry.engine(name);
          Objects.requireNonNull(connection, name);
          if (engine.options().kind() != EngineKind.READ_ONLY) {
            refuseSharing(name, connection, writers);
            writers.put(name, connection);
          }
          try {
            lent.put(name, LentConnection.of(engine, connection));
          } catch (SQLException e) {
            throw new IllegalArgumentException(
                "The connection for engine '" + name + "' can't be used: " + e.getMessage(), e);
          }
        });
    return new LentConnections(lent);
  }

  /** The savepoints of two would be one inside of the other, and could not end each by itself. */
  private static void refuseSharing(
      String engine, Connection connection, Map<String, Connection> writers) {
    writers.forEach(
        (other, taken) -> {
          if (isSame(connection, taken)) {
            throw new IllegalArgumentException(
                "Engines '"
                    + other
                    + "' and '"
                    + engine
                    + "' can't be lent the same connection: both write, and could not roll back"
                    + " without each other. Lend one of them a connection of its own; only a"
                    + " read-only engine may share.");
          }
        });
  }

  @SuppressWarnings("ReferenceEquality") // one object is one transaction, whatever equals() says
  private static boolean isSame(Connection one, Connection other) {
    return one == other;
  }

  /**
   * The connection that is lent to an engine.
   *
   * @param engine its name
   * @return the connection, or empty: the engine uses its pool
   */
  public Optional<LentConnection> find(String engine) {
    return Optional.ofNullable(byEngine.get(engine));
  }

  /**
   * Looks whether the transactions of the owner are still there.
   *
   * @throws IllegalStateException if one of them is lost: a unit of work could not be undone by
   *     itself, because the database has rolled back the whole, or the connection is broken
   */
  public void refuseSpoiled() {
    byEngine.values().forEach(LentConnection::refuseSpoiled);
  }

  /**
   * Ends the waiting of a thread for its turn on a connection, if it waits for one of these.
   *
   * @param thread the thread
   * @param reason gives the exception that the thread gets, on that thread
   */
  public void stopWaiting(Thread thread, Supplier<? extends RuntimeException> reason) {
    byEngine.values().forEach(connection -> connection.stopWaiting(thread, reason));
  }

  /**
   * Whether nobody lends anything.
   *
   * @return true if every engine uses its pool
   */
  public boolean isEmpty() {
    return byEngine.isEmpty();
  }
}
