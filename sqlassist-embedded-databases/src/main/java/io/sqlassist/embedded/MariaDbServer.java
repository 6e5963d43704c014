package io.sqlassist.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A real MariaDB, from Maven artifacts, with room for 200 connections. {@code utf8mb4}, passwords
 * by the native method, no encryption, no help tables, no files of the host's configuration read.
 *
 * <p>Thread-safe.
 */
public final class MariaDbServer extends DatabaseServer {
  private static final String SUPERUSER = "admin";
  private static final String ADMINISTRATIVE_DATABASE = "mysql";

  private static final List<String> SYSTEM_TABLES =
      List.of(
          "mariadb_system_tables.sql",
          "mariadb_performance_tables.sql",
          "mariadb_system_tables_data.sql",
          "maria_add_gis_sp_bootstrap.sql",
          "mariadb_sys_schema.sql");

  private final Path binaries;

  private MariaDbServer(Path binaries, ServerDirectory directory) {
    super(DatabaseKind.MARIADB, directory);
    this.binaries = binaries;
  }

  /**
   * Starts a server on a new temporary data directory, which is deleted at {@link #close()} or when
   * the JVM is gone. It does not wait for the disk.
   *
   * @return the running server
   * @throws IllegalStateException if it does not start; the message holds what it said
   * @throws java.io.UncheckedIOException if files cannot be written
   */
  public static MariaDbServer start() {
    return opened(() -> ServerDirectory.temporary("sqlassist-mariadb-"));
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
  public static MariaDbServer start(Path dataDirectory) {
    return opened(() -> ServerDirectory.kept(dataDirectory));
  }

  private static MariaDbServer opened(Supplier<ServerDirectory> directory) {
    Path binaries = Binaries.mariaDb(); // first: where there are none, no directory is left behind
    MariaDbServer server = new MariaDbServer(binaries, directory.get());
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
  public static MariaDbServer shared() {
    return Shared.SERVER;
  }

  private static final class Shared {
    static final MariaDbServer SERVER = closedAtExit(start());
  }

  /** Does what the script mariadb-install-db does, which does not stand spaces in paths. */
  @Override
  void initialise(ServerDirectory directory, Path data) throws IOException {
    Files.createDirectories(data);
    List<String> command = command(directory, data);
    command.add("--bootstrap");
    StringBuilder sql = new StringBuilder("CREATE DATABASE mysql;\nUSE mysql;\n");
    sql.append("SET @auth_root_socket=NULL;\n");
    for (String part : SYSTEM_TABLES) {
      sql.append(Files.readString(binaries.resolve("share").resolve(part)));
    }
    ServerProcess.run(command, sql.toString());
    Files.writeString(data.resolve("mariadb_upgrade_info"), Binaries.mariaDbVersion() + "-MariaDB");
  }

  /** What the server that makes the data and the one that serves them have in common. */
  private List<String> command(ServerDirectory directory, Path data) throws IOException {
    // Of its own: servers that share the machine's take each other's temporary tables away.
    Path temporary = Files.createDirectories(directory.root().resolve("tmp"));
    List<String> command = new ArrayList<>();
    command.add(binaries.resolve("bin").resolve("mariadbd").toString());
    command.add("--no-defaults"); // must come first
    command.add("--datadir=" + data);
    command.add("--tmpdir=" + temporary);
    command.add("--basedir=" + binaries);
    command.add("--innodb-log-file-size=" + (directory.isTemporary() ? "16M" : "96M"));
    command.add("--max-allowed-packet=64M");
    command.add("--skip-name-resolve");
    if (runsAsRoot()) {
      command.add("--user=root");
    }
    return command;
  }

  @Override
  void beforeStart(ServerDirectory directory) throws IOException {
    // Run by the server at each start before it listens: nobody meets a root without password.
    String superuser = account(SUPERUSER);
    String identified = superuser + " IDENTIFIED BY " + Names.literal(directory.password()) + ";\n";
    ServerDirectory.writePrivate(
        initFile(directory),
        "CREATE USER IF NOT EXISTS "
            + identified
            + "ALTER USER "
            + identified
            + ("GRANT ALL PRIVILEGES ON *.* TO " + superuser + " WITH GRANT OPTION;\n")
            + "DELETE FROM mysql.global_priv WHERE User = 'root';\n"
            + "FLUSH PRIVILEGES;\n");
  }

  private static Path initFile(ServerDirectory directory) {
    return directory.root().resolve("init.sql");
  }

  @Override
  ServerProcess.Plan plan(ServerDirectory directory, int port) throws IOException {
    List<String> command = command(directory, directory.data());
    command.add("--port=" + port);
    command.add("--bind-address=" + host());
    command.add("--socket=mariadb.sock"); // below the data directory: a full path may be too long
    command.add("--pid-file=" + directory.root().resolve("mariadb.pid"));
    command.add("--init-file=" + initFile(directory));
    command.add("--skip-ssl"); // or it spends nine seconds at each start on making a key
    command.add("--max-connections=200");
    command.add("--character-set-server=utf8mb4");
    if (directory.isTemporary()) {
      command.addAll(List.of("--innodb-flush-log-at-trx-commit=0", "--skip-innodb-doublewrite"));
    }
    return new ServerProcess.Plan(
        command, "ready for connections", "TERM", directory.isTemporary() ? "KILL" : "TERM");
  }

  @Override
  public String jdbcUrl(String database) {
    return "jdbc:mariadb://" + host() + ":" + port() + "/" + Names.checked(database);
  }

  @Override
  public String superuser() {
    return SUPERUSER;
  }

  @Override
  public void createDatabase(String name) {
    run("create database " + name, "CREATE DATABASE IF NOT EXISTS `" + Names.checked(name) + "`");
  }

  @Override
  public void createUser(String name, String password) {
    String identified = account(name) + " IDENTIFIED BY " + Names.literal(password);
    run(
        "create user " + name,
        "CREATE USER IF NOT EXISTS " + identified,
        "ALTER USER " + identified);
  }

  @Override
  public void grantAll(String database, String user) {
    grant("ALL PRIVILEGES", database, user);
  }

  @Override
  public void grantSelect(String database, String user) {
    grant("SELECT", database, user);
  }

  @Override
  void drop(String database, List<String> users) {
    List<String> statements = new ArrayList<>();
    statements.add("DROP DATABASE IF EXISTS `" + Names.checked(database) + "`");
    users.forEach(user -> statements.add("DROP USER IF EXISTS " + account(user)));
    run("drop database " + database, statements.toArray(String[]::new));
  }

  private void grant(String privileges, String database, String user) {
    // In the database name of a GRANT a bare _ stands for any character.
    String pattern = Names.checked(database).replace("_", "\\_");
    run(
        "grant " + privileges + " on " + database + " to " + user,
        "GRANT " + privileges + " ON `" + pattern + "`.* TO " + account(user));
  }

  private static String account(String user) {
    return "'" + Names.checked(user) + "'@'" + Loopback.HOST + "'";
  }

  private void run(String what, String... statements) {
    Drivers.run(superuserDataSource(ADMINISTRATIVE_DATABASE), what, List.of(statements));
  }
}
