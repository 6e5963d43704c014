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

  /**
   * As {@link #classified}, of a commit. To a code that it does not know the transaction manager
   * answers with a success.
   */
  static XAException ofCommit(Throwable failure) {
    XAException classified = classified(failure);
    return isKnownOfCommits(classified.errorCode)
        ? classified
        : withCode(XAException.XAER_RMFAIL, classified);
  }

  private static boolean isKnownOfCommits(int code) {
    boolean rolledBack = code >= XAException.XA_RBBASE && code <= XAException.XA_RBEND;
    return rolledBack
        || isHeuristic(code)
        || code == XAException.XA_RETRY
        || code == XAException.XAER_NOTA
        || code == XAException.XAER_PROTO
        || code == XAException.XAER_INVAL
        || code == XAException.XAER_RMERR
        || code == XAException.XAER_RMFAIL;
  }

  private static XAException withCode(int code, Throwable failure) {
    XAException coded = new XAException(failure.getMessage());
    coded.errorCode = code;
    coded.initCause(failure.getCause() == null ? failure : failure.getCause());
    return coded;
  }

  static XAException classified(Throwable thrown) {
    if (!(thrown instanceof XAException failure)) {
      return withCode(XAException.XAER_RMFAIL, thrown); // a driver's mistake tells nothing
    }
    if (failure.errorCode != 0 && !isConnectionLost(failure)) {
      return failure;
    }
    if (failure.errorCode == XAException.XAER_RMFAIL || isHeuristic(failure.errorCode)) {
      return failure;
    }
    return withCode(XAException.XAER_RMFAIL, failure);
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

  /**
   * A database that is short of something, or was told to stop this statement: what is prepared
   * stays so, and the same may succeed a moment later.
   */
  static boolean isPassing(XAException failure) {
    if (failure.errorCode != XAException.XAER_RMERR
        || !(failure.getCause() instanceof SQLException cause)
        || cause.getSQLState() == null) {
      return false;
    }
    String state = cause.getSQLState();
    return state.startsWith("53") || state.startsWith("55") || state.startsWith("57");
  }

  /** As {@link #ofCommit}, of the second phase, which can be tried again. */
  static XAException ofSecondPhase(Throwable failure) {
    XAException known = ofCommit(failure);
    return isPassing(known) ? withCode(XAException.XAER_RMFAIL, known) : known;
  }

  private static boolean isConnectionLost(XAException failure) {
    return failure.getCause() instanceof SQLException cause
        && (cause instanceof SQLNonTransientConnectionException
            || cause instanceof SQLTransientConnectionException
            || cause instanceof SQLRecoverableException
            || hasStateOfLostConnection(cause));
  }
}
