package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthTest extends ShopTestBase {

  @Test
  void showsEachEngineWithItsPool() {
    Shop.Reply reply = shop.get("/health");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("status").asText()).isEqualTo("up");
    for (String engine : new String[] {"reader", "writer", "logger", "ledger"}) {
      JsonNode health = reply.json().path("engines").path(engine);
      assertThat(health.path("status").asText()).isEqualTo("up");
      assertThat(health.path("pool").path("max").asInt()).isEqualTo(10);
      assertThat(health.path("pool").path("active").asInt(-1)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reader", "writer", "logger", "ledger"})
  void oneEngineDownIsEnoughToBeUnavailable(String engine) {
    try (ShopApp app = ShopApp.start(new ShopConfig(0, false, null))) {
      ((HikariDataSource) app.registry().engine(engine).dataSource()).close();

      Shop.Reply reply = new Shop(app.url()).get("/health");

      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.json().path("status").asText()).isEqualTo("down");
      assertThat(reply.json().path("engines").findValuesAsText("status")).containsOnlyOnce("down");
      assertThat(reply.json().path("engines").path(engine).path("status").asText())
          .isEqualTo("down");
    }
  }
}
