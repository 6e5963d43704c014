package io.sqlassist.jta;

import java.sql.SQLException;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import org.jspecify.annotations.Nullable;

/**
 * For the pool, which makes one by reflection; applications have no use for it. Thread-safe once
 * {@link #setEngine} was called.
 */
public final class HandedInXaDataSource extends StandIn<XADataSource> implements XADataSource {

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

  @Override
  XADataSource meant() throws SQLException {
    XADataSource known = dataSource;
    if (known == null) {
      throw new SQLException("This data source is for the pool of a JTA engine only");
    }
    return known;
  }

  @Override
  public XAConnection getXAConnection() throws SQLException {
    return meant().getXAConnection();
  }

  @Override
  public XAConnection getXAConnection(String user, String password) throws SQLException {
    return meant().getXAConnection(user, password);
  }
}
