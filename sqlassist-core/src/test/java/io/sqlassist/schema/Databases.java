package io.sqlassist.schema;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** A database of its own, with engines on it and a look at it from outside. */
final class Databases implements AutoCloseable {

  final DatabaseKind kind;
  final DatabaseHandle database;
  final EngineRegistry registry = EngineRegistry.create();
  private final List<HikariDataSource> pools = new ArrayList<>();

  Databases(DatabaseKind kind) {
    this.kind = kind;
    this.database = kind.fresh();
  }

  Engine engine(String name, Class<?>... entities) {
    return engine(name, config -> config.entities(entities));
  }

  Engine engine(String name, Consumer<EngineConfig> config) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(database.jdbcUrl());
    pool.setUsername(database.username());
    pool.setPassword(database.password());
    pool.setMaximumPoolSize(2);
    pool.setAutoCommit(false);
    pool.setMinimumIdle(0);
    pools.add(pool);
    return registry.initializeEngine(name, pool, config::accept);
  }

  /** Names of constraints, in small letters, without what the database made up. */
  Set<String> constraints() {
    Set<String> names = new TreeSet<>();
    query(
        "select constraint_name from information_schema.table_constraints where"
            + (kind == DatabaseKind.MARIADB
                ? " constraint_schema = database()"
                : " table_schema = '" + (kind == DatabaseKind.H2 ? "PUBLIC" : "public") + "'"),
        name -> names.add(name.toLowerCase(Locale.ROOT)));
    // PostgreSQL 17 and before tell each NOT NULL as a check, with a name of its own.
    names.removeIf(name -> name.endsWith("_not_null"));
    return names;
  }

  void sql(String... statements) {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  void query(String sql, Consumer<String> firstColumn) {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        firstColumn.accept(row.getString(1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  int connectionsInUse() {
    return pools.stream()
        .filter(HikariDataSource::isRunning)
        .mapToInt(pool -> pool.getHikariPoolMXBean().getActiveConnections())
        .sum();
  }

  @Override
  public void close() {
    registry.close();
    pools.forEach(HikariDataSource::close);
  }
}
