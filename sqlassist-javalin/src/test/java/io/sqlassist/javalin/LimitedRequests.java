package io.sqlassist.javalin;

import static io.sqlassist.javalin.fixture.TestServer.db;
import static io.sqlassist.javalin.fixture.TestServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.router.Endpoint;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.javalin.fixture.Engines;
import io.sqlassist.javalin.fixture.Eventually;
import io.sqlassist.javalin.fixture.Note;
import io.sqlassist.javalin.fixture.TestServer;
import io.sqlassist.session.UnitEndedException;
import io.sqlassist.session.UnitTimeoutException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What happens to a request that takes too long. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LimitedRequests {

  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofSeconds(60);

  private final boolean virtualThreads;
  private final AtomicReference<@Nullable Exception> seen = new AtomicReference<>();
  private Engines engines;
  private TestServer server;
  private String text;

  LimitedRequests(boolean virtualThreads) {
    this.virtualThreads = virtualThreads;
  }

  @BeforeAll
  void startEngines() {
    engines = new Engines(DatabaseKind.H2, 4);
  }

  @AfterAll
  void closeEngines() {
    engines.close();
  }

  @BeforeEach
  void begin() {
    text = UUID.randomUUID().toString();
    seen.set(null);
  }

  @AfterEach
  void nothingLeaks() {
    engines.assertNothingLeaked();
    server.close();
  }

  private void serve(Duration timeout, Consumer<JavalinConfig> config) {
    server =
        TestServer.start(
            virtualThreads,
            new SqlAssistPlugin(
                plugin -> {
                  plugin.registry = engines.registry;
                  plugin.timeout = timeout;
                }),
            config);
  }

  /** A statement that ends only when it is cancelled. */
  private void runForEver(Context ctx) {
    seeFailureOf(
        () ->
            db(ctx)
                .writer()
                .createNativeQuery(
                    "select count(*) from system_range(1, 1000000) a, system_range(1, 1000000) b",
                    Long.class)
                .getSingleResult());
  }

  /** As the other; on a busy machine the time is over before the statement begins. */
  private void writeAndRunForEver(Context ctx) {
    seeFailureOf(() -> write(ctx, text));
    runForEver(ctx);
  }

  private void seeFailureOf(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      seen.set(e);
      throw e;
    }
  }

  /** Until the limit is over, as a use of the unit finds out. */
  private void workUntilTheEnd(Context ctx) {
    Eventually.until(
        "the limit is over",
        () -> {
          try {
            db(ctx).reader().find(Note.class, -1L); // not there, so asked for each time
            return false;
          } catch (UnitTimeoutException e) {
            return true;
          }
        });
  }

  private void assertTimedOut(HttpResponse<String> response) {
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).isEqualTo("Service Unavailable");
    assertThat(engines.countLike("%" + text)).isZero();
  }

  @Test
  void theStatementThatRunsIsCancelledAndTheAnswerIs503() {
    serve(
        SHORT,
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  ctx.result("never");
                  writeAndRunForEver(ctx);
                }));

    assertTimedOut(server.get("/"));

    assertThat(seen.get()).isNotNull();
  }

  @Test
  void theConnectionOfACancelledStatementServesTheNextRequest() {
    serve(
        SHORT,
        config -> {
          config.routes.get("/slow", this::runForEver);
          config.routes.addEndpoint(
              Endpoint.create(HandlerType.GET, "/")
                  .addMetadata(new RequestTimeout(LONG))
                  .handler(ctx -> write(ctx, UUID.randomUUID().toString())));
        });

    for (int i = 0; i < 5; i++) {
      assertThat(server.get("/slow").statusCode()).isEqualTo(503);
      assertThat(server.get("/").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aSuccessThatComesTooLateIsNotCommitted() {
    serve(
        SHORT,
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  workUntilTheEnd(ctx);
                  ctx.status(201).header("Location", "/notes/1").result("created");
                }));

    HttpResponse<String> response = server.get("/");

    assertTimedOut(response);
    assertThat(response.headers().map()).doesNotContainKey("location");
  }

  @Test
  void aStatementThatWasSwallowedDoesNotSaveTheRequest() {
    serve(
        SHORT,
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  try {
                    runForEver(ctx);
                  } catch (RuntimeException e) {
                    ctx.result("all is well");
                  }
                }));

    assertTimedOut(server.get("/"));
  }

  @Test
  void theTimeBeforeTheFirstSessionCounts() {
    long[] began = new long[1];
    serve(
        SHORT,
        config -> {
          config.routes.before(ctx -> began[0] = System.nanoTime());
          config.routes.get(
              "/",
              ctx -> {
                Eventually.until(
                    "the time is over", () -> System.nanoTime() - began[0] > SHORT.toNanos());
                write(ctx, text);
              });
        });

    assertTimedOut(server.get("/"));
  }

  @Test
  void aRequestThatUsesNoSessionIsNotLimited() {
    long[] began = new long[1];
    serve(
        SHORT,
        config -> {
          config.routes.before(ctx -> began[0] = System.nanoTime());
          config.routes.get(
              "/",
              ctx ->
                  Eventually.until(
                      "the time is over", () -> System.nanoTime() - began[0] > SHORT.toNanos()));
        });

    assertThat(server.get("/").statusCode()).isEqualTo(200);
  }

  @Test
  void aBeforeHandlerIsLimitedToo() {
    serve(
        SHORT,
        config -> {
          config.routes.before(this::runForEver);
          config.routes.get("/", ctx -> ctx.result("never"));
        });

    assertTimedOut(server.get("/"));
  }

  @Test
  void aFutureIsLimitedToo() {
    serve(
        SHORT,
        config ->
            config.routes.get(
                "/",
                ctx ->
                    ctx.future(() -> CompletableFuture.runAsync(() -> writeAndRunForEver(ctx)))));

    assertTimedOut(server.get("/"));
  }

  @Test
  void javalinsOwnTimeOutComesFirstIfItIsShorter() {
    serve(
        LONG,
        config -> {
          config.http.asyncTimeout = 200;
          config.routes.get(
              "/",
              ctx -> ctx.future(() -> CompletableFuture.runAsync(() -> writeAndRunForEver(ctx))));
        });

    assertThat(server.get("/").statusCode()).isEqualTo(500);

    engines.assertNothingLeaked();
    Eventually.until("the worker was stopped", () -> seen.get() != null);
    assertThat(engines.holds(text)).isFalse();
  }

  @Test
  void theShorterLimitOfTheUnitComesBeforeJavalinsOwn() {
    serve(
        SHORT,
        config -> {
          config.http.asyncTimeout = 60_000;
          config.routes.get(
              "/", ctx -> ctx.future(() -> CompletableFuture.runAsync(() -> runForEver(ctx))));
        });

    assertTimedOut(server.get("/"));

    assertThat(seen.get()).isNotInstanceOf(UnitEndedException.class);
  }

  @Test
  void aRouteMayHaveMoreTime() {
    serve(
        SHORT,
        config -> {
          config.routes.before(ctx -> db(ctx).reader().find(Note.class, 1L));
          config.routes.addEndpoint(
              Endpoint.create(HandlerType.GET, "/")
                  .addMetadata(RequestTimeout.NONE)
                  .handler(
                      ctx -> {
                        long began = System.nanoTime();
                        Eventually.until(
                            "the plugin's limit is over",
                            () -> System.nanoTime() - began > SHORT.toNanos());
                        write(ctx, text);
                      }));
        });

    assertThat(server.get("/").statusCode()).isEqualTo(200);
    assertThat(engines.holds(text)).isTrue();
  }

  @Test
  void aRouteMayHaveLessTimeAlsoInItsBeforeHandlers() {
    serve(
        LONG,
        config -> {
          config.routes.before(this::runForEver);
          config.routes.addEndpoint(
              Endpoint.create(HandlerType.GET, "/")
                  .addMetadata(new RequestTimeout(SHORT))
                  .handler(ctx -> ctx.result("never")));
        });

    assertTimedOut(server.get("/"));
  }

  @Test
  void theApplicationsMapperGetsTheTimeOutAndNotTheCancelledStatement() {
    serve(
        SHORT,
        config -> {
          config.routes.get("/", this::runForEver);
          config.routes.exception(
              UnitTimeoutException.class, (e, ctx) -> ctx.status(504).result(e.getMessage()));
        });

    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(504);
    assertThat(response.body()).contains("'GET /' took longer than the 200 ms it was given");
  }

  @Test
  void anExceptionOfTheApplicationsStaysWhatItIs() {
    serve(
        SHORT,
        config -> {
          config.routes.get(
              "/",
              ctx -> {
                write(ctx, text);
                workUntilTheEnd(ctx);
                throw new IllegalStateException("mine");
              });
          config.routes.exception(
              IllegalStateException.class, (e, ctx) -> ctx.status(418).result("mine"));
        });

    assertThat(server.get("/").statusCode()).isEqualTo(418);
    assertThat(engines.holds(text)).isFalse();
  }

  @Test
  void theLimitHoldsForAllAttemptsOfARetriedHandler() {
    AtomicInteger calls = new AtomicInteger();
    serve(
        Duration.ofSeconds(2), // time for two, on a busy machine too
        config ->
            config.routes.get(
                "/",
                SqlAssistPlugin.retrying(
                    1_000_000,
                    ctx -> {
                      calls.incrementAndGet();
                      write(ctx, text);
                      engines.faultyWriter.failNextCommit();
                    })));

    assertTimedOut(server.get("/"));

    engines.faultyWriter.failNextCommits(0);
    assertThat(calls).hasValueGreaterThan(1);
  }

  @Test
  void aRequestInTimeIsCommitted() {
    serve(LONG, config -> config.routes.get("/", ctx -> write(ctx, text)));

    assertThat(server.get("/").statusCode()).isEqualTo(200);
    assertThat(engines.holds(text)).isTrue();
  }
}
