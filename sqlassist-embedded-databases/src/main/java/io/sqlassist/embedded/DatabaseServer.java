package io.sqlassist.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database server that this JVM runs as a child process, on 127.0.0.1 and a free port.
 *
 * <p>The server never outlives the JVM, be it that the JVM ends in order, by Ctrl-C or by a kill.
 * It stops <em>after</em> the last shutdown hook has run, so that hooks of the application can
 * still use it; who wants to wait for the stop calls {@link #close()}.
 *
 * <p>Names of databases and users are plain: a letter or {@code _}, then up to 62 letters, digits
 * or {@code _}; others are refused with {@link IllegalArgumentException}. What the server itself
 * refuses, and a call after {@link #close()}, is an {@link IllegalStateException}.
 *
 * <p>Thread-safe. Starting and stopping wait for each other.
 */
public abstract sealed class DatabaseServer implements AutoCloseable
    permits PostgresServer, MariaDbServer {
  private static final int PORT_ATTEMPTS = 5;

  private final DatabaseKind kind;
  private final ServerDirectory directory;
  private volatile int port;
  private volatile boolean closed;
  private @Nullable ServerProcess process;

  DatabaseServer(DatabaseKind kind, ServerDirectory directory) {
    this.kind = kind;
    this.directory = directory;
  }

  /** Makes the data of a new server in {@code data}, which does not exist yet. */
  abstract void initialise(ServerDirectory directory, Path data) throws IOException;

  /** Called before each start, with nothing running on the data. */
  abstract void beforeStart(ServerDirectory directory) throws IOException;

  abstract ServerProcess.Plan plan(ServerDirectory directory, int port) throws IOException;

  /** First start; on failure nothing is left behind. */
  final void open() {
    try {
      for (int attempt = 1; process == null; attempt++) {
        port = freePort();
        try {
          startServer();
        } catch (ServerProcess.PortTakenException e) {
          if (attempt == PORT_ATTEMPTS) {
            throw e;
          }
        }
      }
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  private static int freePort() {
    try (ServerSocket socket = Loopback.listen()) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("No free port", e);
    }
  }

  private synchronized void startServer() {
    try {
      directory.awaitEndOf(directory.pidFile());
      directory.prepare(data -> initialise(directory, data));
      beforeStart(directory);
      process = ServerProcess.start(directory, plan(directory, port));
    } catch (IOException e) {
      throw new UncheckedIOException("Could not start " + kind, e);
    }
  }

  /**
   * Returns where the server listens.
   *
   * @return the address, always {@code 127.0.0.1}
   */
  public final String host() {
    return Loopback.HOST;
  }

  /**
   * Returns the port, the same over {@link #restart()}.
   *
   * @return the TCP port
   */
  public final int port() {
    return port;
  }

  /**
   * Returns the number of the server process.
   *
   * @return the process id of the running or last run server
   * @throws IllegalStateException after {@link #close()}
   */
  public final synchronized long pid() {
    return last().pid();
  }

  /**
   * Tells whether the server process lives.
   *
   * @return false after {@link #stop()}, {@link #kill()} and {@link #close()}, and if it crashed
   */
  public final synchronized boolean isRunning() {
    return process != null && process.isAlive();
  }

  /**
   * Returns the address of a database, whether it exists or not.
   *
   * @param database the name of the database
   * @return its JDBC URL, without user and password
   */
  public abstract String jdbcUrl(String database);

  /**
   * Returns the user that may do everything.
   *
   * @return its name
   */
  public abstract String superuser();

  /**
   * Returns the password of the {@link #superuser()}: a random one, made with the data directory
   * and kept in it in a file that only this user can read.
   *
   * @return the password
   */
  public final String password() {
    return directory.password();
  }

  /**
   * Makes a database, unless it exists.
   *
   * @param name the name of the database
   */
  public abstract void createDatabase(String name);

  /**
   * Makes a user without any rights; if it exists, it gets the password and keeps its rights.
   *
   * @param name the name of the user
   * @param password its password, without backslash
   */
  public abstract void createUser(String name, String password);

  /**
   * Lets a user do everything in a database: in PostgreSQL it becomes the owner of the database, of
   * which there is one; in MariaDB it gets all privileges.
   *
   * @param database an existing database
   * @param user an existing user
   */
  public abstract void grantAll(String database, String user);

  /**
   * Lets a user SELECT from all tables of a database, also from those that are made later (in
   * PostgreSQL: those in the schema {@code public} that its owner makes, so call {@link #grantAll}
   * for the owner before).
   *
   * @param database an existing database
   * @param user an existing user
   */
  public abstract void grantSelect(String database, String user);

  /**
   * Returns a data source of the plain driver for the superuser: no pool, each {@code
   * getConnection} connects.
   *
   * @param database the name of the database
   * @return a new data source
   */
  public final DataSource superuserDataSource(String database) {
    return Drivers.dataSource(kind, jdbcUrl(database), superuser(), password());
  }

  /**
   * Makes a new, empty database with a name of its own, and a new user, not a superuser, that may
   * do everything in it.
   *
   * @return the new database and user
   */
  public final DatabaseHandle freshDatabase() {
    String database = Names.unique("test_");
    createDatabase(database);
    String owner = database + "_owner";
    String ownerPassword = Names.randomPassword();
    createUser(owner, ownerPassword);
    grantAll(database, owner);
    List<String> users = new CopyOnWriteArrayList<>(List.of(owner));
    return new DatabaseHandle(
        kind,
        jdbcUrl(database),
        owner,
        ownerPassword,
        () -> freshReader(database, users),
        () -> drop(database, users));
  }

  /** Deletes a database and users that own nothing else. */
  abstract void drop(String database, List<String> users);

  private DatabaseHandle freshReader(String database, List<String> users) {
    String reader = Names.unique("reader_");
    users.add(reader);
    String readerPassword = Names.randomPassword();
    createUser(reader, readerPassword);
    grantSelect(database, reader);
    return DatabaseHandle.readOnly(kind, jdbcUrl(database), reader, readerPassword);
  }

  /**
   * Stops the server in good order; connections are cut, data and port are kept for {@link
   * #restart()}. If it does not run, nothing happens.
   */
  public final synchronized void stop() {
    ServerProcess running = last();
    if (running.isAlive()) {
      running.stop();
    }
  }

  /**
   * Kills the server as a crash of the machine would kill it, except that what the operating system
   * has in its file cache is not lost. {@link #restart()} then recovers the data.
   */
  public final synchronized void kill() {
    ServerProcess running = last();
    if (running.isAlive()) {
      running.kill();
    }
  }

  /**
   * Stops the server if it runs, and starts it on the same data and the same port.
   *
   * @throws IllegalStateException also if another process has taken the port in between
   */
  public final synchronized void restart() {
    stop();
    startServer();
  }

  /**
   * Stops the server and waits until its processes are gone; a temporary data directory is deleted.
   * Further calls do nothing.
   */
  @Override
  public final synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (process != null) {
        process.end();
      }
    } finally {
      directory.close();
    }
  }

  private ServerProcess last() {
    ServerProcess last = process;
    if (closed || last == null) {
      throw new IllegalStateException("This server is closed");
    }
    return last;
  }

  /** The directory of the server, for tests. */
  final Path root() {
    return directory.root();
  }

  /** Whether this JVM runs as root, whom PostgreSQL refuses and MariaDB wants to be told of. */
  static boolean runsAsRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException e) {
      return "root".equals(System.getProperty("user.name"));
    }
  }

  /** Stops a shared server at the end of the JVM, which waits for that. */
  static <S extends DatabaseServer> S closedAtExit(S server) {
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop of a shared server"));
    return server;
  }
}
