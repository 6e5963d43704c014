package io.sqlassist.jta;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The database of the log, as Narayana knows it. Narayana keeps the data source that it is given
 * first for the life of the JVM; this one stands for that of the coordinator that runs.
 */
final class LogDatabase extends StandInDataSource {

  static final LogDatabase CURRENT = new LogDatabase();

  private volatile @Nullable DataSource database;

  private LogDatabase() {}

  void is(DataSource database) {
    this.database = database;
  }

  @Override
  DataSource meant() throws SQLException {
    DataSource current = database;
    if (current == null) {
      throw new SQLException("No JTA coordinator with a log in a database runs");
    }
    return current;
  }
}
