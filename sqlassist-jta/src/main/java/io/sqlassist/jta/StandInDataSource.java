package io.sqlassist.jta;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Stands for a data source of the application that is known later; changes nothing of it. */
abstract class StandInDataSource implements DataSource {

  /**
   * The one that it stands for.
   *
   * @throws SQLException if there is none, with the reason
   */
  abstract DataSource meant() throws SQLException;

  @Override
  public Connection getConnection() throws SQLException {
    return meant().getConnection();
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return meant().getConnection(user, password);
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return meant().getLogWriter();
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
    return meant().getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return meant().unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return meant().isWrapperFor(type);
  }
}
