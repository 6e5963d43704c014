package io.sqlassist.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.sqlassist.schema.Migration;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * What a {@link Migration} promises: to make tables of an empty database, and to do nothing to one
 * that is up to date, since it is called at each start of its engine. A subclass in your tests says
 * which migration, and where there is an empty database.
 *
 * <p>Used by one thread.
 */
public abstract class MigrationContract {

  /** For subclasses. */
  protected MigrationContract() {}

  /**
   * The migration that is looked at.
   *
   * @return a new one at each call
   */
  protected abstract Migration migration();

  /**
   * A database without tables.
   *
   * @return a new one at each call
   */
  protected abstract DataSource emptyDatabase();

  private static Set<String> tables(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        ResultSet columns =
            connection
                .getMetaData()
                .getColumns(connection.getCatalog(), connection.getSchema(), "%", "%")) {
      Set<String> tables = new TreeSet<>();
      while (columns.next()) {
        tables.add(
            columns.getString("TABLE_NAME")
                + "."
                + columns.getString("COLUMN_NAME")
                + " "
                + columns.getString("TYPE_NAME"));
      }
      return tables;
    }
  }

  @Test
  void anEmptyDatabaseGetsTables() throws Exception {
    DataSource database = emptyDatabase();
    migration().migrate(database);

    assertFalse(tables(database).isEmpty(), "there are no tables");
  }

  @Test
  void theSecondStartChangesNothing() throws Exception {
    DataSource database = emptyDatabase();
    migration().migrate(database);
    Set<String> before = tables(database);
    migration().migrate(database);

    assertEquals(before, tables(database));
  }

  @Test
  void itUsesTheDatabaseThatItIsGiven() throws Exception {
    DataSource one = emptyDatabase();
    DataSource other = emptyDatabase();
    Migration migration = migration();
    migration.migrate(one);
    migration.migrate(other);

    assertEquals(tables(one), tables(other));
  }
}
