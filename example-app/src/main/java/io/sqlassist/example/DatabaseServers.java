package io.sqlassist.example;

import io.sqlassist.embedded.DatabaseServer;
import io.sqlassist.embedded.MariaDbServer;
import io.sqlassist.embedded.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL with shop and audit, and a MariaDB with the ledger; both end with this JVM. */
final class DatabaseServers implements ShopDatabases {

  private final PostgresServer postgres;
  private final MariaDbServer mariaDb;
  private final @Nullable Path data;
  private final Path transactionLog;
  private final Map<String, Login> owners = new ConcurrentHashMap<>();

  private DatabaseServers(PostgresServer postgres, MariaDbServer mariaDb, @Nullable Path data) {
    this.postgres = postgres;
    this.mariaDb = mariaDb;
    this.data = data;
    this.transactionLog = data == null ? Temporary.directory() : data.resolve("jta");
  }

  /** Both at once; if one does not start, the other is stopped. */
  static DatabaseServers start(@Nullable Path data) {
    CompletableFuture<MariaDbServer> starting =
        CompletableFuture.supplyAsync(
            () ->
                data == null
                    ? MariaDbServer.start()
                    : MariaDbServer.start(data.resolve("mariadb")));
    PostgresServer postgres;
    try {
      postgres =
          data == null ? PostgresServer.start() : PostgresServer.start(data.resolve("postgres"));
    } catch (RuntimeException e) {
      starting.thenAccept(DatabaseServer::close).exceptionally(alsoFailed -> null).join();
      throw e;
    }
    try {
      return new DatabaseServers(postgres, starting.join(), data);
    } catch (CompletionException e) {
      postgres.close();
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  @Override
  public Login owner(String database) {
    return owners.computeIfAbsent(database, this::makeOwner);
  }

  private Login makeOwner(String database) {
    DatabaseServer server = server(database);
    Login owner = Login.withNewPassword(server.jdbcUrl(database), database + "_owner");
    server.createDatabase(database);
    server.createUser(owner.user(), owner.password());
    server.grantAll(database, owner.user());
    return owner;
  }

  @Override
  public Login user(String database, String name, String rights) {
    DatabaseServer server = server(database);
    Login user = Login.withNewPassword(server.jdbcUrl(database), name);
    server.createUser(name, user.password());
    String grant =
        server == mariaDb
            ? "GRANT " + rights + " ON " + database + ".* TO " + name + "@" + server.host()
            : "GRANT " + rights + " ON ALL TABLES IN SCHEMA public TO " + name;
    try (Connection connection = server.superuserDataSource(database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(grant);
    } catch (SQLException e) {
      throw new IllegalStateException("No rights for " + name + ": " + e.getMessage(), e);
    }
    return user;
  }

  @Override
  public Path transactionLog() {
    return transactionLog;
  }

  private DatabaseServer server(String database) {
    return database.equals("ledger") ? mariaDb : postgres;
  }

  @Override
  public void close() {
    try (postgres;
        mariaDb) {
      if (data == null) {
        Temporary.delete(transactionLog);
      }
    }
  }

  @Override
  public String toString() {
    return "PostgreSQL and MariaDB, "
        + (data == null ? "data deleted at the end" : "data in " + data);
  }
}
