package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

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

  @Test
  void recoveryHasNothingToDo() {
    JsonNode recovery = shop.get("/health").json().path("recovery");

    assertThat(recovery.path("inDoubt").asInt(-1)).isZero();
    assertThat(recovery.path("toBeRepaired").asInt(-1)).isZero();
  }
}
