package io.sqlassist.shardingsphere;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.shardingsphere.driver.api.yaml.YamlShardingSphereDataSourceFactory;

/** One engine whose data source is ShardingSphere's, over two databases of one kind. */
final class ParcelEngine implements AutoCloseable {

  private static final int CONNECTIONS = 4;

  private final Map<String, DatabaseHandle> databases = new LinkedHashMap<>();
  private final Map<String, DataSource> pools = new LinkedHashMap<>();
  private final EngineRegistry registry = EngineRegistry.create();
  private final DataSource sharded;

  ParcelEngine(DatabaseKind kind) throws SQLException, IOException {
    for (String name : List.of("parcels_0", "parcels_1")) {
      DatabaseHandle database = kind.fresh();
      databases.put(name, database);
      pools.put(name, pool(database));
      try (Connection connection = database.dataSource().getConnection()) {
        connection
            .createStatement()
            .execute("create table parcel (id bigint primary key, label varchar(20), weight int)");
      }
    }
    try (InputStream rules = ParcelEngine.class.getResourceAsStream("/parcels.yaml")) {
      sharded = YamlShardingSphereDataSourceFactory.createDataSource(pools, rules.readAllBytes());
    }
    registry.initializeEngine(
        "parcels", sharded, engine -> engine.entities(Parcel.class).maxConnections(CONNECTIONS));
  }

  private static HikariDataSource pool(DatabaseHandle database) {
    HikariConfig pool = new HikariConfig();
    pool.setJdbcUrl(database.jdbcUrl());
    pool.setUsername(database.username());
    pool.setPassword(database.password());
    pool.setMaximumPoolSize(CONNECTIONS);
    return new HikariDataSource(pool);
  }

  EngineRegistry registry() {
    return registry;
  }

  /** What a database holds, asked past ShardingSphere. */
  List<Long> ids(String name) throws SQLException {
    List<Long> ids = new ArrayList<>();
    try (Connection connection = databases.get(name).dataSource().getConnection();
        ResultSet rows =
            connection.createStatement().executeQuery("select id from parcel order by id")) {
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
    }
    return ids;
  }

  void empty() throws SQLException {
    for (DatabaseHandle database : databases.values()) {
      try (Connection connection = database.dataSource().getConnection()) {
        connection.createStatement().execute("delete from parcel");
      }
    }
  }

  int activeConnections() {
    return pools.values().stream()
        .mapToInt(pool -> ((HikariDataSource) pool).getHikariPoolMXBean().getActiveConnections())
        .sum();
  }

  @Override
  public void close() {
    registry.close();
    try {
      ((AutoCloseable) sharded).close(); // and with it the pools
    } catch (Exception e) {
      throw new IllegalStateException("ShardingSphere's data source did not close", e);
    }
  }
}
