package io.sqlassist.jta;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import javax.transaction.xa.XAException;

/**
 * Says what a failure is where a driver does not: MariaDB's, for one, gives a broken connection no
 * error code of XA, and PostgreSQL's a wrong one to a server that crashed. A transaction manager
 * must take that for a database that decided by itself, while it is one that only has to be asked
 * again.
 */
final class XaFailures {

  private XaFailures() {}

  static XAException classified(XAException failure) {
    if (failure.errorCode != 0 && !isConnectionLost(failure)) {
      return failure;
    }
    if (failure.errorCode == XAException.XAER_RMFAIL || isHeuristic(failure.errorCode)) {
      return failure;
    }
    XAException classified = new XAException(failure.getMessage());
    classified.errorCode = XAException.XAER_RMFAIL;
    classified.initCause(failure.getCause() == null ? failure : failure.getCause());
    return classified;
  }

  private static boolean isHeuristic(int code) {
    return code == XAException.XA_HEURCOM
        || code == XAException.XA_HEURRB
        || code == XAException.XA_HEURMIX
        || code == XAException.XA_HEURHAZ;
  }

  /** 08 is the connection itself; 57P is a PostgreSQL server that goes down or has crashed. */
  private static boolean hasStateOfLostConnection(SQLException cause) {
    String state = cause.getSQLState();
    return state != null && (state.startsWith("08") || state.startsWith("57P"));
  }

  private static boolean isConnectionLost(XAException failure) {
    return failure.getCause() instanceof SQLException cause
        && (cause instanceof SQLNonTransientConnectionException
            || cause instanceof SQLTransientConnectionException
            || cause instanceof SQLRecoverableException
            || hasStateOfLostConnection(cause));
  }
}
