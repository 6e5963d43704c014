package io.sqlassist.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a shop that lacks one of its engines. */
@Tag("own-shop")
class EngineDownTest {

  @TempDir static Path data;

  @ParameterizedTest
  @ValueSource(strings = {"reader", "writer", "logger", "ledger"})
  void oneEngineDownIsEnoughToBeUnavailable(String engine) throws Exception {
    try (ShopApp app = ShopApp.start(new ShopConfig(0, false, data))) {
      app.registry().engine(engine).dataSource().unwrap(AutoCloseable.class).close();

      Shop.Reply reply = new Shop(app.url()).get("/health");

      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.json().path("status").asText()).isEqualTo("down");
      assertThat(reply.json().path("engines").findValuesAsText("status")).containsOnlyOnce("down");
      assertThat(reply.json().path("engines").path(engine).path("status").asText())
          .isEqualTo("down");
    }
  }
}
