package io.sqlassist.example;

import java.nio.file.Path;

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

  /**
   * As {@link #user}, who may also finish what is prepared: for an engine that commits together
   * with others.
   */
  default Login committer(String database, String name, String rights) {
    return user(database, name, rights);
  }

  /** Where the log of the transactions is that concern several of them. */
  Path transactionLog();

  /** What they are, for people. */
  @Override
  String toString();

  @Override
  void close();
}
