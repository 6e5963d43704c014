package io.sqlassist.javalin;

import static io.sqlassist.javalin.fixture.TestServer.db;
import static io.sqlassist.javalin.fixture.TestServer.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpStatus;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.RedirectResponse;
import io.javalin.http.servlet.DefaultTasks;
import io.javalin.router.Endpoint;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.javalin.fixture.Engines;
import io.sqlassist.javalin.fixture.Eventually;
import io.sqlassist.javalin.fixture.Note;
import io.sqlassist.javalin.fixture.TestServer;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.EngineStatus;
import io.sqlassist.session.UnitEndedException;
import io.sqlassist.session.UnitOrigin;
import io.sqlassist.session.Units;
import io.sqlassist.transaction.PartialCommitException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.hibernate.Session;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a request's unit of work ends, and how: each line of the table, over a real socket. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RequestLifecycle {

  private final boolean virtualThreads;
  private Engines engines;
  private TestServer server;
  private String text;

  RequestLifecycle(boolean virtualThreads) {
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

  @AfterEach
  void nothingLeaks() {
    if (server != null) {
      engines.assertNothingLeaked();
      server.close();
      server = null;
    }
  }

  private void serve(Consumer<JavalinConfig> config) {
    text = UUID.randomUUID().toString();
    server = TestServer.start(virtualThreads, engines, config);
  }

  private void serve(Consumer<SqlAssistPluginConfig> plugin, Consumer<JavalinConfig> config) {
    text = UUID.randomUUID().toString();
    server =
        TestServer.start(
            virtualThreads,
            new SqlAssistPlugin(
                settings -> {
                  settings.registry = engines.registry;
                  plugin.accept(settings);
                }),
            config);
  }

  private boolean committed() {
    return engines.holds(text);
  }

  // A handler that returns

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 204, 301, 302, 304, 399})
  void aStatusBelow400IsCommitted(int status) {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  ctx.status(status);
                }));

    assertThat(server.get("/").statusCode()).isEqualTo(status);

    assertThat(committed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 409, 500, 503})
  void aStatusFrom400OnIsRolledBack(int status) {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  ctx.status(status);
                }));

    assertThat(server.get("/").statusCode()).isEqualTo(status);

    assertThat(committed()).isFalse();
  }

  @Test
  void theCommitComesBeforeTheFirstByteOfTheBody() {
    AtomicReference<Boolean> committedWhenBodyIsRead = new AtomicReference<>();
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  ctx.result(
                      new InputStream() {
                        private final InputStream body =
                            new ByteArrayInputStream("done".getBytes(StandardCharsets.UTF_8));

                        @Override
                        public int read() throws IOException {
                          committedWhenBodyIsRead.compareAndSet(null, committed());
                          return body.read();
                        }
                      });
                }));

    assertThat(server.get("/").body()).isEqualTo("done");

    assertThat(committedWhenBodyIsRead.get()).isTrue();
  }

  @Test
  void aRequestWithoutErrorGivesItsConnectionsBackBeforeTheBody() {
    AtomicReference<Integer> activeWhenBodyIsRead = new AtomicReference<>();
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  ctx.result(
                      new InputStream() {
                        @Override
                        public int read() {
                          activeWhenBodyIsRead.set(engines.activeConnections());
                          return -1;
                        }
                      });
                }));

    server.get("/");

    assertThat(activeWhenBodyIsRead.get()).isZero();
  }

  // A commit that fails

  @Test
  void aFailedCommitIsA500WithoutBodyAndHeadersOfSuccess() {
    serve(
        config ->
            config.routes.post(
                "/",
                ctx -> {
                  write(ctx, text);
                  engines.faultyWriter.failNextCommit();
                  ctx.status(201).header("Location", "/notes/1").cookie("seen", "yes");
                  ctx.header("Access-Control-Allow-Origin", "*");
                  ctx.result("created");
                }));

    HttpResponse<String> response =
        server.send(
            HttpRequest.newBuilder(server.uri("/")).POST(HttpRequest.BodyPublishers.noBody()));

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("created");
    assertThat(response.headers().map()).doesNotContainKeys("location", "set-cookie");
    assertThat(response.headers().firstValue("access-control-allow-origin")).hasValue("*");
    assertThat(committed()).isFalse();
  }

  @Test
  void aFailedCommitIsAnsweredByTheApplicationsExceptionMapper() {
    serve(
        config -> {
          config.routes.get(
              "/",
              ctx -> {
                write(ctx, text);
                engines.faultyWriter.failNextCommit();
                ctx.result("fine");
              });
          config.routes.exception(
              RuntimeException.class, (e, ctx) -> ctx.status(503).result("try again"));
        });

    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).isEqualTo("try again");
    assertThat(committed()).isFalse();
  }

  @Test
  void anExceptionMapperThatSetsNoStatusAnswersAFailedCommitWith500() {
    serve(
        config -> {
          config.routes.get(
              "/",
              ctx -> {
                write(ctx, text);
                engines.faultyWriter.failNextCommit();
                ctx.status(201).result("created");
              });
          config.routes.exception(RuntimeException.class, (e, ctx) -> ctx.result("mapped"));
        });

    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).isEqualTo("mapped");
  }

  @Test
  void aSecondEngineThatFailsToCommitIsReportedEngineByEngine() {
    AtomicReference<PartialCommitException> reported = new AtomicReference<>();
    serve(
        config -> {
          config.routes.get(
              "/",
              ctx -> {
                write(ctx, text);
                db(ctx).session("ledger").persist(new Note(text));
                engines.faultyLedger.failNextCommit();
              });
          config.routes.exception(
              PartialCommitException.class,
              (e, ctx) -> {
                reported.set(e);
                ctx.status(500);
              });
        });

    assertThat(server.get("/").statusCode()).isEqualTo(500);

    assertThat(reported.get().report()).hasToString("[writer=COMMITTED, ledger=ROLLED_BACK]");
    assertThat(engines.holds(text)).isTrue();
    assertThat(engines.ledgerHolds(text)).isFalse();
  }

  @Test
  void aSwallowedConstraintViolationIsA500AndNotASilentLoss() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  try {
                    write(ctx, text);
                  } catch (ConstraintViolationException e) {
                    ctx.result("all is well");
                  }
                }));

    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("all is well");
    assertThat(committed()).isFalse();
  }

  @Test
  void aFlushThatFailsAtTheEndKeepsItsException() {
    serve(
        config -> {
          config.routes.get(
              "/",
              ctx -> {
                write(ctx, text);
                db(ctx).writer().persist(new Note(text));
              });
          config.routes.exception(
              ConstraintViolationException.class, (e, ctx) -> ctx.status(409).result("duplicate"));
        });

    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(409);
    assertThat(committed()).isFalse();
  }

  // Anything that throws

  @Test
  void anExceptionMappedTo200IsRolledBack() {
    serve(
        config -> {
          config.routes.get(
              "/",
              ctx -> {
                write(ctx, text);
                throw new IllegalStateException("no");
              });
          config.routes.exception(
              IllegalStateException.class, (e, ctx) -> ctx.status(200).result("sorry"));
        });

    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("sorry");
    assertThat(committed()).isFalse();
  }

  @Test
  void anUnmappedExceptionIsRolledBack() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  throw new IllegalStateException("no");
                }));

    assertThat(server.get("/").statusCode()).isEqualTo(500);

    assertThat(committed()).isFalse();
  }

  @Test
  void anErrorIsRolledBack() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  throw new StackOverflowError();
                }));

    assertThat(server.get("/").statusCode()).isEqualTo(500);

    assertThat(committed()).isFalse();
  }

  @Test
  void anHttpResponseExceptionIsRolledBack() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  throw new NotFoundResponse();
                }));

    assertThat(server.get("/").statusCode()).isEqualTo(404);

    assertThat(committed()).isFalse();
  }

  @Test
  void aThrownRedirectIsAnExceptionAndRolledBack() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  throw new RedirectResponse(HttpStatus.FOUND, "moved", Map.of());
                }));

    assertThat(server.get("/").statusCode()).isEqualTo(302);

    assertThat(committed()).isFalse();
  }

  @Test
  void aDoomedUnitIsRolledBackAndTheAnswerStays() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  db(ctx).doom();
                  ctx.result("tried");
                }));

    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("tried");
    assertThat(committed()).isFalse();
  }

  @Test
  void whatTheLoggerWroteStaysWhenTheRequestFails() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  db(ctx).logger().persist(new Note("log " + text));
                  throw new IllegalStateException("no");
                }));

    server.get("/");

    assertThat(engines.holds("log " + text)).isTrue();
    assertThat(committed()).isFalse();
  }

  // Redirects, before and after handlers, error mappers

  @Test
  void aRedirectIsCommitted() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  ctx.redirect("/elsewhere");
                }));

    assertThat(server.get("/").statusCode()).isEqualTo(302);

    assertThat(committed()).isTrue();
  }

  @Test
  void aRedirectFromBeforeIsCommittedThoughTheHandlerIsSkipped() {
    serve(
        config -> {
          config.routes.before(
              ctx -> {
                write(ctx, text);
                ctx.redirect("/elsewhere");
              });
          config.routes.get("/", ctx -> write(ctx, "handler " + text));
        });

    assertThat(server.get("/").statusCode()).isEqualTo(302);

    assertThat(committed()).isTrue();
    assertThat(engines.holds("handler " + text)).isFalse();
  }

  @Test
  void beforeHandlersAndAfterHandlersBelongToTheUnit() {
    serve(
        config -> {
          config.routes.before(ctx -> write(ctx, "before " + text));
          config.routes.get("/", ctx -> write(ctx, text));
          config.routes.after(ctx -> write(ctx, "after " + text));
        });

    assertThat(server.get("/").statusCode()).isEqualTo(200);

    assertThat(engines.countLike("%" + text)).isEqualTo(3);
  }

  @Test
  void anErrorMapperBelongsToTheUnitAndItsStatusDecides() {
    serve(
        config -> {
          config.routes.get("/", ctx -> ctx.status(404));
          config.routes.error(
              404,
              ctx -> {
                write(ctx, text);
                ctx.status(200).result("made up");
              });
        });

    assertThat(server.get("/").statusCode()).isEqualTo(200);

    assertThat(committed()).isTrue();
  }

  @Test
  void aStatusSetByAnAfterHandlerDecides() {
    serve(
        config -> {
          config.routes.get("/", ctx -> write(ctx, text));
          config.routes.after(ctx -> ctx.status(500));
        });

    server.get("/");

    assertThat(committed()).isFalse();
  }

  @Test
  void anExceptionInABeforeHandlerIsRolledBack() {
    serve(
        config -> {
          config.routes.before(
              ctx -> {
                write(ctx, text);
                throw new IllegalStateException("not you");
              });
          config.routes.get("/", ctx -> ctx.result("never"));
          config.routes.exception(
              IllegalStateException.class, (e, ctx) -> ctx.status(200).result("mapped"));
        });

    assertThat(server.get("/").body()).isEqualTo("mapped");

    assertThat(committed()).isFalse();
  }

  @Test
  void anExceptionInAnAfterHandlerIsRolledBack() {
    serve(
        config -> {
          config.routes.get("/", ctx -> write(ctx, text));
          config.routes.after(
              ctx -> {
                throw new IllegalStateException("late");
              });
          config.routes.exception(IllegalStateException.class, (e, ctx) -> ctx.status(200));
        });

    server.get("/");

    assertThat(committed()).isFalse();
  }

  // skipRemainingHandlers()

  @Test
  void skippedHandlersStillCommitASuccess() {
    serve(
        config -> {
          config.routes.get(
              "/",
              ctx -> {
                write(ctx, text);
                ctx.result("short cut").skipRemainingHandlers();
              });
          config.routes.after(ctx -> ctx.status(500));
        });

    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("short cut");
    assertThat(committed()).isTrue();
  }

  @Test
  void skippedHandlersInBeforeStillCommitASuccess() {
    serve(
        config -> {
          config.routes.before(
              ctx -> {
                write(ctx, text);
                ctx.result("cached").skipRemainingHandlers();
              });
          config.routes.get("/", ctx -> ctx.result("fresh"));
        });

    assertThat(server.get("/").body()).isEqualTo("cached");

    assertThat(committed()).isTrue();
  }

  @Test
  void skippedHandlersRollBackAFailure() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  ctx.status(400).skipRemainingHandlers();
                }));

    assertThat(server.get("/").statusCode()).isEqualTo(400);

    assertThat(committed()).isFalse();
  }

  @Test
  void aCommitThatFailsAfterSkippedHandlersIsNotAnsweredWithSuccess() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  engines.faultyWriter.failNextCommit();
                  ctx.result("short cut").skipRemainingHandlers();
                }));

    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("short cut");
    assertThat(committed()).isFalse();
  }

  @Test
  void aCommitThatFailsAfterSkippedHandlersAndALargeBodyBreaksTheAnswerOff() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  engines.faultyWriter.failNextCommit();
                  ctx.result("x".repeat(500_000)).skipRemainingHandlers();
                }));

    assertNoCompleteSuccess("/");

    assertThat(committed()).isFalse();
  }

  // Futures

  @Test
  void aFutureThatSucceedsIsCommitted() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx ->
                    ctx.future(
                        () ->
                            CompletableFuture.runAsync(() -> write(ctx, text))
                                .thenRun(() -> ctx.result("later")))));

    assertThat(server.get("/").body()).isEqualTo("later");

    assertThat(committed()).isTrue();
  }

  @Test
  void aFutureCarriesOnWhatTheHandlerBegan() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, "handler " + text);
                  ctx.future(() -> CompletableFuture.runAsync(() -> write(ctx, "future " + text)));
                }));

    assertThat(server.get("/").statusCode()).isEqualTo(200);

    assertThat(engines.countLike("%" + text)).isEqualTo(2);
  }

  @Test
  void aFutureThatFailsIsRolledBackWhateverTheMappedStatus() {
    serve(
        config -> {
          config.routes.get(
              "/",
              ctx ->
                  ctx.future(
                      () ->
                          CompletableFuture.runAsync(
                              () -> {
                                write(ctx, text);
                                throw new IllegalStateException("no");
                              })));
          config.routes.exception(
              IllegalStateException.class, (e, ctx) -> ctx.status(200).result("mapped"));
        });

    assertThat(server.get("/").body()).isEqualTo("mapped");

    assertThat(committed()).isFalse();
  }

  @Test
  void aCommitThatFailsAfterAFutureIsA500() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx ->
                    ctx.future(
                        () ->
                            CompletableFuture.runAsync(
                                () -> {
                                  write(ctx, text);
                                  engines.faultyWriter.failNextCommit();
                                  ctx.result("fine");
                                }))));

    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("fine");
  }

  @Test
  void aFutureThatTimesOutIsRolledBackAndItsWorkerIsRefused() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    CompletableFuture<Throwable> workersNextUse = new CompletableFuture<>();
    serve(
        config -> {
          config.http.asyncTimeout = 200;
          config.routes.get(
              "/",
              ctx -> {
                write(ctx, text); // here, where no time-out can come first
                ctx.future(
                    () ->
                        CompletableFuture.runAsync(
                            () -> {
                              awaitQuietly(answered);
                              try {
                                write(ctx, "too late " + text);
                                workersNextUse.complete(new AssertionError("not refused"));
                              } catch (RuntimeException e) {
                                workersNextUse.complete(e);
                              }
                            }));
              });
        });

    assertThat(server.get("/").statusCode()).isEqualTo(500);
    answered.countDown();

    assertThat(workersNextUse.get(60, TimeUnit.SECONDS)).isInstanceOf(UnitEndedException.class);
    assertThat(engines.countLike("%" + text)).isZero();
  }

  @Test
  void aTimeOutIsNotAnsweredWithTheSuccessOfALateWorker() {
    CountDownLatch answered = new CountDownLatch(1);
    serve(
        config -> {
          config.http.asyncTimeout = 200;
          config.routes.get(
              "/",
              ctx ->
                  ctx.future(
                      () ->
                          CompletableFuture.runAsync(
                              () -> {
                                write(ctx, text);
                                awaitQuietly(answered);
                              })));
          config.routes.after(ctx -> ctx.status(201).result("as a worker would do"));
        });

    HttpResponse<String> response = server.get("/");
    answered.countDown();

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("as a worker");
    assertThat(committed()).isFalse();
  }

  @Test
  void aTimeOutOfAnAsyncTaskIsRolledBackWhateverItsAnswer() {
    CountDownLatch answered = new CountDownLatch(1);
    serve(
        config ->
            config.routes.get(
                "/",
                ctx ->
                    ctx.async(
                        task -> {
                          task.timeout = 200;
                          task.onTimeout(late -> late.result("still working"));
                        },
                        () -> {
                          write(ctx, text);
                          awaitQuietly(answered);
                        })));

    assertThat(server.get("/").body()).isEqualTo("still working");
    answered.countDown();

    assertThat(committed()).isFalse();
  }

  @Test
  void anAsyncTaskInTimeIsCommitted() {
    serve(
        config ->
            config.routes.get(
                "/", ctx -> ctx.async(task -> task.timeout = 120_000, () -> write(ctx, text))));

    assertThat(server.get("/").statusCode()).isEqualTo(200);

    assertThat(committed()).isTrue();
  }

  @Test
  void afterHandlersOfAFutureSeeTheirOwnUnitWhoeverCompletesIt() {
    AtomicReference<Boolean> own = new AtomicReference<>();
    CompletableFuture<Void> completedByAnother = new CompletableFuture<>();
    CountDownLatch waiting = new CountDownLatch(1);
    serve(
        config -> {
          config.routes.get(
              "/waits",
              ctx -> {
                write(ctx, text);
                ctx.future(
                    () -> {
                      waiting.countDown();
                      return completedByAnother;
                    });
              });
          config.routes.get(
              "/completes",
              ctx -> {
                completedByAnother.complete(null);
                assertThat(Units.current()).isSameAs(db(ctx));
              });
          config.routes.after("/waits", ctx -> own.set(Units.current() == db(ctx)));
        });

    CompletableFuture<Integer> waits =
        CompletableFuture.supplyAsync(() -> server.get("/waits").statusCode());
    awaitQuietly(waiting);
    Eventually.until("the request waits", () -> engines.activeConnections() == 1);
    assertThat(server.get("/completes").statusCode()).isEqualTo(200);

    assertThat(waits.join()).isEqualTo(200);
    assertThat(own.get()).isTrue();
    assertThat(committed()).isTrue();
  }

  @Test
  void aTimeOutLeavesTheSessionOpenUntilTheWorkerHasLetGo() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    CountDownLatch inside = new CountDownLatch(1);
    AtomicReference<Session> session = new AtomicReference<>();
    CompletableFuture<Boolean> openInsideOfTheStatement = new CompletableFuture<>();
    serve(
        config -> {
          config.http.asyncTimeout = 200;
          config.routes.get(
              "/",
              ctx -> {
                session.set(db(ctx).writer());
                CompletableFuture<Void> work =
                    CompletableFuture.runAsync(
                        () ->
                            BlockingFunction.during(
                                session.get(),
                                () -> {
                                  inside.countDown();
                                  awaitQuietly(answered);
                                  openInsideOfTheStatement.complete(session.get().isOpen());
                                }));
                awaitQuietly(inside); // from here on its time runs
                ctx.future(() -> work);
              });
        });

    assertThat(server.get("/").statusCode()).isEqualTo(500);
    answered.countDown();

    assertThat(openInsideOfTheStatement.get(60, TimeUnit.SECONDS)).isTrue();
    Eventually.until("the session is closed", () -> !session.get().isOpen());
  }

  // Streams

  @Test
  void aCommitThatFailsAfterAStreamedBodyBreaksTheAnswerOff() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  engines.faultyWriter.failNextCommit();
                  stream(ctx, 200_000);
                }));

    assertNoCompleteSuccess("/");

    assertThat(committed()).isFalse();
  }

  @Test
  void anExceptionAfterAFlushedBodyIsRolledBackAndBreaksTheAnswerOff() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  stream(ctx, 200_000);
                  throw new IllegalStateException("in the middle");
                }));

    assertNoCompleteSuccess("/");

    assertThat(committed()).isFalse();
  }

  @Test
  void aCommitThatFailsAfterACompressedStreamBreaksTheAnswerOff() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  engines.faultyWriter.failNextCommit();
                  stream(ctx, 200_000);
                  ctx.res().flushBuffer();
                }));

    assertThatThrownBy(
            () ->
                server.send(
                    HttpRequest.newBuilder(server.uri("/")).header("Accept-Encoding", "gzip")))
        .hasCauseInstanceOf(IOException.class);

    assertThat(committed()).isFalse();
  }

  @Test
  void aCommitThatFailsAfterAStreamedFutureLetsTheWorkerGo() throws Exception {
    ExecutorService workers = Executors.newSingleThreadExecutor();
    serve(
        config ->
            config.routes.get(
                "/",
                ctx ->
                    ctx.future(
                        () ->
                            CompletableFuture.runAsync(
                                () -> {
                                  write(ctx, text);
                                  engines.faultyWriter.failNextCommit();
                                  streamUnchecked(ctx, 200_000);
                                },
                                workers))));

    for (int i = 0; i < 20; i++) {
      assertNoCompleteSuccess("/");
    }

    workers.shutdown();
    assertThat(workers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(committed()).isFalse();
  }

  @Test
  void aSuccessThatAWorkerSetsAfterTheTimeOutIsNotAnswered() {
    CountDownLatch timedOut = new CountDownLatch(1);
    CountDownLatch statusSet = new CountDownLatch(1);
    serve(
        config -> {
          config.http.asyncTimeout = 200;
          config.routes.get(
              "/",
              ctx -> {
                write(ctx, text); // here, where no time-out can come first
                ctx.future(
                    () ->
                        CompletableFuture.runAsync(
                            () -> {
                              awaitQuietly(timedOut);
                              ctx.status(201).result("done");
                              statusSet.countDown();
                            }));
              });
          config.routes.after(
              ctx -> {
                timedOut.countDown();
                awaitQuietly(statusSet);
              });
        });

    assertThat(server.get("/").statusCode()).isEqualTo(500);

    assertThat(committed()).isFalse();
  }

  @Test
  void aStreamedBodyWithoutErrorIsCommitted() {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  stream(ctx, 200_000);
                }));

    assertThat(server.get("/").body()).hasSize(200_000);

    assertThat(committed()).isTrue();
  }

  @Test
  void aStreamThatReadsTheSessionsAfterTheEndFailsClearly() {
    AtomicReference<RuntimeException> failure = new AtomicReference<>();
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  DbSessionsContainer db = db(ctx);
                  ctx.result(
                      new InputStream() {
                        @Override
                        public int read() {
                          try {
                            return db.reader().find(Note.class, 1L) == null ? -1 : 1;
                          } catch (RuntimeException e) {
                            failure.set(e);
                            throw e;
                          }
                        }
                      });
                }));

    assertThat(server.get("/").statusCode()).isEqualTo(500);

    assertThat(failure.get())
        .isInstanceOf(UnitEndedException.class)
        .hasMessageContaining("Read what you need before it ends");
  }

  @Test
  void aClientThatDisconnectsInTheMiddleOfTheBodyLeavesNothingBehind() throws Exception {
    CountDownLatch bodyBegun = new CountDownLatch(1);
    CountDownLatch clientGone = new CountDownLatch(1);
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  stream(ctx, 100_000);
                  bodyBegun.countDown();
                  awaitQuietly(clientGone);
                  stream(ctx, 5_000_000);
                }));

    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoLinger(true, 0);
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(bodyBegun.await(60, TimeUnit.SECONDS)).isTrue();
    }
    clientGone.countDown();

    engines.assertNothingLeaked();
    assertThat(committed()).isFalse();
  }

  // Events and messages

  @Test
  void anEventStreamHoldsNothingWhileIdle() throws Exception {
    CompletableFuture<Throwable> refusal = new CompletableFuture<>();
    serve(
        config -> {
          config.routes.before(ctx -> db(ctx).reader().find(Note.class, 1L));
          config.routes.sse(
              "/events",
              client -> {
                client.keepAlive();
                Units.useUnit(
                    engines.registry, db -> db.writer().persist(new Note("event " + text)));
                client.sendEvent("one");
              });
          config.routes.sse(
              "/wrong",
              client -> {
                try {
                  db(client.ctx()).session("ledger");
                  refusal.complete(new AssertionError("not refused"));
                } catch (RuntimeException e) {
                  refusal.complete(e);
                }
              });
        });

    try (Socket events = openEventStream("/events")) {
      Eventually.until("the event's unit is committed", () -> engines.holds("event " + text));
      engines.assertNothingLeaked();
      assertThat(events.isConnected()).isTrue();
    }
    try (Socket events = openEventStream("/wrong")) {
      assertThat(refusal.get(60, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
      assertThat(events.isConnected()).isTrue();
    }
  }

  // Requests that use nothing

  @Test
  void aRequestThatTouchesNoSessionStartsNoUnit() {
    int before = engines.unitsStarted.get();
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  assertThat(db(ctx).statuses().values()).containsOnly(EngineStatus.INIT);
                  ctx.result(String.valueOf(db(ctx).isOpen("writer")));
                }));

    assertThat(server.get("/").body()).isEqualTo("false");
    assertThat(server.get("/unknown").statusCode()).isEqualTo(404);
    assertThat(
            server
                .send(
                    HttpRequest.newBuilder(server.uri("/"))
                        .method("HEAD", HttpRequest.BodyPublishers.noBody()))
                .statusCode())
        .isEqualTo(200);

    assertThat(engines.unitsStarted.get()).isEqualTo(before);
  }

  // The plugin's settings

  @Test
  void manualKeepsOnlyWhatWasCommittedByHand() {
    serve(
        plugin -> plugin.commit = CommitMode.MANUAL,
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, "kept " + text);
                  db(ctx).commit();
                  write(ctx, "lost " + text);
                }));

    assertThat(server.get("/").statusCode()).isEqualTo(200);

    assertThat(engines.holds("kept " + text)).isTrue();
    assertThat(engines.holds("lost " + text)).isFalse();
  }

  @Test
  void aRouteMayDecideOtherwise() {
    serve(
        config ->
            config.routes.addEndpoint(
                Endpoint.create(HandlerType.GET, "/")
                    .addMetadata(CommitMode.MANUAL)
                    .handler(ctx -> write(ctx, text))));

    assertThat(server.get("/").statusCode()).isEqualTo(200);

    assertThat(committed()).isFalse();
  }

  @Test
  void aRuleMayVetoASuccess() {
    serve(
        plugin -> plugin.commitRule = ctx -> !"abort".equals(ctx.res().getHeader("X-Tm")),
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  ctx.header("X-Tm", "abort");
                }));

    assertThat(server.get("/").statusCode()).isEqualTo(200);

    assertThat(committed()).isFalse();
  }

  @Test
  void aRuleMayCommitAStatusFrom400On() {
    serve(
        plugin -> plugin.commitRule = ctx -> ctx.statusCode() < 500,
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  write(ctx, text);
                  ctx.status(409);
                }));

    assertThat(server.get("/").statusCode()).isEqualTo(409);

    assertThat(committed()).isTrue();
  }

  @Test
  void aRuleThatThrowsRollsBack() {
    serve(
        plugin ->
            plugin.commitRule =
                ctx -> {
                  throw new IllegalStateException("undecided");
                },
        config -> config.routes.get("/", ctx -> write(ctx, text)));

    assertThat(server.get("/").statusCode()).isEqualTo(500);

    assertThat(committed()).isFalse();
  }

  @Test
  void theAttributeIsTheSameObjectAsTheExtension() {
    serve(
        plugin -> plugin.attribute = "db",
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  DbSessionsContainer attribute = ctx.attribute("db");
                  assertThat(attribute).isNotNull().isSameAs(db(ctx)).isSameAs(db(ctx));
                  assertThat(Units.current()).isSameAs(attribute);
                  assertThat(db(ctx).attribute("request")).containsSame(ctx);
                }));

    assertThat(server.get("/").statusCode()).isEqualTo(200);
  }

  static final class ShopSessions extends DbSessionsContainer {
    ShopSessions(EngineRegistry registry, UnitOrigin origin) {
      super(registry, origin);
    }

    Session ledger() {
      return session("ledger");
    }
  }

  @Test
  void aContainerOfTheApplicationsIsUsed() {
    serve(
        plugin -> plugin.container = ShopSessions::new,
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  ShopSessions db = ctx.attribute("dbSession");
                  assertThat(db).isNotNull();
                  db.ledger().persist(new Note(text));
                }));

    assertThat(server.get("/").statusCode()).isEqualTo(200);

    assertThat(engines.ledgerHolds(text)).isTrue();
  }

  @Test
  void aUnitThatWasThereBeforeTheRequestIsLeftToItsOwner() {
    try (DbSessionsContainer owners = new DbSessionsContainer(engines.registry, UnitOrigin.NONE)) {
      Filter filter =
          (request, response, chain) -> {
            request.setAttribute("dbSession", owners);
            chain.doFilter(request, response);
          };
      serve(
          config -> {
            config.jetty.modifyServletContextHandler(
                handler ->
                    handler.addFilter(
                        new FilterHolder(filter), "/*", EnumSet.of(DispatcherType.REQUEST)));
            config.routes.get("/", ctx -> write(ctx, text));
          });

      assertThat(server.get("/").statusCode()).isEqualTo(200);

      assertThat(committed()).isFalse();
      assertThat(owners.isOpen("writer")).isTrue();
      owners.commit();
      assertThat(committed()).isTrue();
    }
  }

  @Test
  void aReplacedLifeCycleIsRefusedAtStart() {
    Javalin app = javalinWithPlugin();
    app.unsafe.servletRequestLifecycle = List.of(DefaultTasks.INSTANCE.getHTTP());

    assertThatThrownBy(() -> app.start(0))
        .hasMessageContaining("missing from Javalin's request life cycle")
        .hasMessageContaining("before registering plugins");
  }

  @Test
  void aStageBehindTheLastOneIsRefusedAtStart() {
    Javalin app = javalinWithPlugin();
    app.unsafe.servletRequestLifecycle.add((submit, servlet, ctx, uri) -> {});

    assertThatThrownBy(() -> app.start(0)).hasMessageContaining("not first and last");
  }

  private Javalin javalinWithPlugin() {
    return Javalin.create(
        config ->
            config.registerPlugin(
                new SqlAssistPlugin(plugin -> plugin.registry = engines.registry)));
  }

  // Threads

  @Test
  void theCurrentUnitDoesNotLeakIntoTheNextRequestOfTheThread() {
    serve(
        config -> {
          config.routes.get(
              "/async",
              ctx -> ctx.future(() -> CompletableFuture.runAsync(() -> write(ctx, text))));
          config.routes.get(
              "/sync",
              ctx -> {
                assertThat(Units.current()).isSameAs(db(ctx));
                ctx.result("own");
              });
        });

    assertThat(server.get("/async").statusCode()).isEqualTo(200);
    for (int i = 0; i < 50; i++) {
      assertThat(server.get("/sync").body()).isEqualTo("own");
    }
  }

  private void assertNoCompleteSuccess(String path) {
    assertThatThrownBy(() -> server.tryGet(path)).isInstanceOf(IOException.class);
  }

  private static void stream(Context ctx, int bytes) throws IOException {
    OutputStream out = ctx.outputStream();
    out.write(new byte[bytes]);
    out.flush();
  }

  private static void streamUnchecked(Context ctx, int bytes) {
    try {
      stream(ctx, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Socket openEventStream(String path) throws IOException {
    Socket socket = new Socket("127.0.0.1", server.port());
    socket
        .getOutputStream()
        .write(
            ("GET " + path + " HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new AssertionError("waited in vain");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
