package io.sqlassist.trace;

import bookshop.Account;
import bookshop.Author;
import bookshop.Book;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.UnitConsumer;
import io.sqlassist.session.Units;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;
import library.Patience;

/** A {@linkplain Patience patient} recorder, and engines that it records. */
final class Traced implements AutoCloseable {

  final Recorder recorder;
  final EngineRegistry registry = EngineRegistry.create(Observer.NONE);
  private final Map<String, HikariDataSource> pools = new LinkedHashMap<>();
  private final Map<String, DataSource> direct = new LinkedHashMap<>();

  Traced(Consumer<RecorderConfig> config) {
    recorder =
        new Recorder(
            settings -> {
              settings.poolFigures(name -> registry.find(name).flatMap(Engine::pool));
              config.accept(Patience.patient(settings));
            });
    registry.observe(recorder);
  }

  /** The engines {@code writer} and {@code reader} on one database, {@code audit} on its own. */
  static Traced shop(DatabaseKind kind) {
    return shop(kind, config -> {});
  }

  static Traced shop(DatabaseKind kind, Consumer<RecorderConfig> config) {
    Traced traced = new Traced(config);
    DatabaseHandle shop = kind.fresh();
    traced.add("writer", shop, EngineKind.READ_WRITE);
    traced.add("reader", shop, EngineKind.READ_ONLY);
    traced.add("audit", kind.fresh(), EngineKind.READ_WRITE);
    traced.registry.engine("writer").sessionFactory().getSchemaManager().create(false);
    traced.registry.engine("audit").sessionFactory().getSchemaManager().create(false);
    return traced;
  }

  void add(String name, DatabaseHandle database, EngineKind kind) {
    add(name, database, kind, 4);
  }

  void add(String name, DatabaseHandle database, EngineKind kind, int poolSize) {
    HikariConfig settings = new HikariConfig();
    settings.setPoolName(name + "-pool");
    settings.setJdbcUrl(database.jdbcUrl());
    settings.setUsername(database.username());
    settings.setPassword(database.password());
    settings.setMaximumPoolSize(poolSize);
    settings.setMinimumIdle(0);
    settings.setConnectionTimeout(60_000);
    settings.setAutoCommit(kind != EngineKind.READ_WRITE);
    settings.setReadOnly(kind == EngineKind.READ_ONLY);
    HikariDataSource pool = new HikariDataSource(settings);
    pools.put(name, pool);
    direct.put(name, database.dataSource());
    registry.initializeEngine(
        name,
        pool,
        e -> {
          e.entities(Author.class, Book.class, Account.class);
          if (kind == EngineKind.READ_ONLY) {
            e.readOnly();
          } else if (kind == EngineKind.AUTOCOMMIT) {
            e.autocommit();
          }
        });
  }

  /**
   * Lets a pool grow by one connection after the other. HikariCP 7.1 may overlook one of several
   * that wait at the same moment for a pool to grow, until a connection comes back.
   */
  void grow(String engine, int connections) {
    List<Connection> held = new ArrayList<>();
    try {
      for (int i = 0; i < connections; i++) {
        held.add(pools.get(engine).getConnection());
      }
      for (Connection each : held) {
        each.close();
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs work in a unit, and tells what was recorded of it. */
  Trace trace(UnitConsumer<RuntimeException> work) {
    try {
      return recorder.record(
          "test",
          () -> {
            Units.useUnit(registry, work);
            return null;
          });
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  void unrecorded(UnitConsumer<RuntimeException> work) {
    recorder.pause(true);
    try {
      Units.useUnit(registry, work);
    } finally {
      recorder.pause(false);
    }
  }

  /** Asks the database past the recorder. */
  long count(String engine, String table) {
    try (Connection connection = direct.get(engine).getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select count(*) from " + table)) {
      result.next();
      return result.getLong(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  HikariDataSource pool(String engine) {
    return pools.get(engine);
  }

  static List<String> detectors(List<Finding> findings) {
    return findings.stream().map(each -> each.detector().key()).toList();
  }

  static Finding finding(Trace trace, Detector detector) {
    return trace.findings().stream()
        .filter(each -> each.detector() == detector)
        .findFirst()
        .orElseThrow(() -> new AssertionError(detector + " not among " + trace.findings()));
  }

  @Override
  public void close() {
    registry.close();
    pools.values().forEach(HikariDataSource::close);
  }
}
