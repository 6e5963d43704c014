package io.sqlassist.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sqlassist.engine.ConnectionListener;
import io.sqlassist.engine.ConnectionRejectedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * What a {@link ConnectionListener} promises: to leave connections open and in their mode, to bear
 * sessions that belong to nothing and connections that are lost, and to be used by several threads.
 * A subclass in your tests says which listener, and where connections come from. The listener must
 * accept the connections of that data source.
 *
 * <p>Used by one thread; the listener is used by several.
 */
public abstract class ConnectionListenerContract {

  /** For subclasses. */
  protected ConnectionListenerContract() {}

  /**
   * The listener that is looked at.
   *
   * @return a new one at each call
   */
  protected abstract ConnectionListener listener();

  /**
   * Where connections come from.
   *
   * @return a database of the kind that the listener is for
   */
  protected abstract DataSource dataSource();

  /**
   * The name of the engine that the listener is told.
   *
   * @return {@code writer}, unless the listener wants another
   */
  protected String engine() {
    return "writer";
  }

  /**
   * What units of work belong to that the listener is made for.
   *
   * @return answers nothing, unless the listener asks for something
   */
  protected Function<String, Optional<Object>> attributes() {
    return name -> Optional.empty();
  }

  private void use(
      ConnectionListener listener, boolean transaction, Function<String, Optional<Object>> unit)
      throws SQLException {
    try (Connection connection = dataSource().getConnection()) {
      connection.setAutoCommit(!transaction);
      int isolation = connection.getTransactionIsolation();
      listener.connected(engine(), connection);
      assertUnchanged(connection, transaction, isolation, "connected");
      for (int i = 0; i < 3; i++) { // a pool lends one connection again and again
        listener.acquired(engine(), connection, unit);
        assertUnchanged(connection, transaction, isolation, "acquired");
        if (transaction) {
          connection.rollback();
        }
        listener.released(engine(), connection);
        assertUnchanged(connection, transaction, isolation, "released");
      }
      if (transaction) {
        connection.rollback();
      }
    }
  }

  private static void assertUnchanged(
      Connection connection, boolean transaction, int isolation, String by) throws SQLException {
    assertFalse(connection.isClosed(), by + " has closed the connection");
    assertEquals(!transaction, connection.getAutoCommit(), by + " has changed the autocommit mode");
    assertEquals(
        isolation, connection.getTransactionIsolation(), by + " has changed the isolation level");
    assertTrue(connection.isValid(10), by + " has left a connection that does not work");
  }

  @Test
  void aConnectionInATransactionStaysOpenAndInItsMode() throws SQLException {
    use(listener(), true, attributes());
  }

  @Test
  void aConnectionInAutocommitModeStaysOpenAndInItsMode() throws SQLException {
    use(listener(), false, attributes());
  }

  @Test
  void aSessionThatBelongsToNothingIsBorneAsWhenTheEngineStarts() throws SQLException {
    use(listener(), true, name -> Optional.empty());
  }

  @Test
  void aConnectionThatWasLostIsBorne() throws SQLException {
    ConnectionListener listener = listener();
    listener.released(engine(), null);
    listener.rejected(engine(), new ConnectionRejectedException("by another listener"));
    use(listener, true, attributes());
  }

  @Test
  void severalThreadsUseItAtOnce() throws Exception {
    ConnectionListener listener = listener();
    AtOnce.run(12, 60, number -> use(listener, true, attributes()));
  }
}
