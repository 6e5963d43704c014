package io.sqlassist.javalin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javalin.Javalin;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthHandlerTest {

  private static final String POOL = ",\"pool\":{\"active\":0,\"idle\":1,\"waiting\":0,\"max\":1}}";

  private final EngineRegistry registry = EngineRegistry.create(Observer.NONE);

  @AfterEach
  void close() {
    registry.close();
  }

  private void start(String name, Consumer<EngineConfig> config) {
    DatabaseHandle database = DatabaseKind.H2.fresh();
    registry.initializeEngine(
        name,
        engine -> {
          engine
              .url(database.jdbcUrl())
              .username(database.username())
              .password(database.password())
              .entities()
              .pool(pool -> pool.setMaximumPoolSize(1));
          config.accept(engine);
        });
  }

  private HttpResponse<String> health(Duration limit) throws Exception {
    Javalin app =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.registerPlugin(new SqlAssistPlugin(plugin -> plugin.registry = registry));
              config.routes.get("/health", SqlAssistPlugin.health(registry, limit));
            });
    app.start("127.0.0.1", 0);
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + "/health"))
                  .timeout(Duration.ofMinutes(2))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
    } finally {
      app.stop();
    }
  }

  private void breakPool(String engine) throws Exception {
    registry.engine(engine).dataSource().unwrap(AutoCloseable.class).close();
  }

  @Test
  void allEnginesUpIsA200() throws Exception {
    start("writer", config -> {});
    start("logger", config -> config.autocommit().optional());

    HttpResponse<String> answer = health(Duration.ofMinutes(1));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(answer.body())
        .isEqualTo(
            "{\"status\":\"up\",\"engines\":{"
                + "\"writer\":{\"status\":\"up\",\"optional\":false"
                + POOL
                + ",\"logger\":{\"status\":\"up\",\"optional\":true"
                + POOL
                + "}}");
  }

  @Test
  void engineThatIsDownIsA503WithoutATextOfTheDatabase() throws Exception {
    start("writer", config -> {});
    breakPool("writer");

    HttpResponse<String> answer = health(Duration.ofMinutes(1));

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body())
        .startsWith(
            "{\"status\":\"down\",\"engines\":{\"writer\":{\"status\":\"down\",\"problem\":\"failed\",")
        .doesNotContain("jdbc", "Hikari", "closed");
  }

  @Test
  void optionalEngineThatIsDownIsA200() throws Exception {
    start("writer", config -> {});
    start("logger", config -> config.autocommit().optional());
    breakPool("logger");

    HttpResponse<String> answer = health(Duration.ofMinutes(1));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("{\"status\":\"up\",\"engines\":{\"writer\":{\"status\":\"up\"")
        .contains("\"logger\":{\"status\":\"down\",\"problem\":\"failed\",\"optional\":true");
  }

  @Test
  void engineThatIsBusyIsAnsweredWithinTheLimit() throws Exception {
    start("writer", config -> {});
    try (Connection held = registry.engine("writer").dataSource().getConnection()) {
      HttpResponse<String> answer = health(Duration.ofMillis(100));

      assertThat(held.isValid(1)).isTrue();
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("\"problem\":\"busy\"");
    }
  }

  @Test
  void nameOfAnEngineMayBeAnyText() throws Exception {
    start("a \"quoted\\name\"\n\u00e4", config -> {});

    assertThat(health(Duration.ofMinutes(1)).body())
        .contains("{\"a \\\"quoted\\\\name\\\"\\u000a\u00e4\":{\"status\":\"up\"");
  }

  @Test
  void limitThatIsNoneIsRefusedWhenTheRouteIsMade() {
    assertThatThrownBy(() -> SqlAssistPlugin.health(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
