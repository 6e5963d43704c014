package io.sqlassist.embedded;

import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A real PostgreSQL, from Maven artifacts, with room for 200 connections and 64 prepared
 * transactions. UTF-8, collation {@code C.UTF-8}, passwords by SCRAM.
 *
 * <p>As root, whom PostgreSQL refuses, it runs in a user namespace ({@code unshare -U}); where
 * those are forbidden, as in some containers, it needs an ordinary user.
 *
 * <p>Thread-safe.
 */
public final class PostgresServer extends DatabaseServer {
  private static final String SUPERUSER = "postgres";
  private static final String ADMINISTRATIVE_DATABASE = "postgres";

  private final Path binaries;

  private PostgresServer(Path binaries, ServerDirectory directory) {
    super(DatabaseKind.POSTGRESQL, directory);
    this.binaries = binaries;
  }

  /**
   * Starts a server on a new temporary data directory, which is deleted at {@link #close()} or when
   * the JVM is gone. It does not wait for the disk (fsync is off).
   *
   * @return the running server
   * @throws IllegalStateException if it does not start; the message holds what it said
   * @throws java.io.UncheckedIOException if files cannot be written
   */
  public static PostgresServer start() {
    return opened(() -> ServerDirectory.temporary("sqlassist-postgres-"));
  }

  /**
   * Starts a server whose data stay in a directory over restarts and kills. If a JVM that used the
   * directory was killed, this waits until its server is gone.
   *
   * @param dataDirectory the directory, made if absent; nothing else must be in it
   * @return the running server
   * @throws IllegalStateException if a living JVM uses the directory, or if the server does not
   *     start; the message holds what it said
   * @throws java.io.UncheckedIOException if files cannot be written
   */
  public static PostgresServer start(Path dataDirectory) {
    return opened(() -> ServerDirectory.kept(dataDirectory));
  }

  private static PostgresServer opened(Supplier<ServerDirectory> directory) {
    Path binaries = Binaries.postgres(); // first: where there are none, no directory is left behind
    PostgresServer server = new PostgresServer(binaries, directory.get());
    server.open();
    return server;
  }

  /**
   * Returns the one server of this JVM for tests, started on first use and stopped at JVM exit. Do
   * not stop it: others use it.
   *
   * @return the running server
   * @throws IllegalStateException if it does not start; the message holds what it said
   */
  public static PostgresServer shared() {
    return Shared.SERVER;
  }

  private static final class Shared {
    static final PostgresServer SERVER = closedAtExit(start());
  }

  @Override
  void initialise(ServerDirectory directory, Path data) throws IOException {
    List<String> command = command("initdb");
    command.add("--pgdata=" + data);
    command.add("--username=" + SUPERUSER);
    command.add("--pwfile=" + directory.passwordFile());
    command.addAll(
        List.of(
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8"));
    if (directory.isTemporary()) {
      command.add("--no-sync");
    }
    ServerProcess.run(command, "");
  }

  @Override
  void beforeStart(ServerDirectory directory) throws IOException {
    // PostgreSQL believes this file whenever some process has the number in it.
    Path pidFile = directory.data().resolve("postmaster.pid");
    directory.awaitEndOf(pidFile);
    Files.deleteIfExists(pidFile);
  }

  @Override
  ServerProcess.Plan plan(ServerDirectory directory, int port) {
    List<String> command = command("postgres");
    command.addAll(List.of("-D", directory.data().toString(), "-p", Integer.toString(port)));
    set(command, "listen_addresses", host());
    set(command, "unix_socket_directories", "");
    set(command, "max_connections", "200");
    set(command, "max_prepared_transactions", "64");
    set(command, "lc_messages", "C"); // the ready text is read
    if (directory.isTemporary()) {
      set(command, "fsync", "off");
      set(command, "synchronous_commit", "off");
      set(command, "full_page_writes", "off");
    }
    return new ServerProcess.Plan(
        command,
        "database system is ready to accept ", // connections, or on a standby read-only ones
        "INT",
        directory.isTemporary() ? "QUIT" : "INT");
  }

  private List<String> command(String program) {
    List<String> command = new ArrayList<>();
    if (LinuxUtils.isUnshareAvailable()) { // true for root only
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(binaries.resolve("bin").resolve(program).toString());
    return command;
  }

  private static void set(List<String> command, String name, String value) {
    command.add("-c");
    command.add(name + "=" + value);
  }

  @Override
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://" + host() + ":" + port() + "/" + Names.checked(database);
  }

  @Override
  public String superuser() {
    return SUPERUSER;
  }

  @Override
  public void createDatabase(String name) {
    createUnlessThere(
        "SELECT FROM pg_database WHERE datname = ?", name, "CREATE DATABASE " + quoted(name), "");
  }

  @Override
  public void createUser(String name, String password) {
    String secret = " PASSWORD " + Names.literal(password);
    createUnlessThere(
        "SELECT FROM pg_roles WHERE rolname = ?",
        name,
        "CREATE ROLE " + quoted(name) + " LOGIN" + secret,
        "ALTER ROLE " + quoted(name) + " LOGIN" + secret);
  }

  @Override
  public void grantAll(String database, String user) {
    // The owner of a database owns its schema "public" too.
    Drivers.run(
        superuserDataSource(ADMINISTRATIVE_DATABASE),
        "make " + user + " the owner of " + database,
        List.of("ALTER DATABASE " + quoted(database) + " OWNER TO " + quoted(user)));
  }

  @Override
  public void grantSelect(String database, String user) {
    String reader = quoted(user);
    Drivers.run(
        superuserDataSource(database),
        "let " + user + " read " + database,
        List.of(
            "GRANT USAGE ON SCHEMA public TO " + reader,
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + reader,
            "DO $$ BEGIN EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA public"
                + " GRANT SELECT ON TABLES TO %I', (SELECT pg_get_userbyid(datdba)"
                + " FROM pg_database WHERE datname = current_database()), '"
                + user
                + "'); END $$"));
  }

  @Override
  void drop(String database, List<String> users) {
    List<String> statements = new ArrayList<>();
    statements.add("DROP DATABASE IF EXISTS " + quoted(database) + " WITH (FORCE)");
    users.forEach(user -> statements.add("DROP ROLE IF EXISTS " + quoted(user)));
    Drivers.run(
        superuserDataSource(ADMINISTRATIVE_DATABASE), "drop database " + database, statements);
  }

  private void createUnlessThere(String question, String name, String create, String otherwise) {
    try (Connection connection = superuserDataSource(ADMINISTRATIVE_DATABASE).getConnection();
        PreparedStatement ask = connection.prepareStatement(question)) {
      ask.setString(1, name);
      boolean there;
      try (ResultSet found = ask.executeQuery()) {
        there = found.next();
      }
      String sql = there ? otherwise : create;
      if (!sql.isEmpty()) {
        connection.createStatement().execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("Could not create " + name + ": " + e.getMessage(), e);
    }
  }

  private static String quoted(String name) {
    return '"' + Names.checked(name) + '"';
  }
}
