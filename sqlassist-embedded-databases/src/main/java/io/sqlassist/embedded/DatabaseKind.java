package io.sqlassist.embedded;

/**
 * The kinds of database that tests run on, for parameterised tests over all of them.
 *
 * <p>Thread-safe.
 */
public enum DatabaseKind {
  /** H2, in memory, in this JVM. */
  H2,
  /** PostgreSQL: the JVM's {@link PostgresServer#shared() shared server}. */
  POSTGRESQL,
  /** MariaDB: the JVM's {@link MariaDbServer#shared() shared server}. */
  MARIADB;

  /**
   * Makes a new, empty database with a name of its own, and a user that owns it.
   *
   * @return the new database; nobody else has its name
   * @throws IllegalStateException if the shared server cannot be started or refuses
   */
  public DatabaseHandle fresh() {
    return switch (this) {
      case H2 -> H2Databases.fresh();
      case POSTGRESQL -> PostgresServer.shared().freshDatabase();
      case MARIADB -> MariaDbServer.shared().freshDatabase();
    };
  }
}
