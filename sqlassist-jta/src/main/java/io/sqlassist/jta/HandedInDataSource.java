package io.sqlassist.jta;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * For the pool, which makes one by reflection; applications have no use for it. Thread-safe once
 * {@link #setEngine} was called.
 */
public final class HandedInDataSource extends StandInDataSource {

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

  @Override
  DataSource meant() throws SQLException {
    DataSource known = dataSource;
    if (known == null) {
      throw new SQLException("This data source is for the pool of a JTA engine only");
    }
    return known;
  }
}
