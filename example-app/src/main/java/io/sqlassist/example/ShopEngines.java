package io.sqlassist.example;

import static org.hibernate.cfg.MappingSettings.PHYSICAL_NAMING_STRATEGY;

import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineRegistry;
import org.flywaydb.core.Flyway;
import org.hibernate.boot.model.naming.PhysicalNamingStrategySnakeCaseImpl;

/**
 * The four engines over three databases. Flyway makes the tables, as their owner and before any
 * engine starts; the engines' users may not change them.
 */
final class ShopEngines {

  /** {@code priceCents} is column {@code price_cents}. */
  private static final String SNAKE_CASE = PhysicalNamingStrategySnakeCaseImpl.class.getName();

  private final EngineRegistry registry;
  private final ShopDatabases databases;

  private ShopEngines(EngineRegistry registry, ShopDatabases databases) {
    this.registry = registry;
    this.databases = databases;
  }

  static void start(EngineRegistry registry, ShopDatabases databases) {
    new ShopEngines(registry, databases).start();
  }

  private void start() {
    migrate("shop");
    migrate("audit");
    migrate("ledger");
    registry.defaults(engine -> engine.property(PHYSICAL_NAMING_STRATEGY, SNAKE_CASE));
    Class<?>[] shop = {Book.class, BookOrder.class};
    Login reader = databases.user("shop", "shop_reader", "SELECT");
    registry.initializeEngine("reader", engine -> on(reader, engine).readOnly().entities(shop));
    Login writer = databases.user("shop", "shop_writer", "SELECT, INSERT, UPDATE");
    registry.initializeEngine("writer", engine -> on(writer, engine).entities(shop));
    Login auditor = databases.user("audit", "auditor", "SELECT, INSERT, UPDATE");
    registry.initializeEngine(
        "logger", engine -> on(auditor, engine).autocommit().entities(AuditLine.class));
    Login bookkeeper = databases.user("ledger", "bookkeeper", "SELECT, INSERT");
    registry.initializeEngine("ledger", engine -> on(bookkeeper, engine).entities(Booking.class));
  }

  private void migrate(String database) {
    Login owner = databases.owner(database);
    Flyway.configure()
        .dataSource(owner.url(), owner.user(), owner.password())
        .locations("classpath:db/" + database)
        .load()
        .migrate();
  }

  private static EngineConfig on(Login login, EngineConfig engine) {
    return engine
        .url(login.url())
        .username(login.user())
        .password(login.password())
        .pool(
            pool -> {
              pool.setMinimumIdle(2);
              pool.setConnectionTimeout(5_000); // then a request is told that it can't be served
            });
  }
}
