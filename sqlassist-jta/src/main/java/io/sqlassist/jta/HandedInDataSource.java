package io.sqlassist.jta;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * For the pool, which makes one by reflection; applications have no use for it. Thread-safe once
 * {@link #setEngine} was called.
 */
public final class HandedInDataSource implements DataSource {

  private @Nullable DataSource dataSource;

  /** Made by the pool. */
  public HandedInDataSource() {}

  /**
   * Says which data source this one stands for.
   *
   * @param key what the pool was told
   */
  public void setEngine(String key) {
    dataSource = ((Source.Plain) HandedIn.get(key)).dataSource();
  }

  private DataSource dataSource() throws SQLException {
    DataSource known = dataSource;
    if (known == null) {
      throw new SQLException("This data source is for the pool of a JTA engine only");
    }
    return known;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return dataSource().getConnection();
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return dataSource().getConnection(user, password);
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return dataSource().getLogWriter();
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
    return dataSource().getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return dataSource().unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return dataSource().isWrapperFor(type);
  }
}
