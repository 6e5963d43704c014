package io.sqlassist.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DatabaseServerIT {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(value = DatabaseKind.class, names = "H2", mode = EnumSource.Mode.EXCLUDE)
  void closeLeavesNeitherProcessNorDirectory(DatabaseKind kind) throws SQLException {
    DatabaseServer server = ServerTests.start(kind, "");
    DatabaseHandle database = server.freshDatabase();
    List<ProcessHandle> processes;
    // A connection that stays open must not delay the end.
    try (Connection connection = database.dataSource().getConnection()) {
      assertThat(connection.isValid(10)).isTrue();
      processes = ProcessHandle.current().descendants().filter(it -> isOf(server, it)).toList();
      assertThat(processes).isNotEmpty();

      server.close();
      server.close();
    }

    assertThat(processes).noneMatch(ProcessHandle::isAlive);
    assertThat(server.root()).doesNotExist();
    assertThat(server.isRunning()).isFalse();
    assertThatThrownBy(server::restart).isInstanceOf(IllegalStateException.class);
  }

  private static boolean isOf(DatabaseServer server, ProcessHandle process) {
    return process.pid() == server.pid()
        || process.info().commandLine().orElse("").contains(server.root().toString());
  }

  @ParameterizedTest
  @EnumSource(value = DatabaseKind.class, names = "H2", mode = EnumSource.Mode.EXCLUDE)
  void keptDirectorySurvivesRestartKillAndClose(DatabaseKind kind) throws SQLException {
    DatabaseHandle database;
    int port;
    try (DatabaseServer server = ServerTests.start(kind, directory.toString())) {
      port = server.port();
      database = server.freshDatabase();
      Sql.run(database.dataSource(), "CREATE TABLE t (id INT)", "INSERT INTO t VALUES (1)");

      server.restart();
      assertThat(server.port()).isEqualTo(port);
      Sql.run(database.dataSource(), "INSERT INTO t VALUES (2)");

      server.kill();
      assertThat(server.isRunning()).isFalse();
      assertThatThrownBy(() -> database.dataSource().getConnection())
          .isInstanceOf(SQLException.class);
      server.restart();
      assertThat(Sql.number(database.dataSource(), "SELECT count(*) FROM t")).isEqualTo(2);
    }

    try (DatabaseServer server = ServerTests.start(kind, directory.toString())) {
      String name = database.jdbcUrl().substring(database.jdbcUrl().lastIndexOf('/') + 1);
      assertThat(Sql.number(server.superuserDataSource(name), "SELECT count(*) FROM t"))
          .isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource(value = DatabaseKind.class, names = "H2", mode = EnumSource.Mode.EXCLUDE)
  void killedJvmTakesItsServerAlongAndTheNextStartFindsTheData(DatabaseKind kind)
      throws IOException, SQLException, InterruptedException {
    OtherJvm other = OtherJvm.start(kind, directory.toString());
    try (other) {
      other.process().destroyForcibly().waitFor();
      // No wait for the server: the start must cope with one that is just about to end.
      try (DatabaseServer server = ServerTests.start(kind, directory.toString())) {
        assertThat(ProcessHandle.of(other.serverPid())).isEmpty();
        server.createDatabase("again");
        server.createDatabase("again");
        Sql.run(server.superuserDataSource("again"), "CREATE TABLE t (id INT)");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = DatabaseKind.class, names = "H2", mode = EnumSource.Mode.EXCLUDE)
  void systemExitAndKillLeaveNoServerAndNoTemporaryDirectory(DatabaseKind kind) throws Exception {
    for (boolean killed : new boolean[] {false, true}) {
      try (OtherJvm other = OtherJvm.start(kind, "")) {
        ProcessHandle server = ProcessHandle.of(other.serverPid()).orElseThrow();
        ProcessHandle supervisor = server.parent().orElseThrow();
        assertThat(other.root()).isDirectory();

        if (killed) {
          other.process().destroyForcibly();
        } else {
          other.process().getOutputStream().write('x');
          other.process().getOutputStream().flush();
        }

        server.onExit().get(60, TimeUnit.SECONDS);
        supervisor.onExit().get(60, TimeUnit.SECONDS);
        assertThat(other.root()).doesNotExist();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = DatabaseKind.class, names = "H2", mode = EnumSource.Mode.EXCLUDE)
  void directoryInUseIsRefused(DatabaseKind kind) {
    try (DatabaseServer server = ServerTests.start(kind, directory.toString())) {
      assertThatThrownBy(() -> ServerTests.start(kind, directory.toString()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("in use");
      assertThat(server.isRunning()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(value = DatabaseKind.class, names = "H2", mode = EnumSource.Mode.EXCLUDE)
  void pathWithSpacesAndQuotesWorks(DatabaseKind kind) throws SQLException {
    Path odd = directory.resolve("a 'b' c".repeat(18));
    try (DatabaseServer server = ServerTests.start(kind, odd.toString())) {
      DatabaseHandle database = server.freshDatabase();
      assertThat(Sql.number(database.dataSource(), "SELECT 1")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(value = DatabaseKind.class, names = "H2", mode = EnumSource.Mode.EXCLUDE)
  void userGetsItsNewPasswordWhenCreatedAgain(DatabaseKind kind) throws SQLException {
    DatabaseServer server =
        kind == DatabaseKind.POSTGRESQL ? PostgresServer.shared() : MariaDbServer.shared();
    server.createDatabase("Passwords");
    server.createUser("Changing", "first");
    server.createUser("Changing", "it's the second");
    server.grantAll("Passwords", "Changing");

    assertThat(
            Sql.number(
                Drivers.dataSource(
                    kind, server.jdbcUrl("Passwords"), "Changing", "it's the second"),
                "SELECT 1"))
        .isEqualTo(1);
  }

  @Test
  void passwordFileIsForItsOwnerOnly() throws IOException {
    Path file = PostgresServer.shared().root().resolve("superuser.password");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void postgresIgnoresAPidFileOfAnotherProcess() throws IOException {
    try (PostgresServer server = PostgresServer.start(directory)) {
      assertThat(server.isRunning()).isTrue();
    }
    String self = Long.toString(ProcessHandle.current().pid());
    Files.writeString(directory.resolve("server.pid"), self + "\n");
    Files.writeString(
        directory.resolve("data").resolve("postmaster.pid"), self + "\n" + directory + "\n");

    try (PostgresServer server = PostgresServer.start(directory)) {
      assertThat(server.isRunning()).isTrue();
    }
  }

  @Test
  void postgresCanPrepareTransactions() throws SQLException {
    assertThat(
            Sql.number(
                PostgresServer.shared().superuserDataSource("postgres"),
                "SELECT current_setting('max_prepared_transactions')::int"))
        .isEqualTo(64);
  }

  @Test
  void failedStartTellsWhatTheServerSaid() throws IOException {
    Files.createDirectories(directory.resolve("data"));
    Files.writeString(directory.resolve("superuser.password"), "x");

    assertThatThrownBy(() -> PostgresServer.start(directory))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("postgresql.conf");
  }

  @ParameterizedTest
  @EnumSource(value = DatabaseKind.class, names = "H2", mode = EnumSource.Mode.EXCLUDE)
  void withoutBinariesNothingIsLeftBehind(DatabaseKind kind) throws IOException {
    Path noCache = Files.createFile(directory.resolve("a file where the cache should be"));
    Path data = directory.resolve("server");
    String before = System.setProperty("sqlassist.embedded.cache", noCache.toString());
    try {
      assertThatThrownBy(() -> ServerTests.start(kind, data.toString()))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("binaries");
    } finally {
      if (before == null) {
        System.clearProperty("sqlassist.embedded.cache");
      } else {
        System.setProperty("sqlassist.embedded.cache", before);
      }
    }
    assertThat(data).doesNotExist();
  }

  /** A JVM with a server. */
  private record OtherJvm(Process process, long serverPid, Path root) implements AutoCloseable {
    static OtherJvm start(DatabaseKind kind, String directory) throws IOException {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  ServerMain.class.getName(),
                  kind.name(),
                  directory)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      long pid = Long.parseLong(out.readLine());
      out.readLine(); // the port
      return new OtherJvm(process, pid, Path.of(out.readLine()));
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
