package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;

/**
 * Tests against one shop per JVM, run by SHOP_DATABASES: on H2 by Surefire, on PostgreSQL and
 * MariaDB by Failsafe.
 */
abstract class ShopTestBase {

  static final ShopApp APP = start();
  static final Shop shop = new Shop(APP.url());

  private static ShopApp start() {
    boolean servers = ShopConfig.from(System.getenv()).servers();
    ShopApp app = ShopApp.start(new ShopConfig(0, servers, null));
    Runtime.getRuntime().addShutdownHook(new Thread(app::close));
    return app;
  }

  @AfterEach
  void everyConnectionIsBack() {
    JsonNode engines = shop.get("/health").json().path("engines");
    assertThat(engines).hasSize(4);
    for (JsonNode engine : engines) {
      assertThat(engine.path("pool").path("active").asInt(-1)).as(engines.toString()).isZero();
    }
  }
}
