package io.sqlassist.jta;

import java.io.PrintWriter;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import org.jspecify.annotations.Nullable;

/**
 * For the pool, which makes one by reflection; applications have no use for it. Thread-safe once
 * {@link #setEngine} was called.
 */
public final class HandedInXaDataSource implements XADataSource {

  private @Nullable XADataSource dataSource;

  /** Made by the pool. */
  public HandedInXaDataSource() {}

  /**
   * Says which data source this one stands for.
   *
   * @param key what the pool was told
   */
  public void setEngine(String key) {
    dataSource = ((Source.Xa) HandedIn.get(key)).dataSource();
  }

  private XADataSource dataSource() throws SQLException {
    XADataSource known = dataSource;
    if (known == null) {
      throw new SQLException("This data source is for the pool of a JTA engine only");
    }
    return known;
  }

  @Override
  public XAConnection getXAConnection() throws SQLException {
    return dataSource().getXAConnection();
  }

  @Override
  public XAConnection getXAConnection(String user, String password) throws SQLException {
    return dataSource().getXAConnection(user, password);
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
}
