package io.sqlassist.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the connections of an engine, or refuses them: session settings, the variables of
 * row-level security, a check of the host. Every method does nothing by default.
 *
 * <p>Whatever a method throws costs the connection: its state is not known any more, so it is
 * closed for good and no one gets it again. From {@link #connected} and {@link #acquired} the
 * exception reaches whoever needed the connection, except for a {@link
 * ConnectionRejectedException}, after which another connection is tried. From {@link #released} it
 * is told to the observers, since by then the outcome of the work is decided.
 *
 * <p>A method may run statements on the connection, and must neither keep nor close it.
 *
 * <p>Thread-safe: one listener serves all units of work of an engine. It is called on the thread
 * that needs the connection, and by sessions that belong to no unit of work, too; so is it when the
 * engine starts.
 */
public interface ConnectionListener {

  /**
   * A physical connection is about to be used by this engine for the first time. Pools open
   * connections in the background, so it may have been open for a while. What the method sets is
   * kept: where the engine has transactions it is committed.
   *
   * <p>On an engine whose policy is coordinated, as JTA, it is part of the unit's transaction, and
   * may be undone with it. There the method is called again for each transaction until one has
   * committed.
   *
   * @param engine the engine's name
   * @param connection the connection
   * @throws ConnectionRejectedException to have it evicted and another one tried
   * @throws SQLException if the set-up fails
   */
  default void connected(String engine, Connection connection) throws SQLException {}

  /**
   * A session gets the connection: a read-write engine's for a transaction, any other's for a
   * statement. On a read-write engine the statements of this method are the first ones of that
   * transaction, so that {@code SET LOCAL} ends with it.
   *
   * <p>Called again, after {@link #released}, if the isolation level of the connection is changed
   * before the transaction begins.
   *
   * @param engine the engine's name
   * @param connection the connection
   * @param attributes answers what the unit of work belongs to: {@code "request"} is the web
   *     framework's request. Answers nothing for a session outside of a unit of work
   * @throws ConnectionRejectedException to have the connection evicted and another one tried
   * @throws SQLException if the set-up fails
   */
  default void acquired(
      String engine, Connection connection, Function<String, Optional<Object>> attributes)
      throws SQLException {}

  /**
   * The session gives the connection back: once for each {@link #acquired} that returned. The
   * transaction is over, also a coordinator's, whether it committed or rolled back. What the method
   * sets is kept: it is committed where the engine has transactions.
   *
   * @param engine the engine's name
   * @param connection the connection, on an engine whose policy is coordinated the driver's own;
   *     null if it is broken or was evicted, and so is nobody's again
   * @throws SQLException if cleaning up fails; the connection is evicted then
   */
  default void released(String engine, @Nullable Connection connection) throws SQLException {}

  /**
   * A connection was rejected, by this listener or another one of the engine, and was evicted from
   * its pool.
   *
   * @param engine the engine's name
   * @param reason what the listener threw
   */
  default void rejected(String engine, ConnectionRejectedException reason) {}
}
