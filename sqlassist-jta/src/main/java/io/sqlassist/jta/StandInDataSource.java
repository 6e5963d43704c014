package io.sqlassist.jta;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Stands for a data source that hands out connections. */
abstract class StandInDataSource extends StandIn<DataSource> implements DataSource {

  @Override
  public Connection getConnection() throws SQLException {
    return meant().getConnection();
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return meant().getConnection(user, password);
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
