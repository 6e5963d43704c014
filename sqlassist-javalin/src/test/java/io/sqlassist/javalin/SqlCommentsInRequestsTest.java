package io.sqlassist.javalin;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.ConnectionListener;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.Units;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Comments and connection listeners know the request, whichever way the handler works. */
class SqlCommentsInRequestsTest {

  private static final List<String> PATHS = new CopyOnWriteArrayList<>();
  private static EngineRegistry registry;
  private static Javalin app;
  private static String last = "";

  private static final ConnectionListener LISTENER =
      new ConnectionListener() {
        @Override
        public void acquired(
            String engine, Connection connection, Function<String, Optional<Object>> attributes) {
          attributes
              .apply("request")
              .map(io.javalin.http.Context.class::cast)
              .ifPresent(ctx -> PATHS.add(ctx.path()));
        }
      };

  @BeforeAll
  static void start() {
    registry = EngineRegistry.create(Observer.NONE);
    DatabaseHandle database = DatabaseKind.H2.fresh();
    registry.initializeEngine(
        "writer",
        config ->
            config
                .url(database.jdbcUrl())
                .username(database.username())
                .password(database.password())
                .entities()
                .connections(LISTENER)
                .sqlComments());
    app =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.registerPlugin(new SqlAssistPlugin(plugin -> plugin.registry = registry));
              config.routes.before(
                  "/before/*", ctx -> remember(ctx.with(SqlAssistPlugin.class).writer()));
              config.routes.get("/before/{id}", ctx -> {});
              config.routes.get(
                  "/books/{id}", ctx -> remember(ctx.with(SqlAssistPlugin.class).writer()));
              config.routes.get(
                  "/inner/{id}", ctx -> Units.useUnit(registry, db -> remember(db.writer())));
              config.routes.get(
                  "/future/{id}",
                  ctx -> {
                    Session session = ctx.with(SqlAssistPlugin.class).writer();
                    ctx.future(() -> CompletableFuture.runAsync(() -> remember(session)));
                  });
              config.routes.error(404, ctx -> remember(ctx.with(SqlAssistPlugin.class).writer()));
            });
    app.start("127.0.0.1", 0);
  }

  @AfterAll
  static void stop() {
    app.stop();
    registry.close();
  }

  @BeforeEach
  void forget() {
    PATHS.clear();
  }

  /** The database itself says which statements it runs: this one. */
  private static void remember(Session session) {
    last =
        session
            .createNativeQuery(
                "select executing_statement from information_schema.sessions"
                    + " where session_id = session_id()",
                String.class)
            .getSingleResult();
  }

  private static String get(String path) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + path))
                    .timeout(Duration.ofMinutes(2))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isIn(200, 404);
    return last.substring(last.indexOf("/*"));
  }

  @Test
  void statementOfAHandlerHasTheTemplateOfItsRoute() throws Exception {
    assertThat(get("/books/17")).isEqualTo("/*engine='writer',route='%2Fbooks%2F%7Bid%7D'*/");
    assertThat(PATHS).containsExactly("/books/17");
  }

  @Test
  void statementOfABeforeHandlerHasTheTemplateOfTheRouteToCome() throws Exception {
    assertThat(get("/before/17")).isEqualTo("/*engine='writer',route='%2Fbefore%2F%7Bid%7D'*/");
  }

  @Test
  void statementOfAnInnerUnitHasTheRouteOfTheOuterOne() throws Exception {
    assertThat(get("/inner/17")).isEqualTo("/*engine='writer',route='%2Finner%2F%7Bid%7D'*/");
    assertThat(PATHS).containsExactly("/inner/17");
  }

  @Test
  void statementOfAFutureHasItsRoute() throws Exception {
    assertThat(get("/future/17")).isEqualTo("/*engine='writer',route='%2Ffuture%2F%7Bid%7D'*/");
    assertThat(PATHS).containsExactly("/future/17");
  }

  @Test
  void pathWithoutARouteIsNotInTheComment() throws Exception {
    assertThat(get("/made-up/by/a/client")).isEqualTo("/*engine='writer'*/");
  }
}
