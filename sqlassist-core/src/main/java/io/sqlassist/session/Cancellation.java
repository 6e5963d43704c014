package io.sqlassist.session;

import io.sqlassist.engine.LentConnection;
import io.sqlassist.observe.UnitObserver;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.hibernate.Session;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;

/**
 * Ends a statement that another thread is running. What goes wrong here is told to the observer.
 */
final class Cancellation {

  private Cancellation() {}

  /** Asks the database to end the last statement of the session, if it still runs. */
  static void of(Session session, UnitObserver observer) {
    try {
      connectionOf(session).getResourceRegistry().cancelLastQuery();
    } catch (RuntimeException | Error e) {
      observer.cleanupFailed("", "cancellation", e);
    }
  }

  /** Cuts the connection of the session, for a statement that can't be cancelled. */
  static void byForce(Session session, UnitObserver observer) {
    try {
      LogicalConnectionImplementor connection = connectionOf(session);
      if (connection.isPhysicallyConnected()) {
        Connection physical = connection.getPhysicalConnection();
        physical.abort(Runnable::run);
      }
    } catch (SQLException | RuntimeException | Error e) {
      observer.cleanupFailed("", "abort of the connection", e);
    }
  }

  /** Whether the session has a statement that is not closed, whose rows may be being read. */
  static boolean hasOpenStatement(Session session) {
    try {
      return connectionOf(session).getResourceRegistry().hasRegisteredResources();
    } catch (RuntimeException e) {
      return false; // closed by hand, or just being closed
    }
  }

  /** Whether the session has begun something on its connection that is not ended. */
  static boolean isUnderWay(Session session) {
    LogicalConnectionImplementor connection = connectionOf(session);
    return connection.isPhysicallyConnected()
        && LentConnection.useOf(connection.getPhysicalConnection())
            .map(LentConnection.Use::isUnderWay)
            .orElse(true);
  }

  /** Whether the session has a connection of its engine's pool, and not one that is lent. */
  static boolean holdsConnectionOfPool(Session session) {
    LogicalConnectionImplementor connection = connectionOf(session);
    return connection.isPhysicallyConnected()
        && LentConnection.useOf(connection.getPhysicalConnection()).isEmpty();
  }

  /** The session's use of a connection that is lent to it. */
  static Optional<LentConnection.Use> lentConnectionOf(Session session) {
    LogicalConnectionImplementor connection = connectionOf(session);
    return connection.isPhysicallyConnected()
        ? LentConnection.useOf(connection.getPhysicalConnection())
        : Optional.empty();
  }

  static LogicalConnectionImplementor connectionOf(Session session) {
    return session
        .unwrap(SharedSessionContractImplementor.class)
        .getJdbcCoordinator()
        .getLogicalConnection();
  }
}
