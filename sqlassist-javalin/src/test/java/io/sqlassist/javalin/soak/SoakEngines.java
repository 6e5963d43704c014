package io.sqlassist.javalin.soak;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.javalin.soak.Tables.Audit;
import io.sqlassist.javalin.soak.Tables.Entry;
import io.sqlassist.javalin.soak.Tables.Taken;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import javax.sql.DataSource;

/** Reader, writer and logger on one PostgreSQL database, the ledger on another; small pools. */
final class SoakEngines implements AutoCloseable {

  static final int POOL_SIZE = 8;

  final EngineRegistry registry;
  final CommitFaults faults = new CommitFaults();
  private final List<HikariDataSource> pools = new ArrayList<>();
  private final DataSource shop;
  private final DataSource shopForReader;
  private final DataSource ledger;

  SoakEngines(ServersRecord record) {
    DatabaseHandle shopDatabase = DatabaseKind.POSTGRESQL.fresh();
    DatabaseHandle ledgerDatabase = DatabaseKind.POSTGRESQL.fresh();
    shop = shopDatabase.dataSource();
    ledger = ledgerDatabase.dataSource();
    DatabaseHandle readersDatabase = shopDatabase.readOnlyUser();
    shopForReader = readersDatabase.dataSource();
    registry = EngineRegistry.create(record);
    registry.defaults(config -> config.entities(Entry.class, Audit.class, Taken.class));
    registry.initializeEngine(
        "writer",
        faults.around(pool(shopDatabase, "writer", false, false)),
        config -> config.property("hibernate.hbm2ddl.auto", "create"));
    registry.initializeEngine(
        "reader", pool(readersDatabase, "reader", true, true), c -> c.readOnly());
    registry.initializeEngine(
        "logger", pool(shopDatabase, "logger", true, false), c -> c.autocommit());
    registry.initializeEngine(
        "ledger",
        faults.around(pool(ledgerDatabase, "ledger", false, false)),
        config -> config.property("hibernate.hbm2ddl.auto", "create"));
  }

  private HikariDataSource pool(
      DatabaseHandle database, String name, boolean autoCommit, boolean readOnly) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(database.jdbcUrl());
    config.setUsername(database.username());
    config.setPassword(database.password());
    config.setMaximumPoolSize(POOL_SIZE);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(Duration.ofMinutes(2).toMillis());
    config.setAutoCommit(autoCommit);
    config.setReadOnly(readOnly);
    HikariDataSource pool = new HikariDataSource(config);
    pools.add(pool);
    return pool;
  }

  /** Writes the row that the violations of the primary key run into. */
  void takeTheKey() {
    ask(shop, "insert into Taken (id) values (1) returning id", row -> {});
  }

  /** The requests whose rows the shop's table holds, asked outside of every engine. */
  BitSet shopRows(String table, Problems problems) {
    return requests(shop, table, problems);
  }

  BitSet ledgerRows(Problems problems) {
    return requests(ledger, "Entry", problems);
  }

  private static BitSet requests(DataSource database, String table, Problems problems) {
    BitSet requests = new BitSet();
    ask(
        database,
        "select request, count(*) from " + table + " group by request",
        row -> {
          requests.set(row.getInt(1));
          problems.check(
              row.getInt(2) == 1,
              "request " + row.getInt(1) + " has " + row.getInt(2) + " rows in " + table);
        });
    return requests;
  }

  int activeConnections() {
    return pools.stream().mapToInt(pool -> pool.getHikariPoolMXBean().getActiveConnections()).sum();
  }

  int threadsWaiting() {
    return pools.stream()
        .mapToInt(pool -> pool.getHikariPoolMXBean().getThreadsAwaitingConnection())
        .sum();
  }

  /** Every pool is within its size, and each of its connections came back as it went out. */
  void checkPools(Problems problems) {
    for (DataSource database : List.of(shop, shopForReader, ledger)) {
      ask(
          database,
          "select usename, state, count(*) from pg_stat_activity"
              + " where datname = current_database() and usename = current_user"
              + " and pid <> pg_backend_pid() group by 1, 2",
          row ->
              problems.check(
                  "idle".equals(row.getString(2)),
                  row.getInt(3) + " sessions of " + row.getString(1) + " " + row.getString(2)));
    }
    for (HikariDataSource pool : pools) {
      String name = pool.getPoolName();
      int total = pool.getHikariPoolMXBean().getTotalConnections();
      problems.check(total <= POOL_SIZE, name + ": " + total + " connections");
      List<Connection> all = new ArrayList<>();
      try {
        for (int i = 0; i < POOL_SIZE; i++) {
          Connection connection = pool.getConnection();
          all.add(connection);
          problems.check(connection.isValid(10), name + ": a connection is broken");
          problems.check(
              connection.getAutoCommit() == pool.isAutoCommit(), name + ": autocommit was changed");
          problems.check(
              connection.isReadOnly() == pool.isReadOnly(), name + ": read-only mode was changed");
        }
      } catch (SQLException e) {
        problems.add(name + ": not all of its connections are usable: " + e);
      } finally {
        all.forEach(SoakEngines::closeQuietly);
      }
    }
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface RowReader {
    void read(ResultSet row) throws SQLException;
  }

  private static void ask(DataSource database, String sql, RowReader reader) {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        reader.read(rows);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  @Override
  public void close() {
    registry.close();
    pools.forEach(HikariDataSource::close);
  }
}
