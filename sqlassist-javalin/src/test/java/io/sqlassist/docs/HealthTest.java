package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.config.JavalinConfig;
import io.sqlassist.SqlAssist;
import io.sqlassist.engine.EngineHealth;
import io.sqlassist.engine.HealthReport;
import io.sqlassist.javalin.SqlAssistPlugin;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The code of docs/metrics-and-health.md that is about health. */
class HealthTest {

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  @Test
  void theEnginesAreAskedWithinALimit() {
    Shop.startEngines();
    SqlAssist.registry().health(Duration.ofMinutes(1)); // not within that limit, the first time
    // tag::ask[]
    HealthReport report = SqlAssist.registry().health(Duration.ofSeconds(2));
    List<String> down =
        report.engines().stream()
            .filter(engine -> !engine.isUp())
            .map(EngineHealth::engine)
            .toList();
    // end::ask[]

    assertThat(report.isUp()).isTrue();
    assertThat(down).isEmpty();
    assertThat(report.engines()).hasSize(3);
  }

  private static void routes(JavalinConfig config) {
    // tag::route[]
    config.routes.get("/health", SqlAssistPlugin.health(Duration.ofSeconds(2)));
    // end::route[]
  }

  @Test
  void aRouteTellsTheirHealth() throws Exception {
    Shop.startEngines();
    try (Server server =
        Server.start(
            config -> {
              config.registerPlugin(new SqlAssistPlugin());
              routes(config);
            })) {
      SqlAssist.registry().health(Duration.ofMinutes(1)); // not within that limit, the first time
      assertThat(server.get("/health").statusCode()).isEqualTo(200);
      assertThat(server.get("/health").body())
          .startsWith("{\"status\":\"up\",\"engines\":{\"writer");
    }
  }
}
