package io.sqlassist.testing;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.DbSessionsContainer;
import java.util.List;
import java.util.function.Consumer;

/** Engines on fresh databases: {@code writer} and {@code reader} on one, {@code logger} alone. */
final class Shop implements AutoCloseable {

  private final EngineRegistry registry = EngineRegistry.create(Observer.NONE);

  Shop(DatabaseKind kind) {
    DatabaseHandle books = kind.fresh();
    start("writer", books, engine -> engine.property("hibernate.hbm2ddl.auto", "create"));
    start("reader", books, EngineConfig::readOnly);
    start(
        "logger",
        kind.fresh(),
        engine -> engine.autocommit().property("hibernate.hbm2ddl.auto", "create"));
  }

  void start(String name, DatabaseHandle database, Consumer<EngineConfig> config) {
    registry.initializeEngine(
        name,
        engine -> {
          engine
              .url(database.jdbcUrl())
              .username(database.username())
              .password(database.password())
              .entities(Book.class)
              .pool(pool -> pool.setMaximumPoolSize(3));
          config.accept(engine);
        });
  }

  EngineRegistry registry() {
    return registry;
  }

  /** What is committed, as somebody else sees it. */
  List<String> stored(String engine) {
    return registry
        .engine(engine)
        .sessionFactory()
        .fromStatelessSession(
            session ->
                session
                    .createSelectionQuery("select title from Book order by title", String.class)
                    .list());
  }

  static List<String> titles(DbSessionsContainer db, String engine) {
    return db.session(engine)
        .createSelectionQuery("select title from Book order by title", String.class)
        .list();
  }

  @Override
  public void close() {
    registry.close();
  }
}
