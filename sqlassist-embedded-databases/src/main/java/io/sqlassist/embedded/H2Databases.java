package io.sqlassist.embedded;

import java.util.List;

/**
 * H2 databases in the memory of this JVM. They live until the JVM ends.
 *
 * <p>Thread-safe.
 */
public final class H2Databases {
  private static final String OWNER = "sa";

  private H2Databases() {}

  /**
   * Makes a new, empty database with a name of its own; it stays when the last connection closes.
   *
   * @return the new database with its administrator
   * @throws IllegalStateException if H2 refuses
   */
  public static DatabaseHandle fresh() {
    String jdbcUrl = "jdbc:h2:mem:" + Names.unique("test_");
    String password = Names.randomPassword();
    DatabaseHandle owner =
        new DatabaseHandle(
            DatabaseKind.H2,
            jdbcUrl,
            OWNER,
            password,
            () -> readOnlyUser(jdbcUrl, password),
            () ->
                Drivers.run(
                    Drivers.dataSource(DatabaseKind.H2, jdbcUrl, OWNER, password),
                    "drop an H2 database",
                    List.of("SHUTDOWN IMMEDIATELY")));
    // Set here and not in the URL, where it would be a command that only an administrator may give.
    Drivers.run(owner.dataSource(), "create an H2 database", List.of("SET DB_CLOSE_DELAY -1"));
    return owner;
  }

  private static DatabaseHandle readOnlyUser(String jdbcUrl, String ownerPassword) {
    String reader = Names.unique("reader_");
    String password = Names.randomPassword();
    Drivers.run(
        Drivers.dataSource(DatabaseKind.H2, jdbcUrl, OWNER, ownerPassword),
        "create a read-only user",
        List.of(
            "CREATE USER " + reader + " PASSWORD " + Names.literal(password),
            "GRANT SELECT ON SCHEMA PUBLIC TO " + reader));
    return DatabaseHandle.readOnly(DatabaseKind.H2, jdbcUrl, reader, password);
  }
}
