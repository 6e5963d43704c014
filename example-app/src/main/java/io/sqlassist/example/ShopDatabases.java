package io.sqlassist.example;

/**
 * The databases {@code shop}, {@code audit} and {@code ledger}: where they are, and who may do what
 * in them.
 */
interface ShopDatabases extends AutoCloseable {

  /** Opens or starts them, and makes what is not there yet. */
  static ShopDatabases open(ShopConfig config) {
    return config.servers() ? DatabaseServers.start(config.data()) : H2Files.open(config.data());
  }

  /** Who may make and change tables: for the migrations only. */
  Login owner(String database);

  /**
   * Makes a user, or gives it a new password, who has these rights on the tables that are there.
   *
   * @param rights as in SQL, for example {@code SELECT, INSERT}
   */
  Login user(String database, String name, String rights);

  /** What they are, for people. */
  @Override
  String toString();

  @Override
  void close();
}
