package io.sqlassist.jta;

import io.agroal.api.AgroalDataSource;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a JTA engine. One that is acquired for a unit of work is in its transaction;
 * any other is an ordinary one.
 */
final class JtaDataSource implements DataSource {

  private final String engine;
  private final AgroalDataSource pool;
  private volatile Duration longestWait;
  private final Runnable outside;

  /**
   * Creates the data source.
   *
   * @param outside called before a connection is given to nobody's unit of work; may refuse
   */
  JtaDataSource(String engine, AgroalDataSource pool, Duration longestWait, Runnable outside) {
    this.outside = outside;
    this.engine = engine;
    this.pool = pool;
    this.longestWait = longestWait;
  }

  Duration longestWait() {
    return longestWait;
  }

  /** What the engine's own setting says, if it has one. */
  void setLongestWait(Duration longest) {
    longestWait = longest;
  }

  /** Closes the connections that are idle, and those in use when they come back; soon, not now. */
  void dropConnections() {
    pool.flush(AgroalDataSource.FlushMode.GRACEFUL);
  }

  @Override
  public Connection getConnection() throws SQLException {
    JtaTransaction transaction = Acquisition.current();
    if (transaction != null) {
      transaction.begin(engine, longestWait);
    } else {
      outside.run();
    }
    return pool.getConnection();
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "A JTA engine has one database user, that of its XADataSource");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return pool.getLogWriter();
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    pool.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    pool.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return pool.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return pool.getParentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(pool) ? type.cast(pool) : pool.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(pool) || pool.isWrapperFor(type);
  }
}
