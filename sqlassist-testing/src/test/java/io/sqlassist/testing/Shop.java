package io.sqlassist.testing;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.DbSessionsContainer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Consumer;
import org.hibernate.Session;

/** Engines on fresh databases: {@code writer} and {@code reader} on one, {@code logger} alone. */
final class Shop implements AutoCloseable {

  private final EngineRegistry registry = EngineRegistry.create(Observer.NONE);
  private final DatabaseHandle books;

  Shop(DatabaseKind kind) {
    this(kind, Book.class);
  }

  Shop(DatabaseKind kind, Class<?>... entities) {
    books = kind.fresh();
    Instruments.on(registry);
    start(
        "writer",
        books,
        engine -> engine.entities(entities).property("hibernate.hbm2ddl.auto", "create"));
    start("reader", books, engine -> engine.entities(entities).readOnly());
    start(
        "logger",
        kind.fresh(),
        engine ->
            engine.entities(Book.class).autocommit().property("hibernate.hbm2ddl.auto", "create"));
  }

  void start(String name, DatabaseHandle database, Consumer<EngineConfig> config) {
    registry.initializeEngine(
        name,
        engine -> {
          engine
              .url(database.jdbcUrl())
              .username(database.username())
              .password(database.password())
              .pool(pool -> pool.setMaximumPoolSize(3));
          config.accept(engine);
        });
  }

  /** Where {@code writer} and {@code reader} are. */
  DatabaseHandle books() {
    return books;
  }

  EngineRegistry registry() {
    return registry;
  }

  /** What is committed, as somebody else sees it. */
  List<String> stored(String engine) {
    return registry.engine(engine).sessionFactory().fromSession(Shop::titles);
  }

  void execute(String engine, String... statements) throws SQLException {
    try (Connection connection = registry.engine(engine).dataSource().getConnection()) {
      connection.setAutoCommit(true);
      try (Statement statement = connection.createStatement()) {
        for (String each : statements) {
          statement.execute(each);
        }
      }
    }
  }

  static List<String> titles(DbSessionsContainer db, String engine) {
    return titles(db.session(engine));
  }

  private static List<String> titles(Session session) {
    return session
        .createSelectionQuery("select title from Book order by title", String.class)
        .list();
  }

  /** Connections that are not in their pools. */
  int connectionsInUse() {
    return registry.names().stream()
        .map(name -> (HikariDataSource) registry.engine(name).dataSource())
        .mapToInt(pool -> pool.getHikariPoolMXBean().getActiveConnections())
        .sum();
  }

  @Override
  public void close() {
    registry.close();
  }
}
