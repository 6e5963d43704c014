package io.sqlassist.jta;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Locale;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a log in a database: a lock of the database's own, which it gives up by itself when
 * the process that holds it dies. Keeps one connection for it.
 */
final class DatabaseLock implements LogGuard {

  private static final String HOLDER = "holder";
  private static final String ROW = "lock";
  private static final int VALIDATION_SECONDS = 5;
  private static final int LOCK_SECONDS = 3;

  private final DataSource database;
  private final DatabaseNotes notes;
  private final String nodeId;
  private @Nullable Connection connection;
  private String place = "";

  private DatabaseLock(DataSource database, DatabaseNotes notes, String nodeId) {
    this.database = database;
    this.notes = notes;
    this.nodeId = nodeId;
  }

  /**
   * Takes the lock.
   *
   * @param notes the table that also tells who holds it
   */
  static DatabaseLock of(DataSource database, DatabaseNotes notes, String nodeId) {
    DatabaseLock lock = new DatabaseLock(database, notes, nodeId);
    try {
      notes.createIfMissing();
      if (!notes.read().containsKey(ROW)) {
        notes.write(ROW, "locked by the coordinator that runs");
      }
      if (!lock.acquire()) {
        throw new JtaStartException(
            "The log in table '"
                + notes.table()
                + "' is in use by another coordinator ("
                + lock.holder()
                + "). Each process needs a node id of its own: stop that process, or give this one"
                + " another id than '"
                + nodeId
                + "'.",
            null);
      }
      lock.sign();
      return lock;
    } catch (SQLException e) {
      JtaStartException refused =
          new JtaStartException(
              "The database of the JTA log can't be used: "
                  + e
                  + ". Its user needs the right to create tables, or the tables '"
                  + notes.table()
                  + "' and that of the log.",
              e);
      lock.disconnect(refused);
      throw refused;
    } catch (RuntimeException e) {
      lock.disconnect(e);
      throw e;
    }
  }

  private void sign() {
    notes.write(
        HOLDER,
        "node="
            + nodeId
            + ", host="
            + host()
            + ", pid="
            + ProcessHandle.current().pid()
            + ", since="
            + Instant.now());
  }

  /** Which database it is, without what may be secret. */
  String place() {
    return place;
  }

  private String holder() {
    return notes.read().getOrDefault(HOLDER, "which has not said who it is");
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  private boolean acquire() throws SQLException {
    Connection opened = database.getConnection();
    boolean acquired = false;
    try {
      acquired = acquire(opened);
      return acquired;
    } finally {
      if (acquired) {
        connection = opened;
      } else {
        opened.close();
      }
    }
  }

  private boolean acquire(Connection opened) throws SQLException {
    place = String.valueOf(EngineRecord.withoutParameters(opened.getMetaData().getURL()));
    String product = opened.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
    if (product.contains("postgresql")) {
      opened.setAutoCommit(true); // an open transaction would keep the server from cleaning up
      return isTrue(opened, "select pg_try_advisory_lock(hashtext(?))");
    }
    if (product.contains("mysql") || product.contains("mariadb")) {
      opened.setAutoCommit(true);
      return isTrue(opened, "select get_lock(?, 0) = 1");
    }
    opened.setAutoCommit(false);
    return lockRow(opened);
  }

  private boolean isTrue(Connection opened, String question) throws SQLException {
    try (PreparedStatement statement = opened.prepareStatement(question)) {
      statement.setString(1, notes.table());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  /** For databases whose own locks are not known: a row, in a transaction that stays open. */
  private boolean lockRow(Connection opened) throws SQLException {
    try (Statement statement = opened.createStatement()) {
      statement.setQueryTimeout(LOCK_SECONDS);
      try (ResultSet row =
          statement.executeQuery(
              "select note_text from "
                  + notes.table()
                  + " where note_name = '"
                  + ROW
                  + "' for update")) {
        return row.next();
      }
    } catch (SQLException e) {
      opened.rollback();
      if (holder().contains("pid=")) {
        return false; // whoever holds it has signed
      }
      throw e;
    }
  }

  /** A connection that broke has given the lock up, and somebody may have taken it. */
  @Override
  public synchronized void check() {
    Connection held = connection;
    try {
      if (held != null && held.isValid(VALIDATION_SECONDS)) {
        return;
      }
      if (held != null) {
        disconnect(null);
      }
      if (acquire()) {
        sign();
        return;
      }
    } catch (SQLException | RuntimeException e) {
      throw new IllegalStateException(
          "the lock of the JTA log in table '"
              + notes.table()
              + "' is lost, because its database can't be reached: "
              + e,
          e);
    }
    throw new IllegalStateException(
        "the lock of the JTA log in table '"
            + notes.table()
            + "' is lost, and another coordinator has it ("
            + holder()
            + "). Two processes with one node id roll each other's transactions back: stop one of"
            + " them.");
  }

  private void disconnect(@Nullable Exception cause) {
    Connection closing = connection;
    connection = null;
    if (closing != null) {
      try {
        closing.close();
      } catch (SQLException e) {
        if (cause != null) {
          cause.addSuppressed(e);
        }
      }
    }
  }

  @Override
  public synchronized void close() {
    Connection held = connection;
    if (held == null) {
      return;
    }
    try {
      release(held);
    } catch (SQLException e) {
      // A connection that fails has given the lock up.
    }
    disconnect(null);
  }

  /** The connection may go back to a pool, where the lock would live on. */
  private void release(Connection held) throws SQLException {
    if (!held.getAutoCommit()) {
      held.rollback();
      held.setAutoCommit(true);
      return;
    }
    String product = held.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
    isTrue(
        held,
        product.contains("postgresql")
            ? "select pg_advisory_unlock(hashtext(?))"
            : "select release_lock(?) = 1");
  }
}
