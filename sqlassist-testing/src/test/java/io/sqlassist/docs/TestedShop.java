package io.sqlassist.docs;

import io.javalin.Javalin;
import io.sqlassist.SqlAssist;
import io.sqlassist.javalin.EnginesAtStop;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.session.DbSessionsContainer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/** The application that docs/testing.md tests: Javalin on a free port, over two databases. */
final class TestedShop implements AutoCloseable {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final Javalin javalin;

  private TestedShop(Javalin javalin) {
    this.javalin = javalin;
  }

  static void startEngines() {
    SqlAssist.defaults(engine -> engine.entities(TestedBook.class));
    SqlAssist.initializeEngine(
        "writer",
        engine ->
            engine.url("jdbc:h2:mem:tested-shop").property("hibernate.hbm2ddl.auto", "create"));
    SqlAssist.initializeEngine(
        "reader", engine -> engine.url("jdbc:h2:mem:tested-shop").readOnly());
    SqlAssist.initializeEngine(
        "logger",
        engine ->
            engine
                .url("jdbc:h2:mem:tested-audit")
                .autocommit()
                .property("hibernate.hbm2ddl.auto", "create"));
  }

  static TestedShop start() {
    return new TestedShop(
        Javalin.create(
                config -> {
                  config.startup.showJavalinBanner = false;
                  config.registerPlugin(
                      new SqlAssistPlugin(plugin -> plugin.enginesAtStop = EnginesAtStop.KEEP));
                  config.routes.post(
                      "/books/{title}",
                      ctx -> {
                        DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                        db.writer().persist(new TestedBook(ctx.pathParam("title")));
                        ctx.status(201);
                      });
                  config.routes.get(
                      "/books",
                      ctx ->
                          ctx.result(
                              String.join(" ", titles(ctx.with(SqlAssistPlugin.class), "reader"))));
                })
            .start("127.0.0.1", 0));
  }

  static List<String> titles(DbSessionsContainer db, String engine) {
    return db.session(engine)
        .createSelectionQuery("select title from Book order by title", String.class)
        .list();
  }

  /** As somebody else sees it. */
  static List<String> stored(String engine) {
    return SqlAssist.engine(engine)
        .sessionFactory()
        .fromSession(
            session ->
                session
                    .createSelectionQuery("select title from Book order by title", String.class)
                    .list());
  }

  int post(String path) throws IOException, InterruptedException {
    return CLIENT
        .send(
            HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  String get(String path) throws IOException, InterruptedException {
    return CLIENT
        .send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + javalin.port() + path);
  }

  @Override
  public void close() {
    javalin.stop();
  }
}
