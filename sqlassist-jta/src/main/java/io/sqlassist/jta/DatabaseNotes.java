package io.sqlassist.jta;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/** Notes in a table of their own, beside the table of the log. */
final class DatabaseNotes implements Notes {

  private static final int LONGEST_TEXT = 2_000;

  /** It becomes part of the statements; an id of a node can't bring anything else. */
  private static final Pattern TABLE = Pattern.compile("[a-z0-9_]+");

  private final DataSource database;
  private final String table;

  DatabaseNotes(DataSource database, String tablePrefix) {
    if (!TABLE.matcher(tablePrefix).matches()) {
      throw new IllegalArgumentException("not a table prefix: " + tablePrefix);
    }
    this.database = database;
    table = tablePrefix + "sqlassist";
  }

  String table() {
    return table;
  }

  /** Makes the table where it is not there; two processes may try at once. */
  void createIfMissing() throws SQLException {
    try (Connection connection = database.getConnection()) {
      boolean autocommit = connection.getAutoCommit();
      connection.setAutoCommit(true); // else a failed statement may end all that follow
      try {
        if (!isThere(connection)) {
          create(connection);
        }
      } finally {
        connection.setAutoCommit(autocommit);
      }
    }
  }

  private boolean isThere(Connection connection) {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from " + table)) {
      return row.next();
    } catch (SQLException e) {
      return false; // what is wrong in another way the next statement tells
    }
  }

  private void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table "
              + table
              + " (note_name varchar(250) not null primary key, note_text varchar("
              + LONGEST_TEXT
              + ") not null)");
    } catch (SQLException e) {
      if (!isThere(connection)) {
        throw e;
      }
    }
  }

  @Override
  public Map<String, String> read() {
    Map<String, String> notes = new LinkedHashMap<>();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select note_name, note_text from " + table)) {
      while (row.next()) {
        notes.put(row.getString(1), row.getString(2));
      }
      end(connection);
      return notes;
    } catch (SQLException e) {
      throw failed("read", e);
    }
  }

  @Override
  public void write(String name, String text) {
    String shown = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
    try (Connection connection = database.getConnection()) {
      boolean known = update(connection, shown, name) > 0;
      if (!known) {
        insert(connection, shown, name);
      }
      end(connection);
    } catch (SQLException e) {
      throw failed("written", e);
    }
  }

  private int update(Connection connection, String text, String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("update " + table + " set note_text = ? where note_name = ?")) {
      statement.setString(1, text);
      statement.setString(2, name);
      return statement.executeUpdate();
    }
  }

  private void insert(Connection connection, String text, String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into " + table + " (note_text, note_name) values (?, ?)")) {
      statement.setString(1, text);
      statement.setString(2, name);
      statement.executeUpdate();
    }
  }

  /** Of a pool that begins transactions by itself. */
  private static void end(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.commit();
    }
  }

  private JtaStartException failed(String what, SQLException e) {
    return new JtaStartException(
        "The table '" + table + "' of the JTA log's database can't be " + what + ": " + e, e);
  }
}
