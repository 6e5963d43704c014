package io.sqlassist.testing;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something that is to fail, and how often still.
 *
 * <p>Thread-safe.
 */
final class Fault {

  /** SQLSTATE class of what ends a connection. */
  private static final String CONNECTION = "08";

  private static final int ALWAYS = Integer.MAX_VALUE;

  private final String what;
  private final String sqlState;
  private final boolean after;
  private final AtomicInteger left;
  private final AtomicInteger happened = new AtomicInteger();

  Fault(String what, String sqlState, boolean after, int times) {
    this.what = what;
    this.sqlState = sqlState;
    this.after = after;
    this.left = new AtomicInteger(times);
  }

  static int always() {
    return ALWAYS;
  }

  /** Whether it is to happen now. */
  boolean happens() {
    int before = left.getAndUpdate(now -> now == 0 || now == ALWAYS ? now : now - 1);
    if (before == 0) {
      return false;
    }
    happened.incrementAndGet();
    return true;
  }

  /** Whether the database does what it is asked, and only the answer is lost. */
  boolean after() {
    return after;
  }

  boolean breaksConnection() {
    return sqlState.startsWith(CONNECTION);
  }

  int happened() {
    return happened.get();
  }

  /** Whether somebody wanted more of it than there was. */
  boolean isMissing() {
    int now = left.get();
    return now == ALWAYS ? happened.get() == 0 : now > 0;
  }

  SQLException failure(String engine) {
    return new SQLException(
        what
            + " of engine '"
            + engine
            + "' failed, as the test wanted it"
            + (after ? "; the database did it, and only its answer was lost" : ""),
        sqlState);
  }

  SQLException noConnection(String engine) {
    return new SQLTransientConnectionException(
        what + " of engine '" + engine + "' failed, as the test wanted it", sqlState);
  }

  /** As it stands in messages. */
  String description(String engine) {
    int wanted = left.get();
    return what
        + " of engine '"
        + engine
        + "' (SQLSTATE "
        + sqlState
        + ", happened "
        + happened.get()
        + (wanted == ALWAYS ? " times)" : " times, " + wanted + " more wanted)");
  }
}
