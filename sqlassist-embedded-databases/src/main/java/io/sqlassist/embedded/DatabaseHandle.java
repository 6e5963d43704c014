package io.sqlassist.embedded;

import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * A database and a user of it: what is needed to connect.
 *
 * <p>Thread-safe: immutable. Its text form leaves the password out.
 */
public final class DatabaseHandle {
  private final DatabaseKind kind;
  private final String jdbcUrl;
  private final String username;
  private final String password;
  private final Supplier<DatabaseHandle> readOnlyUsers;
  private final Runnable dropping;

  DatabaseHandle(
      DatabaseKind kind,
      String jdbcUrl,
      String username,
      String password,
      Supplier<DatabaseHandle> readOnlyUsers,
      Runnable dropping) {
    this.kind = kind;
    this.jdbcUrl = jdbcUrl;
    this.username = username;
    this.password = password;
    this.readOnlyUsers = readOnlyUsers;
    this.dropping = dropping;
  }

  /** A handle whose user cannot make further users. */
  static DatabaseHandle readOnly(
      DatabaseKind kind, String jdbcUrl, String username, String password) {
    return new DatabaseHandle(
        kind,
        jdbcUrl,
        username,
        password,
        () -> {
          throw new IllegalStateException(
              username + " is a read-only user already; ask the handle of the owner");
        },
        () -> {
          throw new IllegalStateException(
              username + " is a read-only user; drop the database by the handle of its owner");
        });
  }

  /**
   * Returns what kind of database this is.
   *
   * @return the kind
   */
  public DatabaseKind kind() {
    return kind;
  }

  /**
   * Returns the address of the database.
   *
   * @return the JDBC URL, without user and password
   */
  public String jdbcUrl() {
    return jdbcUrl;
  }

  /**
   * Returns the name of the user.
   *
   * @return the user name
   */
  public String username() {
    return username;
  }

  /**
   * Returns the password of the user.
   *
   * @return the password
   */
  public String password() {
    return password;
  }

  /**
   * Returns a data source of the plain driver: no pool, each {@code getConnection} connects.
   *
   * @return a new data source for this database and user
   */
  public DataSource dataSource() {
    return Drivers.dataSource(kind, jdbcUrl, username, password);
  }

  /**
   * Makes a further user of the same database, one that may SELECT from the tables that are there
   * and from those that the owner creates later (PostgreSQL: in the schema {@code public}; H2: in
   * {@code PUBLIC}), and nothing else. Each call makes another user.
   *
   * @return the same database with the new user
   * @throws IllegalStateException if this is the handle of a read-only user, or if the server
   *     refuses
   */
  public DatabaseHandle readOnlyUser() {
    return readOnlyUsers.get();
  }

  /**
   * Deletes the database with all that is in it, and its users: that of this handle, and those that
   * {@link #readOnlyUser()} has made. Connections that are still open are cut, except on MariaDB,
   * where they stay open without a database.
   *
   * @throws IllegalStateException if this is the handle of a read-only user, or if the server
   *     refuses
   */
  public void drop() {
    dropping.run();
  }

  /**
   * Returns the same database and user by way of a proxy; so will its {@link #readOnlyUser()} be.
   *
   * @param proxy a proxy in front of the server of this database
   * @return a handle whose URL leads to the proxy
   * @throws IllegalStateException if this is no PostgreSQL database
   */
  public DatabaseHandle through(CountingProxy proxy) {
    if (kind != DatabaseKind.POSTGRESQL) {
      throw new IllegalStateException("A CountingProxy speaks PostgreSQL only, not " + kind);
    }
    String database = jdbcUrl.substring(jdbcUrl.lastIndexOf('/') + 1);
    return new DatabaseHandle(
        kind,
        proxy.jdbcUrl(database),
        username,
        password,
        () -> readOnlyUsers.get().through(proxy),
        dropping);
  }

  /**
   * Returns URL and user, without the password.
   *
   * @return the text form
   */
  @Override
  public String toString() {
    return "DatabaseHandle[" + jdbcUrl + ", user " + username + "]";
  }
}
