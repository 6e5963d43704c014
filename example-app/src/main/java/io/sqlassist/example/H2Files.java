package io.sqlassist.example;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** H2 in this JVM, one file per database: the default, with nothing to install. */
final class H2Files implements ShopDatabases {

  private final Path directory;
  private final boolean temporary;

  private H2Files(Path directory, boolean temporary) {
    this.directory = directory;
    this.temporary = temporary;
  }

  static H2Files open(@Nullable Path data) {
    try {
      return data == null
          ? new H2Files(Files.createTempDirectory("sqlassist-shop-"), true)
          : new H2Files(Files.createDirectories(data.resolve("h2")), false);
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
    run(
        owner(database),
        "CREATE USER IF NOT EXISTS " + name + " PASSWORD ''",
        "ALTER USER " + name + " SET PASSWORD '" + user.password() + "'",
        "GRANT " + rights + " ON SCHEMA PUBLIC TO " + name,
        // By default what is committed reaches the file up to half a second later.
        "SET WRITE_DELAY 0");
    return user;
  }

  /** H2 would close the files as soon as the JVM begins to end, under requests still running. */
  private String url(String database) {
    String file = directory.resolve(database).toString().replace(";", "\\;");
    return "jdbc:h2:file:" + file + ";DB_CLOSE_ON_EXIT=FALSE";
  }

  private static void run(Login login, String... statements) {
    try (Connection connection =
            DriverManager.getConnection(login.url(), login.user(), login.password());
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("The database does not open: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    if (!temporary) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not delete " + directory, e);
    }
  }

  @Override
  public String toString() {
    return "H2, " + (temporary ? "data deleted at the end" : "data in " + directory);
  }
}
