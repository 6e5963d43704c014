package io.sqlassist.javalin;

import static io.sqlassist.javalin.fixture.TestServer.db;
import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.javalin.fixture.Engines;
import io.sqlassist.javalin.fixture.Eventually;
import io.sqlassist.javalin.fixture.Note;
import io.sqlassist.javalin.fixture.TestServer;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitEndedException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConcurrentlyInRequestsTest {

  private static Engines engines;

  @BeforeAll
  static void startEngines() {
    engines = new Engines(DatabaseKind.H2, 4);
  }

  @AfterAll
  static void closeEngines() {
    engines.close();
  }

  @AfterEach
  void nothingLeaks() {
    engines.assertNothingLeaked();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPieceKnowsTheRequest(boolean virtualThreads) {
    CompletableFuture<Boolean> known = new CompletableFuture<>();
    try (TestServer server =
        TestServer.start(
            virtualThreads,
            engines,
            config ->
                config.routes.get(
                    "/",
                    ctx ->
                        known.complete(
                            db(ctx)
                                .concurrently(List.of(piece -> piece.attribute("request")))
                                .equals(List.of(Optional.of(ctx))))))) {
      assertThat(server.get("/").statusCode()).isEqualTo(200);
    }
    assertThat(known.join()).isTrue();
  }

  /** Does not come back before the unit is taken away. */
  private static Object writeAndGoOn(DbSessionsContainer piece) {
    piece.writer().persist(new Note("lost in the time-out"));
    piece.writer().flush();
    while (true) {
      piece.reader().find(Note.class, 1L);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theTimeOutOfAFutureEndsThePieces(boolean virtualThreads) {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    try (TestServer server =
        TestServer.start(
            virtualThreads,
            engines,
            config -> {
              config.http.asyncTimeout = 300;
              config.routes.get(
                  "/",
                  ctx -> {
                    DbSessionsContainer db = db(ctx);
                    ctx.future(
                        () ->
                            CompletableFuture.runAsync(
                                () -> {
                                  try {
                                    db.concurrently(
                                        List.of(ConcurrentlyInRequestsTest::writeAndGoOn));
                                  } catch (RuntimeException e) {
                                    failure.complete(e);
                                  }
                                }));
                  });
            })) {
      assertThat(server.get("/").statusCode()).isEqualTo(500);
      assertThat(failure.orTimeout(60, TimeUnit.SECONDS).join())
          .isInstanceOf(UnitEndedException.class);
    }
    assertThat(engines.holds("lost in the time-out")).isFalse();
  }

  /** The first use of a request's unit begins its limit, and here that is made by a piece. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theTimeLimitOfARequestThatOnlyRunsPiecesHoldsForThem(boolean virtualThreads) {
    SqlAssistPlugin plugin =
        new SqlAssistPlugin(
            settings -> {
              settings.registry = engines.registry;
              settings.timeout = Duration.ofSeconds(2);
            });
    try (TestServer server =
        TestServer.start(
            virtualThreads,
            plugin,
            config -> {
              config.routes.get(
                  "/", ctx -> db(ctx).concurrently(List.of(p -> p.writer().find(Note.class, 1L))));
              config.routes.get(
                  "/endless",
                  ctx -> db(ctx).concurrently(List.of(ConcurrentlyInRequestsTest::writeAndGoOn)));
            })) {
      Eventually.until(
          "an answer in time, of a machine that may be busy",
          () -> server.get("/").statusCode() == 200);
      assertThat(server.get("/endless").statusCode()).isEqualTo(503);
    }
    assertThat(engines.holds("lost in the time-out")).isFalse();
  }
}
