package io.sqlassist.docs;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.SqlAssist;
import io.sqlassist.engine.Engine;
import io.sqlassist.javalin.fixture.Eventually;
import java.util.List;

/** The engines of the documentation's shop, as the guide to engines starts them. */
final class Shop {

  private Shop() {}

  static void startEngines() {
    // tag::engines[]
    SqlAssist.initializeEngine(
        "writer",
        engine -> engine.url("jdbc:h2:mem:shop").property("hibernate.hbm2ddl.auto", "create"));
    SqlAssist.initializeEngine("reader", engine -> engine.url("jdbc:h2:mem:shop").readOnly());
    SqlAssist.initializeEngine(
        "logger",
        engine ->
            engine
                .url("jdbc:h2:mem:audit")
                .autocommit()
                .property("hibernate.hbm2ddl.auto", "create"));
    // end::engines[]
  }

  static void startLedger() {
    SqlAssist.initializeEngine(
        "ledger",
        engine -> engine.url("jdbc:h2:mem:ledger").property("hibernate.hbm2ddl.auto", "create"));
  }

  /** What an engine's database holds, asked outside of every unit of work. */
  static List<String> stored(String engine, String query) {
    return SqlAssist.engine(engine)
        .sessionFactory()
        .fromStatelessSession(session -> session.createSelectionQuery(query, String.class).list());
  }

  static List<String> titles() {
    return stored("writer", "select title from Book order by title");
  }

  static List<String> bookings() {
    return stored("ledger", "select orderNumber from Booking order by orderNumber");
  }

  static List<String> audit() {
    return stored("logger", "select text from AuditLine order by id");
  }

  static int activeConnections() {
    return SqlAssist.registry().names().stream()
        .map(SqlAssist::engine)
        .map(Engine::dataSource)
        .mapToInt(Shop::activeConnections)
        .sum();
  }

  static int activeConnections(Object dataSource) {
    return dataSource instanceof HikariDataSource pool
        ? pool.getHikariPoolMXBean().getActiveConnections()
        : 0;
  }

  /** Every connection is back, then every engine stops, and with it its database in memory. */
  static void close() {
    try {
      Eventually.until("every connection is back", () -> activeConnections() == 0);
    } finally {
      SqlAssist.shutdown();
    }
  }
}
