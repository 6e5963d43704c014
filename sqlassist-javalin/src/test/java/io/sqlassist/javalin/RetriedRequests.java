package io.sqlassist.javalin;

import static io.sqlassist.javalin.SqlAssistPlugin.retrying;
import static io.sqlassist.javalin.fixture.TestServer.db;
import static io.sqlassist.javalin.fixture.TestServer.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.UploadedFile;
import io.javalin.json.JsonMapper;
import io.javalin.router.Endpoint;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.javalin.fixture.Engines;
import io.sqlassist.javalin.fixture.Note;
import io.sqlassist.javalin.fixture.TestServer;
import io.sqlassist.session.DbSessionsContainer;
import java.io.IOException;
import java.lang.reflect.Type;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** When a request's handler is called again, and what is left of the call before. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RetriedRequests {

  private final boolean virtualThreads;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicReference<@Nullable Exception> reported = new AtomicReference<>();
  private Engines engines;
  private TestServer server;
  private String text;

  RetriedRequests(boolean virtualThreads) {
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
    calls.set(0);
    reported.set(null);
  }

  @AfterEach
  void nothingLeaks() {
    engines.faultyWriter.failNextCommits(0);
    engines.faultyLedger.failNextCommits(0);
    engines.assertNothingLeaked();
    server.close();
  }

  private void serve(Consumer<JavalinConfig> config) {
    serve(plugin -> {}, config);
  }

  private void serve(Consumer<SqlAssistPluginConfig> plugin, Consumer<JavalinConfig> config) {
    server =
        TestServer.start(
            virtualThreads,
            new SqlAssistPlugin(
                settings -> {
                  settings.registry = engines.registry;
                  plugin.accept(settings);
                }),
            config.andThen(
                javalin ->
                    javalin.routes.exception(
                        Exception.class,
                        (e, ctx) -> {
                          reported.set(e);
                          ctx.status(500).result("mapped");
                        })));
  }

  /** A handler that is called at most three times, and counts. */
  private Handler counted(Handler handler) {
    return retrying(
        2,
        ctx -> {
          calls.incrementAndGet();
          handler.handle(ctx);
        });
  }

  private HttpResponse<String> post(String body) {
    return server.send(HttpRequest.newBuilder(server.uri("/")).POST(BodyPublishers.ofString(body)));
  }

  private boolean firstCall() {
    return calls.get() == 1;
  }

  private void failFirstCommit() {
    if (firstCall()) {
      engines.faultyWriter.failNextCommit();
    }
  }

  // Repeated

  @Test
  void aCommitRefusedForASerializationFailureIsDoneAgainWithItsHandler() {
    serve(
        config ->
            config.routes.post(
                "/",
                counted(
                    ctx -> {
                      write(ctx, text);
                      failFirstCommit();
                      ctx.status(201).result("call " + calls);
                    })));

    HttpResponse<String> response = post("");

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.body()).isEqualTo("call 2");
    assertThat(engines.holds(text)).isTrue();
  }

  @Test
  void aHandlerThatFailsForASerializationFailureIsCalledAgain() {
    serve(
        config ->
            config.routes.post(
                "/",
                counted(
                    ctx -> {
                      write(ctx, text);
                      failFirstCommit();
                      db(ctx).commit();
                    })));

    assertThat(post("").statusCode()).isEqualTo(200);

    assertThat(calls).hasValue(2);
    assertThat(engines.holds(text)).isTrue();
  }

  @Test
  void theLastFailureReachesTheMapperWithTheEarlierOnesSuppressed() {
    serve(
        config ->
            config.routes.post(
                "/",
                counted(
                    ctx -> {
                      write(ctx, text);
                      engines.faultyWriter.failNextCommit();
                      ctx.status(201).header("Location", "/notes/1").result("created");
                    })));

    HttpResponse<String> response = post("");

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).isEqualTo("mapped");
    assertThat(response.headers().map()).doesNotContainKey("location");
    assertThat(calls).hasValue(3);
    assertThat(reported.get().getSuppressed()).hasSize(2);
    assertThat(engines.holds(text)).isFalse();
  }

  @Test
  void theAnswerOfTheFirstAttemptIsTakenBack() {
    serve(
        config -> {
          config.routes.before(ctx -> ctx.header("X-Before", "kept").cookie("before", "kept"));
          config.routes.post(
              "/",
              counted(
                  ctx -> {
                    write(ctx, text);
                    if (firstCall()) {
                      engines.faultyWriter.failNextCommit();
                      ctx.status(201).header("X-First", "1").cookie("first", "1");
                      ctx.contentType("application/json").result("first");
                    }
                  }));
        });

    HttpResponse<String> response = post("");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
    assertThat(response.headers().firstValue("content-type").orElse("")).isEqualTo("text/plain");
    assertThat(response.headers().firstValue("x-before")).hasValue("kept");
    assertThat(response.headers().map()).doesNotContainKey("x-first");
    assertThat(response.headers().allValues("set-cookie"))
        .singleElement()
        .asString()
        .startsWith("before=kept");
  }

  @Test
  void whatTheFirstAttemptHasBufferedIsTakenBack() {
    serve(
        config ->
            config.routes.post(
                "/",
                counted(
                    ctx -> {
                      write(ctx, text);
                      failFirstCommit();
                      ctx.outputStream().write(("call " + calls).getBytes(StandardCharsets.UTF_8));
                    })));

    assertThat(post("").body()).isEqualTo("call 2");
  }

  @Test
  void theCookieOfANewSessionIsSetOnce() {
    serve(
        config ->
            config.routes.post(
                "/",
                counted(
                    ctx -> {
                      ctx.sessionAttribute("cart", "full");
                      write(ctx, text);
                      failFirstCommit();
                    })));

    assertThat(post("").headers().allValues("set-cookie")).hasSize(1);
  }

  @Test
  void afterHandlersRunAgainSinceTheirWorkWasUndone() {
    serve(
        config -> {
          config.routes.post("/", counted(ctx -> failFirstCommit()));
          config.routes.after(ctx -> write(ctx, "after " + text));
        });

    assertThat(post("").statusCode()).isEqualTo(200);

    assertThat(calls).hasValue(2);
    assertThat(engines.holds("after " + text)).isTrue();
  }

  @Test
  void aHandlerThatSkipsTheRestIsCommittedAndRepeatedToo() {
    serve(
        config -> {
          config.routes.post(
              "/",
              counted(
                  ctx -> {
                    write(ctx, text);
                    failFirstCommit();
                    ctx.result("call " + calls);
                    if (firstCall()) {
                      ctx.skipRemainingHandlers();
                    }
                  }));
          config.routes.after(ctx -> ctx.header("X-After", "ran"));
        });

    HttpResponse<String> response = post("");

    assertThat(response.body()).isEqualTo("call 2");
    assertThat(response.headers().firstValue("x-after")).hasValue("ran");
    assertThat(engines.holds(text)).isTrue();
  }

  @Test
  void pathParametersAndTheWrapperOfHandlersAreThereInEachAttempt() {
    List<String> wrapped = new CopyOnWriteArrayList<>();
    serve(
        config -> {
          config.router.handlerWrapper(
              endpoint ->
                  ctx -> {
                    if (endpoint.method == HandlerType.GET) {
                      wrapped.add(endpoint.path);
                    }
                    endpoint.handler.handle(ctx);
                  });
          config.routes.get(
              "/notes/{id}",
              counted(
                  ctx -> {
                    write(ctx, text);
                    failFirstCommit();
                    ctx.result(ctx.pathParam("id") + ctx.endpoint().path);
                  }));
          config.routes.after("/{all}/*", ctx -> ctx.header("X-All", ctx.pathParam("all")));
        });

    assertThat(server.get("/notes/7").body()).isEqualTo("7/notes/{id}");
    assertThat(wrapped).containsExactly("/notes/{id}", "/notes/{id}");
  }

  @Test
  void whatAnAutocommitEngineWasGivenIsWrittenInEachAttempt() {
    serve(
        config ->
            config.routes.post(
                "/",
                counted(
                    ctx -> {
                      db(ctx).logger().persist(new Note("log " + calls + " " + text));
                      write(ctx, text);
                      failFirstCommit();
                    })));

    assertThat(post("").statusCode()).isEqualTo(200);

    assertThat(engines.countLike("log % " + text)).isEqualTo(2);
    assertThat(engines.holds(text)).isTrue();
  }

  @Test
  void hooksBelongToTheirAttempt() {
    List<String> told = new CopyOnWriteArrayList<>();
    serve(
        config -> {
          config.routes.before(
              ctx -> {
                db(ctx).beforeCommit(() -> told.add("before: beforeCommit"));
                db(ctx).afterCommit(report -> told.add("before: afterCommit"));
                db(ctx).afterRollback(cause -> told.add("before: afterRollback"));
              });
          config.routes.post(
              "/",
              counted(
                  ctx -> {
                    String call = "call " + calls;
                    db(ctx).beforeCommit(() -> told.add(call + ": beforeCommit"));
                    db(ctx).afterCommit(report -> told.add(call + ": afterCommit"));
                    db(ctx).afterRollback(cause -> told.add(call + ": afterRollback"));
                    db(ctx).onClose(() -> told.add(call + ": onClose"));
                    write(ctx, text);
                    failFirstCommit();
                  }));
        });

    assertThat(post("").statusCode()).isEqualTo(200);

    assertThat(told)
        .containsExactly(
            "before: beforeCommit",
            "call 1: beforeCommit",
            "call 1: afterRollback",
            "call 1: onClose",
            "before: beforeCommit",
            "call 2: beforeCommit",
            "before: afterCommit",
            "call 2: afterCommit",
            "call 2: onClose");
  }

  // What was done before the handler

  @Test
  void whatBeforeHandlersWroteIsCommittedFirstAndOnce() {
    serve(
        config -> {
          config.routes.before(ctx -> write(ctx, "before " + text));
          config.routes.post(
              "/",
              counted(
                  ctx -> {
                    assertThat(engines.holds("before " + text)).isTrue();
                    write(ctx, text);
                    failFirstCommit();
                  }));
        });

    assertThat(post("").statusCode()).isEqualTo(200);

    assertThat(engines.countLike("%" + text)).isEqualTo(2);
  }

  @Test
  void whatBeforeHandlersLoadedIsDetachedInEveryAttempt() {
    List<Boolean> managed = new CopyOnWriteArrayList<>();
    serve(
        config -> {
          config.routes.before(
              ctx -> {
                Note note = new Note("before " + text);
                db(ctx).writer().persist(note);
                ctx.attribute("note", note);
              });
          config.routes.post(
              "/",
              counted(
                  ctx -> {
                    managed.add(db(ctx).sessionOf(ctx.attribute("note")).isPresent());
                    write(ctx, text);
                    failFirstCommit();
                  }));
        });

    assertThat(post("").statusCode()).isEqualTo(200);

    assertThat(managed).containsExactly(false, false);
  }

  @Test
  void workOfBeforeHandlersIsRefusedWhereTheHandlerCommits() {
    serve(
        plugin -> plugin.commit = CommitMode.MANUAL,
        config -> {
          config.routes.before(ctx -> write(ctx, text));
          config.routes.post("/", counted(ctx -> {}));
        });

    assertThat(post("").statusCode()).isEqualTo(500);

    assertThat(calls).hasValue(0);
    assertThat(reported.get())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Commit it or roll it back before");
  }

  // Not repeated

  @Test
  void anotherFailureIsNotRepeated() {
    serve(
        config ->
            config.routes.post(
                "/",
                counted(
                    ctx -> {
                      write(ctx, text);
                      throw new IllegalStateException("no");
                    })));

    assertThat(post("").statusCode()).isEqualTo(500);

    assertThat(calls).hasValue(1);
    assertThat(reported.get()).hasMessage("no").hasNoSuppressedExceptions();
  }

  @Test
  void aStatusThatIsNotCommittedIsNotRepeated() {
    serve(
        config ->
            config.routes.post(
                "/",
                counted(
                    ctx -> {
                      write(ctx, text);
                      failFirstCommit();
                      ctx.status(409);
                    })));

    assertThat(post("").statusCode()).isEqualTo(409);

    assertThat(calls).hasValue(1);
    assertThat(engines.holds(text)).isFalse();
  }

  @Test
  void nothingIsRepeatedOnceAnythingWasCommitted() {
    serve(
        config ->
            config.routes.post(
                "/",
                counted(
                    ctx -> {
                      db(ctx).session("ledger").persist(new Note(text));
                      db(ctx).on("ledger").commit();
                      write(ctx, text);
                      engines.faultyWriter.failNextCommit();
                      db(ctx).on("writer").commit();
                    })));

    assertThat(post("").statusCode()).isEqualTo(500);

    assertThat(calls).hasValue(1);
    assertThat(engines.ledgerHolds(text)).isTrue();
    assertThat(engines.holds(text)).isFalse();
  }

  @Test
  void aCommitOfWhichSomethingIsDurableIsNotRepeated() {
    serve(
        config ->
            config.routes.post(
                "/",
                counted(
                    ctx -> {
                      write(ctx, text);
                      db(ctx).session("ledger").persist(new Note(text));
                      engines.faultyLedger.failNextCommit();
                    })));

    assertThat(post("").statusCode()).isEqualTo(500);

    assertThat(calls).hasValue(1);
  }

  @Test
  void nothingIsRepeatedOnceAByteWasSent() {
    serve(
        config ->
            config.routes.post(
                "/",
                counted(
                    ctx -> {
                      write(ctx, text);
                      engines.faultyWriter.failNextCommit();
                      ctx.outputStream().write(new byte[200_000]);
                      ctx.outputStream().flush();
                    })));

    assertThatThrownBy(() -> post("")).hasCauseInstanceOf(IOException.class);

    assertThat(calls).hasValue(1);
    assertThat(engines.holds(text)).isFalse();
  }

  @Test
  void aDoomedUnitIsNotRepeated() {
    serve(
        config ->
            config.routes.post(
                "/",
                counted(
                    ctx -> {
                      write(ctx, text);
                      db(ctx).doom();
                      db(ctx).commit();
                    })));

    assertThat(post("").statusCode()).isEqualTo(500);

    assertThat(calls).hasValue(1);
  }

  @Test
  void aHandlerThatGoesOnInAFutureIsRefused() {
    AtomicInteger futures = new AtomicInteger();
    serve(
        config ->
            config.routes.post(
                "/",
                counted(
                    ctx -> {
                      write(ctx, text);
                      ctx.future(
                          () -> CompletableFuture.completedFuture(futures.incrementAndGet()));
                    })));

    assertThat(post("").statusCode()).isEqualTo(500);

    assertThat(futures).hasValue(0);
    assertThat(reported.get()).hasMessageContaining("can't be retried: it goes on in a future");
    assertThat(engines.holds(text)).isFalse();
  }

  @Test
  void aRequestMadeAsynchronousBeforeIsRefused() {
    serve(
        config -> {
          config.routes.before(ctx -> ctx.future(() -> CompletableFuture.runAsync(() -> {})));
          config.routes.post("/", counted(ctx -> {}));
        });

    assertThat(post("").statusCode()).isEqualTo(500);

    assertThat(calls).hasValue(0);
    assertThat(reported.get()).hasMessageContaining("made the request asynchronous");
  }

  @Test
  void aHandlerInsideOfARetriedOneIsNotRetriedByItself() {
    serve(
        config ->
            config.routes.post(
                "/",
                retrying(
                    1,
                    counted(
                        ctx -> {
                          write(ctx, text);
                          engines.faultyWriter.failNextCommit();
                          db(ctx).commit();
                        }))));

    assertThat(post("").statusCode()).isEqualTo(500);

    assertThat(calls).hasValue(2);
  }

  @Test
  void aRetryThatIsNoneIsRefused() {
    serve(config -> {});

    assertThatThrownBy(() -> retrying(0, ctx -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least once");
  }

  @Test
  void aRouteWithMetadataOfItsOwnIsRetriedToo() {
    serve(
        config ->
            config.routes.addEndpoint(
                Endpoint.create(HandlerType.POST, "/")
                    .addMetadata(CommitMode.MANUAL)
                    .handler(
                        counted(
                            ctx -> {
                              write(ctx, text);
                              failFirstCommit();
                              db(ctx).commit();
                              write(ctx, "not committed " + text);
                            }))));

    assertThat(post("").statusCode()).isEqualTo(200);

    assertThat(calls).hasValue(2);
    assertThat(engines.countLike("%" + text)).isEqualTo(1);
  }

  // The request's body

  private HttpResponse<String> readTwice(
      String contentType, String body, Function<Context, String> reading) {
    serve(
        config -> {
          config.jsonMapper(new TitleMapper());
          config.routes.post(
              "/",
              counted(
                  ctx -> {
                    String read = reading.apply(ctx);
                    write(ctx, text);
                    failFirstCommit();
                    ctx.result("call " + calls + ": " + read);
                  }));
        });
    return server.send(
        HttpRequest.newBuilder(server.uri("/"))
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofString(body)));
  }

  @Test
  void aBodyIsReadInEachAttempt() {
    assertThat(readTwice("text/plain", "hello", Context::body).body()).isEqualTo("call 2: hello");
  }

  private record Title(String value) {}

  private static final class TitleMapper implements JsonMapper {
    @Override
    @SuppressWarnings("unchecked")
    public <T> T fromJsonString(String json, Type targetType) {
      return (T) new Title(json.replace("\"", ""));
    }
  }

  @Test
  void anObjectIsReadInEachAttempt() {
    String read =
        readTwice("application/json", "\"Emma\"", ctx -> ctx.bodyAsClass(Title.class).value())
            .body();

    assertThat(read).isEqualTo("call 2: Emma");
  }

  @Test
  void aFormIsReadInEachAttempt() {
    String read =
        readTwice(
                "application/x-www-form-urlencoded",
                "title=Emma",
                ctx -> String.valueOf(ctx.formParam("title")))
            .body();

    assertThat(read).isEqualTo("call 2: Emma");
  }

  @Test
  void anUploadedFileIsReadInEachAttempt() {
    String read =
        readTwice(
                "multipart/form-data; boundary=x",
                "--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nEmma\r\n"
                    + "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n"
                    + "Content-Type: text/plain\r\n\r\ncontent\r\n--x--\r\n",
                ctx -> ctx.formParam("title") + content(ctx.uploadedFile("file")))
            .body();

    assertThat(read).isEqualTo("call 2: Emmacontent");
  }

  private static String content(@Nullable UploadedFile file) {
    return file == null
        ? "no file"
        : file.contentAndClose(
            stream -> {
              try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  @Test
  void aBodyThatIsNotReadBeforeTheFailureIsThereInTheNextAttempt() {
    serve(
        config ->
            config.routes.post(
                "/",
                counted(
                    ctx -> {
                      DbSessionsContainer db = db(ctx);
                      write(ctx, text);
                      if (firstCall()) {
                        engines.faultyWriter.failNextCommit();
                        db.commit();
                      }
                      ctx.result(
                          new String(ctx.bodyInputStream().readAllBytes(), StandardCharsets.UTF_8));
                    })));

    assertThat(post("hello").body()).isEqualTo("hello");
  }

  @Test
  void aBodyReadAsAStreamIsNotReadAgainAndTheFailureSaysSo() {
    HttpResponse<String> response =
        readTwice(
            "text/plain",
            "hello",
            ctx -> {
              try {
                return new String(ctx.bodyInputStream().readAllBytes(), StandardCharsets.UTF_8);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(calls).hasValue(1);
    assertThat(reported.get().getSuppressed())
        .singleElement()
        .asString()
        .contains("has read the request's body as a stream");
  }
}
