package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.sqlassist.SqlAssist;
import io.sqlassist.engine.EngineSettings;
import io.sqlassist.engine.Verification;
import io.sqlassist.engine.Verification.Severity;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.javalin.fixture.Eventually;
import io.sqlassist.session.DbSessionsContainer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The code of docs/operations.md. */
class OperationsTest {

  private static final EngineSettings SETTINGS =
      EngineSettings.of(
          Map.of(
              "sqlassist.engines.writer.url", "jdbc:h2:mem:operations;DB_CLOSE_DELAY=-1",
              "sqlassist.engines.writer.hibernate.hbm2ddl.auto", "create"));

  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  @AfterEach
  void closeShop() {
    goOn.countDown();
    Shop.close();
  }

  private Javalin start(EngineSettings settings) {
    // tag::start[]
    SqlAssist.defaults(
        engine ->
            engine
                .acquireTimeout(Duration.ofSeconds(2))
                .holdBudget(Duration.ofSeconds(5))
                .idleInTransactionBudget(Duration.ofSeconds(1)));
    SqlAssist.initializeEngines(settings);

    Verification verification = SqlAssist.verify(); // what it finds is logged, too
    if (!verification.of(Severity.ERROR).isEmpty()) {
      throw new IllegalStateException(verification.toString());
    }

    Javalin app =
        Javalin.create(
            config -> {
              config.registerPlugin(
                  new SqlAssistPlugin(plugin -> plugin.timeout = Duration.ofSeconds(20)));
              config.routes.get("/health/live", ctx -> ctx.result("alive")); // no database
              config.routes.get("/health/ready", SqlAssistPlugin.health(Duration.ofSeconds(2)));
              config.jetty.modifyServer(
                  jetty -> {
                    jetty.insertHandler(new GracefulHandler()); // lets requests finish
                    jetty.setStopTimeout(30_000);
                  });
              routes(config);
            });
    Runtime.getRuntime().addShutdownHook(new Thread(app::stop));
    // end::start[]
    return app.start("127.0.0.1", 0);
  }

  private void routes(JavalinConfig config) {
    config.routes.post(
        "/slow",
        ctx -> {
          DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
          db.writer().persist(new Book("Emma"));
          arrived.countDown();
          if (!goOn.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("nobody let it go on");
          }
          ctx.result("stored");
        });
  }

  private static HttpRequest.Builder request(Javalin app, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + path))
        .timeout(Duration.ofMinutes(2));
  }

  private static HttpResponse<String> get(Javalin app, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(request(app, path).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Within two seconds, which a busy machine may not keep every time. */
  private static void awaitReady(Javalin app) {
    Eventually.until(
        "the application is ready",
        () -> {
          try {
            return get(app, "/health/ready").statusCode() == 200;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void theApplicationIsAskedWhetherItIsAliveAndWhetherItIsReady() throws Exception {
    Javalin app = start(SETTINGS);
    try {
      assertThat(get(app, "/health/live").body()).isEqualTo("alive");
      awaitReady(app);

      SqlAssist.engine("writer").reinit(); // and is so with new connections
      awaitReady(app);
    } finally {
      app.stop();
    }
  }

  @Test
  void aRequestThatIsUnderWayWhenTheServerStopsIsCommittedAndAnswered() throws Exception {
    Javalin app = start(SETTINGS);
    CompletableFuture<HttpResponse<String>> answer =
        HttpClient.newHttpClient()
            .sendAsync(
                request(app, "/slow").POST(HttpRequest.BodyPublishers.noBody()).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();

    CompletableFuture<Void> stopped = CompletableFuture.runAsync(app::stop);
    Eventually.until("the server stops", () -> app.jettyServer().server().isStopping());
    goOn.countDown();

    assertThat(answer.get(60, TimeUnit.SECONDS).body()).isEqualTo("stored");
    stopped.get(60, TimeUnit.SECONDS);
    assertThat(SqlAssist.registry().names()).as("the engines are closed").isEmpty();
    SqlAssist.initializeEngine(
        "writer",
        engine ->
            engine.url("jdbc:h2:mem:operations").entities(Book.class)); // it outlives the pool
    assertThat(Shop.titles()).containsExactly("Emma");
  }
}
