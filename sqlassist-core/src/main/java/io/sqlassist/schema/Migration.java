package io.sqlassist.schema;

import javax.sql.DataSource;

/**
 * Brings the tables of a database up to date before an engine begins to use them.
 *
 * <p>Called once for each start of an engine, by the thread that starts it.
 */
@FunctionalInterface
public interface Migration {

  /**
   * Migrates.
   *
   * @param database connects to the engine's database; not to be used afterwards
   * @throws Exception if that fails; the engine does not start
   */
  void migrate(DataSource database) throws Exception;
}
