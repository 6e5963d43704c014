package io.sqlassist.engine;

import io.sqlassist.schema.Migration;
import java.lang.reflect.Proxy;
import java.sql.DriverManager;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Brings an engine's database up to date before the engine starts. */
final class Migrations {

  /**
   * One migration.
   *
   * @param owner through whose connections; null for the engine's own, or the user's
   * @param username as which user of the engine's URL; null for the engine's own, or the owner's
   */
  record Step(
      Migration migration,
      @Nullable DataSource owner,
      @Nullable String username,
      @Nullable String password) {

    static Step own(Migration migration) {
      return new Step(Objects.requireNonNull(migration, "migration"), null, null, null);
    }

    static Step by(DataSource owner, Migration migration) {
      return new Step(
          Objects.requireNonNull(migration, "migration"),
          Objects.requireNonNull(owner, "owner"),
          null,
          null);
    }

    static Step as(String username, String password, Migration migration) {
      return new Step(
          Objects.requireNonNull(migration, "migration"),
          null,
          Objects.requireNonNull(username, "username"),
          Objects.requireNonNull(password, "password"));
    }

    @Override
    public String toString() {
      return "Step[" + (username == null ? "" : username) + "]";
    }
  }

  private final EngineConfig config;

  Migrations(EngineConfig config) {
    this.config = config;
    for (Step step : config.migrations()) {
      if (config.kind() == EngineKind.READ_ONLY
          && step.owner() == null
          && step.username() == null) {
        throw new IllegalArgumentException(
            "Engine '"
                + config.name()
                + "' is read-only and can't migrate its database itself. Name the user that owns the"
                + " tables, migrate(username, password, ...) or migrate(dataSource, ...), or migrate"
                + " with the engine that writes.");
      }
      if (step.username() != null && config.url() == null) {
        throw new IllegalArgumentException(
            "Engine '"
                + config.name()
                + "' has no url(...) for migrate(username, password, ...). Use migrate(dataSource,"
                + " ...) with a DataSource of that user.");
      }
    }
  }

  /** Runs all, in their order; the first failure keeps the engine from starting. */
  void run(DataSource own) {
    for (Step step : config.migrations()) {
      try {
        step.migration().migrate(connectionsOf(step, own));
      } catch (Exception e) {
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        throw new EngineStartException(
            config.name(),
            "the migration of its database failed: " + mask(String.valueOf(e.getMessage()), step),
            Secrets.mask(Secrets.mask(e, config.password()), step.password()));
      }
    }
  }

  private String mask(String text, Step step) {
    return Secrets.mask(Secrets.mask(text, config.password()), step.password());
  }

  private DataSource connectionsOf(Step step, DataSource own) {
    String url = config.url();
    String username = step.username();
    String password = step.password();
    if (step.owner() != null) {
      return step.owner();
    }
    return username == null || password == null || url == null
        ? own
        : ofUser(url, username, password);
  }

  /** Connections of another user of a URL, without a pool. */
  private static DataSource ofUser(String url, String username, String password) {
    return (DataSource)
        Proxy.newProxyInstance(
            Migrations.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getConnection" ->
                      arguments == null
                          ? DriverManager.getConnection(url, username, password)
                          : DriverManager.getConnection(
                              url, (String) arguments[0], (String) arguments[1]);
                  case "isWrapperFor" -> false;
                  case "getLoginTimeout" -> 0;
                  case "getLogWriter" -> null;
                  case "equals" -> proxy == arguments[0];
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "toString" -> "DataSource[" + username + "]";
                  default -> throw new SQLFeatureNotSupportedException(method.getName());
                });
  }
}
