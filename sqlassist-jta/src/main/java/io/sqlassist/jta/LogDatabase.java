package io.sqlassist.jta;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The database of the log, as Narayana knows it. Narayana keeps the data source that it is given
 * first for the life of the JVM; this one stands for that of the coordinator that runs.
 */
final class LogDatabase implements DataSource {

  static final LogDatabase CURRENT = new LogDatabase();

  private volatile @Nullable DataSource database;

  private LogDatabase() {}

  void is(DataSource database) {
    this.database = database;
  }

  private DataSource database() throws SQLException {
    DataSource current = database;
    if (current == null) {
      throw new SQLException("No JTA coordinator with a log in a database runs");
    }
    return current;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return database().getConnection();
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return database().getConnection(username, password);
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return database().getLogWriter();
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {
    // the application's object stays as it is
  }

  @Override
  public void setLoginTimeout(int seconds) {
    // the application's object stays as it is
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return database().getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return database().unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return database().isWrapperFor(type);
  }
}
