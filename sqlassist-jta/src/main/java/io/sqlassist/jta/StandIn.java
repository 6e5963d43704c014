package io.sqlassist.jta;

import java.io.PrintWriter;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.CommonDataSource;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a data source of the application that is known later; changes nothing of it.
 *
 * @param <S> the kind of data source
 */
abstract class StandIn<S extends CommonDataSource> implements CommonDataSource {

  /**
   * The one that it stands for.
   *
   * @throws SQLException if there is none, with the reason
   */
  abstract S meant() throws SQLException;

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
}
