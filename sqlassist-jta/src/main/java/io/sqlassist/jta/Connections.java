package io.sqlassist.jta;

import io.agroal.api.transaction.TransactionAware;
import java.sql.Connection;
import java.sql.SQLException;

/** The end of a pool's connections of which nobody knows what is left in them. */
final class Connections {

  private Connections() {}

  /**
   * Takes a connection out of use.
   *
   * @param isPrepared whether what is left in it is prepared, and so recovery's; otherwise it is
   *     undone. The pool would switch the connection to autocommit, which commits on some databases
   * @param why receives what fails
   */
  static void cut(TransactionAware connection, boolean isPrepared, Exception why) {
    try {
      connection.setFlushOnly();
      Connection physical = ((Connection) connection.getConnection()).unwrap(Connection.class);
      physical.abort(Runnable::run); // the server undoes what is not prepared
      if (!isPrepared && !physical.isClosed()) {
        physical.rollback(); // a driver that does not know how to abort
      }
    } catch (SQLException | RuntimeException more) {
      why.addSuppressed(more);
    }
  }
}
