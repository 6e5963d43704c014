package io.sqlassist.testing;

import io.sqlassist.engine.EngineConfig;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A database that {@link WithDatabase} has made, and a user of it.
 *
 * <p>Immutable; may be shared between threads. Its text form leaves the password out.
 */
public final class TestDatabase {

  private final DatabaseProduct product;
  private final String jdbcUrl;
  private final String username;
  private final String password;
  private final Supplier<TestDatabase> readers;
  private final Runnable dropping;

  TestDatabase(
      DatabaseProduct product,
      String jdbcUrl,
      String username,
      String password,
      Supplier<TestDatabase> readers,
      Runnable dropping) {
    this.product = product;
    this.jdbcUrl = jdbcUrl;
    this.username = username;
    this.password = password;
    this.readers = readers;
    this.dropping = dropping;
  }

  /**
   * What it is.
   *
   * @return the product
   */
  public DatabaseProduct product() {
    return product;
  }

  /**
   * Its address.
   *
   * @return the JDBC URL, without user and password
   */
  public String jdbcUrl() {
    return jdbcUrl;
  }

  /**
   * The name of the user.
   *
   * @return the user name
   */
  public String username() {
    return username;
  }

  /**
   * The password of the user.
   *
   * @return the password
   */
  public String password() {
    return password;
  }

  /**
   * Makes a further user of the same database, who may SELECT, also from tables that are made
   * later, and nothing else: for a reader that the database itself keeps from writing.
   *
   * @return the same database with a new user
   * @throws IllegalStateException if this is such a user already
   */
  public TestDatabase readOnlyUser() {
    return readers.get();
  }

  /**
   * Lets an engine use this database: sets its url, user name and password.
   *
   * @param engine the configuration of the engine
   */
  public void configure(EngineConfig engine) {
    engine.url(jdbcUrl).username(username).password(password);
  }

  /**
   * The same in text, for an application that reads its engines from settings.
   *
   * @param engine the name of the engine
   * @return {@code sqlassist.engines.<engine>.url}, {@code .username} and {@code .password}
   */
  public Map<String, String> settings(String engine) {
    String prefix = "sqlassist.engines." + engine + ".";
    return Map.of(
        prefix + "url", jdbcUrl, prefix + "username", username, prefix + "password", password);
  }

  void drop() {
    dropping.run();
  }

  @Override
  public String toString() {
    return "TestDatabase[" + jdbcUrl + ", user " + username + "]";
  }
}
