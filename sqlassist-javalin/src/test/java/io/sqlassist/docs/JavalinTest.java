package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.router.Endpoint;
import io.sqlassist.SqlAssist;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineBusyException;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.javalin.CommitMode;
import io.sqlassist.javalin.RequestTimeout;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.javalin.fixture.Eventually;
import io.sqlassist.javalin.fixture.FaultyDataSource;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitEndedException;
import io.sqlassist.session.UnitTimeoutException;
import io.sqlassist.transaction.PartialCommitException;
import jakarta.servlet.DispatcherType;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/javalin.md. */
class JavalinTest {

  private final CountDownLatch answered = new CountDownLatch(1);
  private Server server;

  @BeforeEach
  void openShop() {
    Shop.startEngines();
    Shop.startLedger();
  }

  @AfterEach
  void closeShop() {
    if (server != null) {
      server.close();
    }
    Shop.close();
  }

  private void serve(Consumer<JavalinConfig> config) {
    server = Server.start(config);
  }

  @Test
  void theContainerIsReachedInThreeWays() throws Exception {
    serve(
        config -> {
          config.registerPlugin(new SqlAssistPlugin());
          config.routes.get(
              "/",
              ctx -> {
                // tag::reach[]
                DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                DbSessionsContainer same = ctx.attribute("dbSession");
                DbSessionsContainer again = SqlAssist.current(); // on the request's own thread
                // end::reach[]
                assertThat(db).isSameAs(same).isSameAs(again);
                ctx.result(db.reader().find(Book.class, 1L) == null ? "empty" : "book");
              });
        });

    assertThat(server.get("/").body()).isEqualTo("empty");
  }

  @Test
  void thePluginHasSixSettings() throws Exception {
    EngineRegistry engines = SqlAssist.registry();
    serve(
        config -> {
          // tag::settings[]
          config.registerPlugin(
              new SqlAssistPlugin(
                  plugin -> {
                    plugin.attribute = "db";
                    plugin.registry = engines;
                    plugin.container = ShopSessions::new;
                    plugin.commit = CommitMode.ON_SUCCESS;
                    plugin.commitRule = ctx -> ctx.statusCode() < 500;
                    plugin.timeout = Duration.ofSeconds(20);
                  }));
          // end::settings[]
          config.routes.post(
              "/orders/{number}",
              ctx -> {
                // tag::shop-sessions-use[]
                ShopSessions db = ctx.attribute("db");
                db.ledger().persist(new Booking(ctx.pathParam("number")));
                // end::shop-sessions-use[]
                ctx.status(409);
              });
        });

    assertThat(server.post("/orders/7").statusCode()).isEqualTo(409);
    assertThat(Shop.bookings()).containsExactly("7");
  }

  @Test
  void aRouteMayCommitByHand() throws Exception {
    serve(
        config -> {
          config.registerPlugin(new SqlAssistPlugin());
          // tag::manual[]
          config.routes.addEndpoint(
              Endpoint.create(HandlerType.POST, "/import")
                  .addMetadata(CommitMode.MANUAL)
                  .handler(
                      ctx -> {
                        DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                        for (String title : ctx.queryParams("title")) {
                          db.writer().persist(new Book(title));
                          db.commit();
                        }
                        db.writer().persist(new Book("not committed, so rolled back"));
                      }));
          // end::manual[]
        });

    assertThat(server.post("/import?title=Emma&title=Persuasion").statusCode()).isEqualTo(200);
    assertThat(Shop.titles()).containsExactly("Emma", "Persuasion");
  }

  @Test
  void aRuleMayVeto() throws Exception {
    serve(
        config -> {
          // tag::rule[]
          config.registerPlugin(
              new SqlAssistPlugin(
                  plugin ->
                      plugin.commitRule =
                          ctx -> ctx.statusCode() < 400 && ctx.header("X-Dry-Run") == null));
          // end::rule[]
          config.routes.post(
              "/books", ctx -> ctx.with(SqlAssistPlugin.class).writer().persist(new Book("Emma")));
        });

    assertThat(server.post("/books").statusCode()).isEqualTo(200);
    assertThat(Shop.titles()).containsExactly("Emma");
  }

  @Test
  void aFailedCommitIsAnsweredByAnExceptionMapper() throws Exception {
    FaultyDataSource billing = new FaultyDataSource(DatabaseKind.H2.fresh().dataSource());
    SqlAssist.initializeEngine(
        "billing", billing, engine -> engine.property("hibernate.hbm2ddl.auto", "create"));
    serve(
        config -> {
          config.registerPlugin(new SqlAssistPlugin());
          // tag::mapper[]
          config.routes.exception(
              PartialCommitException.class,
              (e, ctx) -> ctx.status(500).result("Please call us: " + e.report()));
          // end::mapper[]
          config.routes.post(
              "/books",
              ctx -> {
                DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                db.writer().persist(new Book("Emma"));
                db.session("billing").persist(new Booking("order 1"));
                billing.failNextCommit();
                ctx.status(201);
              });
        });

    assertThat(server.post("/books").body())
        .isEqualTo("Please call us: [writer=COMMITTED, billing=ROLLED_BACK]");
  }

  @Test
  void aHandlerIsCalledAgainAfterAConflict() throws Exception {
    FaultyDataSource billing = new FaultyDataSource(DatabaseKind.H2.fresh().dataSource());
    SqlAssist.initializeEngine(
        "billing", billing, engine -> engine.property("hibernate.hbm2ddl.auto", "create"));
    billing.failNextCommits(2);
    serve(
        config -> {
          config.registerPlugin(new SqlAssistPlugin());
          // tag::retrying[]
          config.routes.post(
              "/orders/{number}",
              SqlAssistPlugin.retrying(
                  3,
                  ctx -> {
                    DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                    db.session("billing").persist(new Booking(ctx.pathParam("number")));
                    ctx.status(201);
                  }));
          // end::retrying[]
        });

    assertThat(server.post("/orders/7").statusCode()).isEqualTo(201);
    assertThat(Shop.stored("billing", "select orderNumber from Booking")).containsExactly("7");
  }

  @Test
  void aRequestMayBeLimitedInTime() throws Exception {
    serve(
        config -> {
          // tag::timeout[]
          config.registerPlugin(
              new SqlAssistPlugin(plugin -> plugin.timeout = Duration.ofMillis(500)));
          config.routes.addEndpoint(
              Endpoint.create(HandlerType.GET, "/report")
                  .addMetadata(new RequestTimeout(Duration.ofMinutes(2)))
                  .handler(ctx -> ctx.result(report(ctx.with(SqlAssistPlugin.class).reader()))));
          // end::timeout[]
          config.routes.get(
              "/slow",
              ctx ->
                  ctx.with(SqlAssistPlugin.class)
                      .reader()
                      .createNativeQuery(
                          "select count(*) from system_range(1, 1000000), system_range(1, 1000000)",
                          Long.class)
                      .getSingleResult());
          // tag::timeout-mapper[]
          config.routes.exception(
              UnitTimeoutException.class, (e, ctx) -> ctx.status(504).result("took too long"));
          // end::timeout-mapper[]
        });

    assertThat(server.get("/report").body()).isEqualTo("0 books");
    assertThat(server.get("/slow").body()).isEqualTo("took too long");
  }

  private static String report(Session reader) {
    return reader.createSelectionQuery("select count(*) from Book", Long.class).getSingleResult()
        + " books";
  }

  @Test
  void aBusyEngineIsAnswered503() throws Exception {
    // tag::busy-engine[]
    SqlAssist.initializeEngine(
        "billing",
        engine ->
            engine
                .url("jdbc:h2:mem:billing")
                .maxConnections(1)
                .acquireTimeout(Duration.ofMillis(300)));
    // end::busy-engine[]
    serve(
        config -> {
          config.registerPlugin(new SqlAssistPlugin());
          config.routes.get(
              "/",
              ctx -> {
                ask(ctx.with(SqlAssistPlugin.class).session("billing"));
                ctx.result("not busy");
              });
        });

    SqlAssist.useUnit(
        db -> {
          ask(db.session("billing"));
          var response = server.get("/");
          assertThat(response.statusCode()).isEqualTo(503);
          assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
        });
    assertThat(server.get("/").body()).isEqualTo("not busy");
  }

  private static void ask(Session session) {
    session.createNativeQuery("select 1", Integer.class).getSingleResult();
  }

  @Test
  void aBusyEngineMayBeAnsweredOtherwise() throws Exception {
    serve(
        config -> {
          config.registerPlugin(new SqlAssistPlugin());
          // tag::busy-mapper[]
          config.routes.exception(
              EngineBusyException.class,
              (e, ctx) ->
                  ctx.status(503)
                      .header("Retry-After", Long.toString(e.retryAfter().toSeconds()))
                      .result("Many want " + e.engine() + " now."));
          // end::busy-mapper[]
          config.routes.get(
              "/",
              ctx -> {
                throw new EngineBusyException("writer", Duration.ofSeconds(2), null, "", null);
              });
        });

    assertThat(server.get("/").body()).isEqualTo("Many want writer now.");
  }

  @Test
  void aFutureCarriesTheUnitToItsWorker() throws Exception {
    serve(
        config -> {
          config.registerPlugin(new SqlAssistPlugin());
          // tag::future[]
          config.routes.post(
              "/books",
              ctx -> {
                DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                ctx.future(
                    () ->
                        CompletableFuture.runAsync(() -> db.writer().persist(new Book("Emma")))
                            .thenRun(() -> ctx.status(201)));
              });
          // end::future[]
        });

    assertThat(server.post("/books").statusCode()).isEqualTo(201);
    assertThat(Shop.titles()).containsExactly("Emma");
  }

  @Test
  void aTimeOutCallbackThatAnswersWithSuccessKeepsNothingOfTheWork() throws Exception {
    serve(
        config -> {
          config.registerPlugin(new SqlAssistPlugin());
          // tag::on-timeout[]
          config.routes.post(
              "/books",
              ctx -> {
                DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                db.writer().persist(new Book("Emma"));
                ctx.async(
                    async -> {
                      async.timeout = 200;
                      async.onTimeout(late -> late.result("will be done").status(202));
                    },
                    () -> {
                      somethingSlow();
                      db.writer().persist(new Book("Persuasion")); // throws: the unit has ended
                    });
              });
          // end::on-timeout[]
        });

    assertThat(server.post("/books").statusCode()).isEqualTo(202);
    answered.countDown();

    assertThat(Shop.titles()).isEmpty();
  }

  private void somethingSlow() throws InterruptedException {
    assertThat(answered.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aStreamReadAfterTheEndFailsAndOneReadBeforeDoesNot() throws Exception {
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));
    AtomicReference<RuntimeException> failure = new AtomicReference<>();
    serve(
        config -> {
          config.registerPlugin(new SqlAssistPlugin());
          config.routes.get(
              "/wrong",
              ctx -> {
                DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                // tag::stream-wrong[]
                ctx.result(new LazyExport(db)); // read when the unit of work is over
                // end::stream-wrong[]
              });
          config.routes.get(
              "/right",
              ctx -> {
                DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                // tag::stream-right[]
                try (InputStream export = new LazyExport(db)) {
                  export.transferTo(ctx.outputStream());
                }
                // end::stream-right[]
              });
        });

    LazyExport.failure = failure;
    assertThat(server.get("/wrong").statusCode()).isEqualTo(500);
    assertThat(failure.get()).isInstanceOf(UnitEndedException.class);
    assertThat(server.get("/right").body()).isEqualTo("E");
  }

  /** Reads the first letter of the first title, late. */
  private static final class LazyExport extends InputStream {

    private static AtomicReference<RuntimeException> failure;
    private final DbSessionsContainer db;
    private boolean read;

    LazyExport(DbSessionsContainer db) {
      this.db = db;
    }

    @Override
    public int read() {
      if (read) {
        return -1;
      }
      read = true;
      try {
        return db.reader()
            .createSelectionQuery("select title from Book", String.class)
            .getSingleResult()
            .charAt(0);
      } catch (RuntimeException e) {
        failure.set(e);
        throw e;
      }
    }
  }

  @Test
  void eachEventHasAUnitOfItsOwn() throws Exception {
    serve(
        config -> {
          config.registerPlugin(new SqlAssistPlugin());
          // tag::sse[]
          config.routes.sse(
              "/events",
              client -> {
                String titles = SqlAssist.inUnit(db -> titles(db.reader()));
                client.sendEvent(titles);
              });
          // end::sse[]
        });
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));

    assertThat(server.events("/events").body()).contains("data: Emma");
  }

  private static String titles(Session session) {
    return String.join(
        ", ", session.createSelectionQuery("select title from Book", String.class).list());
  }

  @Test
  void eachMessageHasAUnitOfItsOwn() {
    serve(
        config -> {
          config.registerPlugin(new SqlAssistPlugin());
          // tag::websocket[]
          config.routes.ws(
              "/orders",
              ws ->
                  ws.onMessage(
                      message ->
                          SqlAssist.useUnit(
                              db -> db.writer().persist(new Book(message.message())))));
          // end::websocket[]
        });

    WebSocket socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(
                URI.create(server.uri("/orders").toString().replace("http", "ws")),
                new WebSocket.Listener() {})
            .join();
    socket.sendText("Emma", true).join();

    Eventually.until("the message is stored", () -> Shop.titles().contains("Emma"));
    socket.abort();
  }

  @Test
  void aRequestInATestMayRunOnTheTestsOwnUnit() throws Exception {
    AtomicReference<DbSessionsContainer> unitOfTheTest = new AtomicReference<>();
    try (DbSessionsContainer db = SqlAssist.openUnit()) {
      unitOfTheTest.set(db);
      serve(
          config -> {
            // tag::test-unit[]
            config.jetty.modifyServletContextHandler(
                handler ->
                    handler.addFilter(
                        (request, response, chain) -> {
                          request.setAttribute("dbSession", unitOfTheTest.get());
                          chain.doFilter(request, response);
                        },
                        "/*",
                        EnumSet.of(DispatcherType.REQUEST)));
            // end::test-unit[]
            config.registerPlugin(new SqlAssistPlugin());
            config.routes.post("/books", JavalinTest::storeEmma);
          });

      assertThat(server.post("/books").statusCode()).isEqualTo(200);
      assertThat(titles(db.writer())).isEqualTo("Emma");
    }

    assertThat(Shop.titles()).isEmpty();
  }

  private static void storeEmma(Context ctx) {
    ctx.with(SqlAssistPlugin.class).writer().persist(new Book("Emma"));
  }
}
