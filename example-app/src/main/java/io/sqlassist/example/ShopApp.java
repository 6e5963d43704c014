package io.sqlassist.example;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.util.JavalinException;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.javalin.SqlAssistPlugin;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bookshop: databases, then engines, then the web server; at the end the other way round.
 *
 * <p>Thread-safe.
 */
public final class ShopApp implements AutoCloseable {

  private static final int BAD_SETTING = 2;
  private static final int CANNOT_START = 1;

  /** How long requests that run when the shop closes may go on; idle ones are not waited for. */
  private static final int GRACE_MILLIS = 10_000;

  /** How long connections without a request stay then. */
  private static final int IDLE_MILLIS = 50;

  private static final Logger LOG = LoggerFactory.getLogger(ShopApp.class);

  private final ShopDatabases databases;
  private final EngineRegistry registry;
  private final ShopEngines engines;
  private final Javalin server;

  private ShopApp(
      ShopDatabases databases, EngineRegistry registry, ShopEngines engines, Javalin server) {
    this.databases = databases;
    this.registry = registry;
    this.engines = engines;
    this.server = server;
  }

  /**
   * Runs the shop until Ctrl-C. Environment variables: {@code PORT}, {@code SHOP_DATABASES}, {@code
   * SHOP_DATA}, and {@code SQLASSIST_MODE=dev} for the debug panel.
   *
   * @param args not used
   */
  @SuppressWarnings("SystemOut")
  public static void main(String... args) {
    try {
      ShopApp shop = start(ShopConfig.from(System.getenv()));
      Runtime.getRuntime().addShutdownHook(new Thread(shop::close, "close the shop"));
      System.out.println("The bookshop is open: " + shop.url() + " (" + shop.databases + ")");
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(BAD_SETTING);
    } catch (RuntimeException e) {
      System.err.println("The bookshop can't open. " + e.getMessage());
      System.exit(CANNOT_START);
    }
  }

  static ShopApp start(ShopConfig config) {
    ShopDatabases databases = ShopDatabases.open(config);
    EngineRegistry registry = EngineRegistry.create();
    try {
      return start(config, databases, registry);
    } catch (RuntimeException e) {
      try (databases;
          registry) {
        throw e; // with what fails on the way out as suppressed
      }
    }
  }

  private static ShopApp start(
      ShopConfig config, ShopDatabases databases, EngineRegistry registry) {
    Development development = Development.of(registry);
    ShopEngines engines = ShopEngines.start(registry, databases);
    try {
      Javalin server =
          Javalin.create(
              javalin -> {
                configure(javalin, registry, engines, config.port());
                development.configure(javalin);
              });
      return new ShopApp(databases, registry, engines, server.start());
    } catch (RuntimeException e) {
      try (engines) {
        throw e; // with what fails on the way out as suppressed
      }
    }
  }

  private static void configure(
      JavalinConfig config, EngineRegistry registry, ShopEngines engines, int port) {
    config.registerPlugin(
        new SqlAssistPlugin(
            plugin -> {
              plugin.registry = registry;
              plugin.container = ShopSessions::new;
            }));
    config.routes.get("/", new CatalogPage());
    config.routes.get("/books", new ListBooks());
    config.routes.post("/books", new AddBook());
    config.routes.get("/books/{id}", new ShowBook());
    config.routes.post("/books/{id}/orders", new PlaceOrder());
    config.routes.get("/orders", new OrdersFeed());
    config.routes.get("/ledger", new LedgerFeed());
    config.routes.get("/audit", new AuditFeed());
    config.routes.get("/health", new Health(registry, engines.jta()));
    Errors.register(config.routes);

    config.http.prefer405over404 = true;
    config.http.maxRequestSize = 64_000;
    config.startup.showJavalinBanner = false;
    config.startup.startupWatcherEnabled = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.jetty.modifyServer(
        jetty -> {
          jetty.insertHandler(new GracefulHandler());
          jetty.setStopTimeout(GRACE_MILLIS);
        });
    config.jetty.addConnector((jetty, http) -> connector(jetty, http, port));
  }

  private static ServerConnector connector(Server jetty, HttpConfiguration http, int port) {
    ServerConnector connector = new ServerConnector(jetty, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    connector.setShutdownIdleTimeout(IDLE_MILLIS);
    return connector;
  }

  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  EngineRegistry registry() {
    return registry;
  }

  /** Lets running requests finish, then closes engines, pools and databases. */
  @Override
  public void close() {
    try (databases;
        registry;
        engines) {
      server.stop();
    } catch (JavalinException e) {
      LOG.warn("Some requests took too long and were cut off: {}", e.getMessage());
    }
  }
}
