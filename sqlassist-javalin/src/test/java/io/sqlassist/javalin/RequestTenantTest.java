package io.sqlassist.javalin;

import static io.sqlassist.javalin.fixture.TestServer.db;
import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.H2Databases;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.UnknownTenantException;
import io.sqlassist.javalin.fixture.Note;
import io.sqlassist.javalin.fixture.TestServer;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.NoTenantException;
import io.sqlassist.session.Units;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A request is for one tenant, in a handler and in a future. */
class RequestTenantTest {

  private static EngineRegistry registry;

  /** How a route does its work. */
  private enum Mode {
    HANDLER {
      @Override
      void run(Context ctx, Consumer<DbSessionsContainer> work) {
        work.accept(db(ctx));
      }
    },
    FUTURE {
      @Override
      void run(Context ctx, Consumer<DbSessionsContainer> work) {
        DbSessionsContainer db = db(ctx);
        ctx.future(() -> CompletableFuture.runAsync(db.wrap(() -> work.accept(db))));
      }
    };

    abstract void run(Context ctx, Consumer<DbSessionsContainer> work);
  }

  private final String text = UUID.randomUUID().toString();
  private final AtomicInteger asked = new AtomicInteger();

  @BeforeAll
  static void startEngines() {
    registry = EngineRegistry.create(Observer.NONE);
    registry.defaults(config -> config.entities(Note.class));
    start("acme");
    start("globex");
    DatabaseHandle shared = H2Databases.fresh();
    registry.initializeEngine(
        "logger",
        shared.dataSource(),
        config -> config.autocommit().property("hibernate.hbm2ddl.auto", "create"));
  }

  private static void start(String tenant) {
    registry.initializeEngine(
        "writer-" + tenant,
        H2Databases.fresh().dataSource(),
        config -> config.forTenant(tenant, "writer").property("hibernate.hbm2ddl.auto", "create"));
  }

  @AfterAll
  static void closeEngines() {
    registry.close();
  }

  private TestServer serve(Consumer<JavalinConfig> config) {
    return TestServer.start(
        false,
        new SqlAssistPlugin(
            plugin -> {
              plugin.registry = registry;
              plugin.tenant =
                  ctx -> {
                    asked.incrementAndGet();
                    return ctx.header("X-Tenant");
                  };
            }),
        javalin -> {
          javalin.routes.exception(
              UnknownTenantException.class, (e, ctx) -> ctx.status(404).result("unknown"));
          javalin.routes.exception(
              NoTenantException.class, (e, ctx) -> ctx.status(400).result("none"));
          config.accept(javalin);
        });
  }

  private static int getAs(TestServer server, String tenant) {
    return server
        .send(HttpRequest.newBuilder(server.uri("/")).header("X-Tenant", tenant).GET())
        .statusCode();
  }

  private static List<String> stored(String tenant) {
    return registry
        .engine("writer", tenant)
        .sessionFactory()
        .fromStatelessSession(
            session -> session.createSelectionQuery("select text from Note", String.class).list());
  }

  @ParameterizedTest
  @EnumSource
  void theRequestGoesToTheEnginesOfItsTenant(Mode mode) {
    try (TestServer server =
        serve(
            config ->
                config.routes.get(
                    "/", ctx -> mode.run(ctx, db -> db.writer().persist(new Note(text)))))) {
      assertThat(getAs(server, "globex")).isEqualTo(200);
    }

    assertThat(stored("globex")).contains(text);
    assertThat(stored("acme")).doesNotContain(text);
    assertThat(asked).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource
  void anEntityIsRoutedToTheTenantOfTheRequest(Mode mode) {
    try (TestServer server =
        serve(
            config ->
                config.routes.get(
                    "/",
                    ctx ->
                        mode.run(ctx, db -> db.sessionFor(Note.class).persist(new Note(text)))))) {
      assertThat(getAs(server, "acme")).isEqualTo(200);
    }

    assertThat(stored("acme")).contains(text);
  }

  @ParameterizedTest
  @EnumSource
  void twoTenantsOfOneRequestAreCommittedOrRolledBackTogether(Mode mode) {
    try (TestServer server =
        serve(
            config ->
                config.routes.get(
                    "/",
                    ctx ->
                        mode.run(
                            ctx,
                            db -> {
                              db.writer().persist(new Note(text));
                              db.tenant("globex").writer().persist(new Note(text));
                              ctx.status(ctx.queryParamAsClass("status", Integer.class).get());
                            })))) {
      HttpRequest.Builder failing =
          HttpRequest.newBuilder(server.uri("/?status=409")).header("X-Tenant", "acme");
      assertThat(server.send(failing.GET()).statusCode()).isEqualTo(409);
      assertThat(stored("acme")).doesNotContain(text);
      assertThat(stored("globex")).doesNotContain(text);

      HttpRequest.Builder succeeding =
          HttpRequest.newBuilder(server.uri("/?status=201")).header("X-Tenant", "acme");
      assertThat(server.send(succeeding.GET()).statusCode()).isEqualTo(201);
    }

    assertThat(stored("acme")).contains(text);
    assertThat(stored("globex")).contains(text);
  }

  @ParameterizedTest
  @EnumSource
  void anUnknownTenantAndNoneAreErrorsOfTheRequest(Mode mode) {
    try (TestServer server =
        serve(
            config ->
                config.routes.get(
                    "/", ctx -> mode.run(ctx, db -> db.writer().persist(new Note(text)))))) {
      assertThat(getAs(server, "initech")).isEqualTo(404);
      assertThat(server.get("/").statusCode()).isEqualTo(400);
    }

    assertThat(stored("acme")).doesNotContain(text);
    assertThat(stored("globex")).doesNotContain(text);
  }

  @ParameterizedTest
  @EnumSource
  void aBlockOfItsOwnInsideOfTheRequestIsForTheSameTenant(Mode mode) {
    try (TestServer server =
        serve(
            config ->
                config.routes.get(
                    "/",
                    ctx ->
                        mode.run(
                            ctx,
                            db ->
                                Units.useUnit(
                                    registry, inner -> inner.writer().persist(new Note(text))))))) {
      assertThat(getAs(server, "globex")).isEqualTo(200);
    }

    assertThat(stored("globex")).contains(text);
  }

  @Test
  void aRequestThatUsesOnlyEnginesOfEverybodyIsNotAskedForItsTenant() {
    try (TestServer server =
        serve(config -> config.routes.get("/", ctx -> db(ctx).logger().persist(new Note(text))))) {
      assertThat(server.get("/").statusCode()).isEqualTo(200);
    }

    assertThat(asked).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"before", "after"})
  void beforeAndAfterHandlersAreForTheSameTenant(String stage) {
    try (TestServer server =
        serve(
            config -> {
              if (stage.equals("before")) {
                config.routes.before(ctx -> db(ctx).writer().persist(new Note(text)));
              } else {
                config.routes.after(ctx -> db(ctx).writer().persist(new Note(text)));
              }
              config.routes.get("/", ctx -> db(ctx).writer());
            })) {
      assertThat(getAs(server, "globex")).isEqualTo(200);
    }

    assertThat(stored("globex")).contains(text);
    assertThat(asked).hasValue(1);
  }
}
