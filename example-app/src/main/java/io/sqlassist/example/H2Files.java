package io.sqlassist.example;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** H2 in this JVM, one file per database: the default, with nothing to install. */
final class H2Files implements ShopDatabases {

  private static final Logger LOG = LoggerFactory.getLogger(H2Files.class);

  private final Path directory;
  private final Path transactionLog;
  private final boolean temporary;

  /** One per database, which keeps it open and in the mode that was set. */
  private final Map<String, Connection> administrators = new ConcurrentHashMap<>();

  private H2Files(Path directory, Path transactionLog, boolean temporary) {
    this.directory = directory;
    this.transactionLog = transactionLog;
    this.temporary = temporary;
  }

  static H2Files open(@Nullable Path data) {
    if (data != null && data.toString().contains(";")) {
      throw new IllegalArgumentException(
          "SHOP_DATA is '" + data + "'. H2 can't open files in a directory whose name has a ';'.");
    }
    try {
      if (data != null) {
        Path directory = Files.createDirectories(data.resolve("h2"));
        return new H2Files(directory, data.resolve("jta"), false);
      }
      Path directory = Temporary.directory();
      return new H2Files(directory, directory.resolve("jta"), true);
    } catch (IOException e) {
      throw new UncheckedIOException("Could not make a directory for the data: " + e, e);
    }
  }

  /** An administrator without a password: whoever can read the files can read the data anyway. */
  @Override
  public Login owner(String database) {
    return new Login(url(database), "SA", "");
  }

  @Override
  public Login user(String database, String name, String rights) {
    Login user = Login.withNewPassword(url(database), name);
    Connection administrator = administrators.computeIfAbsent(database, this::administer);
    run(administrator, "CREATE USER IF NOT EXISTS " + name + " PASSWORD ''");
    run(administrator, "ALTER USER " + name + " SET PASSWORD '" + user.password() + "'");
    run(administrator, "GRANT " + rights + " ON SCHEMA PUBLIC TO " + name);
    return user;
  }

  /** In H2 only an administrator can finish what is prepared. */
  @Override
  public Login committer(String database, String name, String rights) {
    Login user = user(database, name, rights);
    run(
        administrators.computeIfAbsent(database, this::administer),
        "ALTER USER " + name + " ADMIN TRUE");
    return user;
  }

  @Override
  public Path transactionLog() {
    return transactionLog;
  }

  private Connection administer(String database) {
    Login owner = owner(database);
    try {
      Connection connection =
          DriverManager.getConnection(owner.url(), owner.user(), owner.password());
      // Else what is committed reaches the file up to half a second later.
      run(connection, "SET WRITE_DELAY 0");
      return connection;
    } catch (SQLException e) {
      throw new IllegalStateException("A database does not open: " + e.getMessage(), e);
    }
  }

  private static void run(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("A database could not be prepared: " + e.getMessage(), e);
    }
  }

  /**
   * H2 would close the files as soon as the JVM begins to end, under requests still running. And it
   * would give up after two seconds where others wait for a row: as long as MariaDB is better, for
   * a machine can be busy.
   */
  private String url(String database) {
    return "jdbc:h2:file:"
        + directory.resolve(database)
        + ";DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=50000";
  }

  @Override
  public void close() {
    for (Connection administrator : administrators.values()) {
      try {
        administrator.close();
      } catch (SQLException e) {
        LOG.warn("A database could not be closed: {}", e.getMessage());
      }
    }
    if (temporary) {
      Temporary.delete(directory);
    }
  }

  @Override
  public String toString() {
    return "H2, " + (temporary ? "data deleted at the end" : "data in " + directory);
  }
}
