package io.sqlassist.example;

import static org.hibernate.cfg.MappingSettings.PHYSICAL_NAMING_STRATEGY;

import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.jta.JtaCoordinator;
import io.sqlassist.jta.XaPool;
import java.time.Duration;
import java.util.Map;
import javax.sql.XADataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;
import org.hibernate.boot.model.naming.PhysicalNamingStrategySnakeCaseImpl;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.xa.PGXADataSource;

/**
 * The four engines over three databases. Flyway makes the tables, as their owner and before any
 * engine starts; the engines' users may not change them.
 *
 * <p>{@code writer} and {@code ledger} commit together: what is taken from the stock is booked,
 * also when the shop is killed in between. Its next start finishes what was decided, and undoes the
 * rest.
 */
final class ShopEngines implements AutoCloseable {

  /** One name for all: no two shops run on the same databases, see {@code SHOP_DATA}. */
  private static final String NODE = "bookshop";

  /** How long a wait for a connection may take; then a request is told that it can't be served. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private static final int IDLE_CONNECTIONS = 2;

  /** {@code priceCents} is column {@code price_cents}. */
  private static final String SNAKE_CASE = PhysicalNamingStrategySnakeCaseImpl.class.getName();

  private final EngineRegistry registry;
  private final ShopDatabases databases;
  private final JtaCoordinator jta;

  private ShopEngines(EngineRegistry registry, ShopDatabases databases) {
    this.registry = registry;
    this.databases = databases;
    jta =
        JtaCoordinator.start(
            cfg -> {
              cfg.nodeId = NODE;
              cfg.objectStore = databases.transactionLog();
              cfg.registry = registry;
              // What a kill left undecided locks its book until then.
              cfg.recoveryInterval = Duration.ofSeconds(2);
            });
  }

  static ShopEngines start(EngineRegistry registry, ShopDatabases databases) {
    ShopEngines engines = new ShopEngines(registry, databases);
    try {
      engines.start();
      return engines;
    } catch (RuntimeException e) {
      try (engines) {
        throw e; // with what fails on the way out as suppressed
      }
    }
  }

  private void start() {
    migrate("shop");
    migrate("audit");
    migrate("ledger");
    registry.defaults(engine -> engine.property(PHYSICAL_NAMING_STRATEGY, SNAKE_CASE));
    Class<?>[] shop = {Book.class, BookOrder.class};
    Login reader = databases.user("shop", "shop_reader", "SELECT");
    registry.initializeEngine("reader", engine -> on(reader, engine).readOnly().entities(shop));
    Login writer = databases.committer("shop", "shop_writer", "SELECT, INSERT, UPDATE");
    jta.initializeEngine("writer", pool("shop", writer), engine -> engine.entities(shop));
    Login auditor = databases.user("audit", "auditor", "SELECT, INSERT, UPDATE");
    registry.initializeEngine(
        "logger", engine -> on(auditor, engine).autocommit().entities(AuditLine.class));
    Login bookkeeper = databases.committer("ledger", "bookkeeper", "SELECT, INSERT");
    jta.initializeEngine(
        "ledger", pool("ledger", bookkeeper), engine -> engine.entities(Booking.class));
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
              pool.setMinimumIdle(IDLE_CONNECTIONS);
              pool.setConnectionTimeout(LONGEST_WAIT.toMillis());
            });
  }

  private static XaPool pool(String database, Login login) {
    String kind = login.url().split(":", 3)[1];
    XaPool pool =
        XaPool.of(
            driver(kind),
            Map.of("url", login.url(), "user", login.user(), "password", login.password()));
    pool.minimumIdle = IDLE_CONNECTIONS;
    pool.connectionTimeout = LONGEST_WAIT;
    pool.place = kind + " " + database; // the servers have other ports after a restart
    return pool;
  }

  private static Class<? extends XADataSource> driver(String kind) {
    return switch (kind) {
      case "h2" -> JdbcDataSource.class;
      case "postgresql" -> PGXADataSource.class;
      case "mariadb" -> MariaDbDataSource.class;
      default -> throw new IllegalArgumentException("No driver for " + kind);
    };
  }

  JtaCoordinator jta() {
    return jta;
  }

  /** Closes the engines that commit together; the registry closes the others. */
  @Override
  public void close() {
    jta.close();
  }
}
