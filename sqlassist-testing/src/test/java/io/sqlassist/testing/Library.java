package io.sqlassist.testing;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import shop.Author;
import shop.Title;

/**
 * Engines that are watched by instruments: {@code writer} and {@code reader} on one database,
 * {@code ledger} and {@code logger} on one each. What is durable is seen through other connections.
 */
public final class Library implements AutoCloseable {

  private final EngineRegistry registry = EngineRegistry.create();
  private final Map<String, HikariDataSource> pools = new LinkedHashMap<>();
  private final Map<String, DatabaseHandle> databases = new LinkedHashMap<>();

  public Library(DatabaseKind kind) {
    Instruments.on(registry);
    DatabaseHandle books = kind.fresh();
    add("writer", books, engine -> {});
    add("reader", books, EngineConfig::readOnly);
    add("ledger", kind.fresh(), engine -> {});
    add("logger", kind.fresh(), EngineConfig::autocommit);
  }

  private void add(String name, DatabaseHandle database, Consumer<EngineConfig> config) {
    HikariConfig settings = new HikariConfig();
    settings.setPoolName(name);
    settings.setJdbcUrl(database.jdbcUrl());
    settings.setUsername(database.username());
    settings.setPassword(database.password());
    settings.setMaximumPoolSize(3);
    settings.setMinimumIdle(0);
    HikariDataSource pool = new HikariDataSource(settings);
    pools.put(name, pool);
    databases.put(name, database);
    registry.initializeEngine(
        name,
        pool,
        engine -> {
          engine.entities(Author.class, Title.class);
          config.accept(engine);
        });
    if (!name.equals("reader")) {
      registry.engine(name).createTables();
    }
  }

  public EngineRegistry registry() {
    return registry;
  }

  public Instruments instruments() {
    return Instruments.on(registry);
  }

  public int connectionsInUse(String engine) {
    return pools.get(engine).getHikariPoolMXBean().getActiveConnections();
  }

  /** What is durable, seen from elsewhere. */
  public List<String> authors(String engine) {
    List<String> names = new ArrayList<>();
    try (Connection connection = databases.get(engine).dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select name from Author order by name")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
      return names;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Empties the tables, and lets everything work again. */
  public Library reset() {
    instruments().faults().clear();
    for (String engine : List.of("writer", "ledger", "logger")) {
      sql(engine, "delete from Title", "delete from Author");
    }
    return this;
  }

  public void sql(String engine, String... statements) {
    try (Connection connection = databases.get(engine).dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    registry.close();
    pools.values().forEach(HikariDataSource::close);
  }
}
