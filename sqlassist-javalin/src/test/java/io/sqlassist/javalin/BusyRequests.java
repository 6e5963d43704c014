package io.sqlassist.javalin;

import static io.sqlassist.javalin.fixture.TestServer.db;
import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineBusyException;
import io.sqlassist.engine.TransientFailureException;
import io.sqlassist.javalin.fixture.Engines;
import io.sqlassist.javalin.fixture.Note;
import io.sqlassist.javalin.fixture.TestServer;
import jakarta.persistence.PersistenceException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a request is answered when its engine has no connection to give. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BusyRequests {

  private static final int POOL = 2;

  private final boolean virtualThreads;
  private final ExecutorService clients = Executors.newCachedThreadPool();
  private CountDownLatch held;
  private CountDownLatch letGo;
  private Engines engines;
  private TestServer server;
  private String text;

  BusyRequests(boolean virtualThreads) {
    this.virtualThreads = virtualThreads;
  }

  @BeforeAll
  void startEngines() {
    engines = new Engines(DatabaseKind.H2, POOL, Duration.ofMillis(1_200));
  }

  @AfterAll
  void closeEngines() {
    engines.close();
    clients.shutdown();
  }

  @BeforeEach
  void begin() {
    text = UUID.randomUUID().toString();
    held = new CountDownLatch(POOL);
    letGo = new CountDownLatch(1);
  }

  @AfterEach
  void nothingLeaks() {
    engines.assertNothingLeaked();
    server.close();
  }

  private void serve(Consumer<JavalinConfig> config) {
    server =
        TestServer.start(
            virtualThreads,
            engines,
            config.andThen(
                javalin ->
                    javalin.routes.get(
                        "/hold",
                        ctx -> {
                          query(ctx, "writer");
                          held.countDown();
                          assertThat(letGo.await(60, TimeUnit.SECONDS)).isTrue();
                        })));
  }

  private static void query(Context ctx, String engine) {
    db(ctx).session(engine).createSelectionQuery("from Note where id = -1", Note.class).list();
  }

  /** Asks while other requests hold every connection of the writer, and lets those go then. */
  private HttpResponse<String> getWhileHeld(String path) throws InterruptedException {
    List<CompletableFuture<Integer>> holders = new ArrayList<>();
    for (int i = 0; i < POOL; i++) {
      holders.add(CompletableFuture.supplyAsync(() -> server.get("/hold").statusCode(), clients));
    }
    assertThat(held.await(60, TimeUnit.SECONDS)).isTrue();
    try {
      return server.get(path);
    } finally {
      letGo.countDown();
      assertThat(holders.stream().map(CompletableFuture::join)).containsOnly(200);
    }
  }

  private static void assertBusy(HttpResponse<String> response) {
    assertThat(response.statusCode()).isEqualTo(503);
    // The seconds that it has waited: two, and more on a busy machine.
    assertThat(response.headers().firstValueAsLong("retry-after").orElseThrow()).isBetween(2L, 30L);
    assertThat(response.body()).isEqualTo("Service Unavailable");
  }

  private static EngineBusyException busy(Duration waited) {
    return new EngineBusyException("writer", waited, null, "", null);
  }

  @Test
  void aBusyEngineIsAnswered503WithRetryAfterAndNothingOfThePool() throws Exception {
    serve(config -> config.routes.get("/", ctx -> query(ctx, "writer")));

    assertBusy(getWhileHeld("/"));

    assertThat(server.get("/").statusCode()).isEqualTo(200);
  }

  @Test
  void anotherEngineAnswersMeanwhile() throws Exception {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  db(ctx).session("ledger").persist(new Note(text));
                  query(ctx, "reader");
                }));

    assertThat(getWhileHeld("/").statusCode()).isEqualTo(200);

    assertThat(engines.ledgerHolds(text)).isTrue();
  }

  @Test
  void whatOtherEnginesDidInTheRequestIsRolledBack() throws Exception {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  db(ctx).session("ledger").persist(new Note(text));
                  db(ctx).session("ledger").flush();
                  query(ctx, "writer");
                }));

    assertBusy(getWhileHeld("/"));

    assertThat(engines.ledgerHolds(text)).isFalse();
  }

  @Test
  void anEngineThatIsBusyAtTheCommitTakesTheSuccessBack() throws Exception {
    serve(
        config -> {
          config.routes.get(
              "/warm", ctx -> db(ctx).writer().persist(new Note("takes a block of ids " + text)));
          config.routes.get(
              "/",
              ctx -> {
                db(ctx).writer().persist(new Note(text));
                ctx.status(201).header("Location", "/notes/1").result("created");
              });
        });
    assertThat(server.get("/warm").statusCode()).isEqualTo(200);

    HttpResponse<String> response = getWhileHeld("/");

    assertBusy(response);
    assertThat(response.headers().map()).doesNotContainKey("location");
    assertThat(engines.holds(text)).isFalse();
  }

  @Test
  void anEngineThatIsBusyInAFutureIsAnsweredSo() throws Exception {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx ->
                    ctx.future(
                        () -> CompletableFuture.runAsync(() -> query(ctx, "writer"), clients))));

    assertBusy(getWhileHeld("/"));
  }

  @Test
  void aBusyEngineIsFoundInTheExceptionsOfThePersistenceLayer() {
    serve(
        config -> {
          config.routes.get(
              "/",
              ctx -> {
                throw new PersistenceException(
                    new PersistenceException(busy(Duration.ofMillis(1_500))));
              });
          config.routes.get(
              "/future",
              ctx ->
                  ctx.future(
                      () ->
                          CompletableFuture.failedFuture(
                              new CompletionException(
                                  new PersistenceException(busy(Duration.ofMillis(1_500)))))));
        });

    assertBusy(server.get("/"));
    assertBusy(server.get("/future"));
    assertThat(server.get("/").headers().firstValue("retry-after")).hasValue("2");
  }

  @Test
  void aBusyEngineInAnExceptionOfTheApplicationsIsTheApplications() {
    serve(
        config -> {
          config.routes.get(
              "/",
              ctx -> {
                throw new IllegalStateException("mine", busy(Duration.ofSeconds(1)));
              });
          config.routes.exception(
              IllegalStateException.class, (e, ctx) -> ctx.status(418).result("mine"));
        });

    assertThat(server.get("/").statusCode()).isEqualTo(418);
  }

  @Test
  void retryAfterIsAtLeastOneSecond() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  throw busy(Duration.ofMillis(1));
                }));

    assertThat(server.get("/").headers().firstValue("retry-after")).hasValue("1");
  }

  // Mappers of the application's

  private void throwBusy(JavalinConfig config) {
    config.routes.get(
        "/",
        ctx -> {
          throw busy(Duration.ofSeconds(1));
        });
  }

  @Test
  void theApplicationsMapperForItWins() {
    serve(
        config -> {
          throwBusy(config);
          config.routes.exception(
              EngineBusyException.class, (e, ctx) -> ctx.status(429).result(e.engine()));
        });

    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.body()).isEqualTo("writer");
    assertThat(response.headers().firstValue("retry-after")).isEmpty();
  }

  @Test
  void theApplicationsMapperForItWinsAlsoIfItWasThereBeforeThePlugin() {
    server =
        TestServer.start(
            virtualThreads,
            config -> {
              config.routes.exception(EngineBusyException.class, (e, ctx) -> ctx.status(429));
              config.registerPlugin(
                  new SqlAssistPlugin(plugin -> plugin.registry = engines.registry));
              throwBusy(config);
            });

    assertThat(server.get("/").statusCode()).isEqualTo(429);
  }

  @Test
  void theApplicationsMapperForWhatMayPassWins() {
    serve(
        config -> {
          throwBusy(config);
          config.routes.exception(TransientFailureException.class, (e, ctx) -> ctx.status(429));
        });

    assertThat(server.get("/").statusCode()).isEqualTo(429);
  }

  @Test
  void aMapperForEverythingDoesNotMakeAnotherErrorOfIt() {
    serve(
        config -> {
          throwBusy(config);
          config.routes.exception(Exception.class, (e, ctx) -> ctx.status(500));
          config.routes.exception(RuntimeException.class, (e, ctx) -> ctx.status(500));
        });

    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("retry-after")).hasValue("1");
  }

  @Test
  void theApplicationsFormForErrorsOfHttpIsUsed() {
    serve(
        config -> {
          throwBusy(config);
          config.routes.exception(
              HttpResponseException.class,
              (e, ctx) -> ctx.status(e.getStatus()).result("in our form: " + e.getMessage()));
        });

    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).isEqualTo("in our form: Service Unavailable");
    assertThat(response.headers().firstValue("retry-after")).hasValue("1");
  }

  @Test
  void aClientThatAsksForJsonGetsJavalinsJson() {
    serve(this::throwBusy);

    HttpResponse<String> response =
        server.send(HttpRequest.newBuilder(server.uri("/")).header("Accept", "application/json"));

    assertThat(response.body())
        .contains("\"title\": \"Service Unavailable\"")
        .contains("\"status\": 503");
  }

  @Test
  void anErrorMapperForItRuns() {
    serve(
        config -> {
          throwBusy(config);
          config.routes.error(503, ctx -> ctx.result("come back later"));
        });

    assertThat(server.get("/").body()).isEqualTo("come back later");
  }
}
