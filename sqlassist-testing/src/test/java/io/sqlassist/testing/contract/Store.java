package io.sqlassist.testing.contract;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.hibernate.Session;
import shop.Author;
import shop.Title;

/** Two engines of one kind on H2, and what is durable there. */
final class Store implements AutoCloseable {

  private final EngineRegistry registry = EngineRegistry.create();
  private final Map<String, HikariDataSource> pools = new HashMap<>();
  private final Map<String, DatabaseHandle> databases = new HashMap<>();

  Store(Consumer<EngineConfig> kind) {
    for (String name : List.of(TransactionPolicyContract.FIRST, TransactionPolicyContract.SECOND)) {
      DatabaseHandle database = DatabaseKind.H2.fresh();
      databases.put(name, database);
      pools.put(name, pool(database));
      registry
          .initializeEngine(
              name,
              pools.get(name),
              engine -> {
                engine.entities(Author.class, Title.class);
                kind.accept(engine);
              })
          .createTables();
    }
  }

  static HikariDataSource pool(DatabaseHandle database) {
    HikariConfig settings = new HikariConfig();
    settings.setJdbcUrl(database.jdbcUrl());
    settings.setUsername(database.username());
    settings.setPassword(database.password());
    settings.setMaximumPoolSize(4);
    settings.setMinimumIdle(0);
    return new HikariDataSource(settings);
  }

  Session open(String engine) {
    return registry.engine(engine).openSession();
  }

  int connectionsInUse(String engine) {
    return pools.get(engine).getHikariPoolMXBean().getActiveConnections();
  }

  List<String> durable(String engine) {
    List<String> names = new ArrayList<>();
    try (Connection connection = databases.get(engine).dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select name from Author order by id")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
      return names;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  void empty() {
    for (DatabaseHandle each : databases.values()) {
      try (Connection connection = each.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("delete from Author");
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void close() {
    registry.close();
    pools.values().forEach(HikariDataSource::close);
  }
}
