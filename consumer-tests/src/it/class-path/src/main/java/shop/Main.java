package shop;

import io.javalin.Javalin;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sqlassist.SqlAssist;
import io.sqlassist.debugpanel.DebugPanelPlugin;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.jta.JtaCoordinator;
import io.sqlassist.jta.XaPool;
import io.sqlassist.micrometer.SqlAssistMetrics;
import io.sqlassist.session.DbSessionsContainer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.h2.jdbcx.JdbcDataSource;

/**
 * Two engines that commit together and are measured, a request that uses both, and the panel, which
 * stays off.
 */
public class Main {

  private static final List<String> ENGINES = List.of("writer", "ledger");

  public static void main(String[] args) throws Exception {
    MeterRegistry meters = new SimpleMeterRegistry();
    SqlAssistMetrics.measure(SqlAssist.registry(), meters);
    Path log = Files.createTempDirectory("transaction-log");
    try (JtaCoordinator jta =
        JtaCoordinator.start(
            cfg -> {
              cfg.nodeId = "consumer";
              cfg.objectStore = log;
            })) {
      for (String name : ENGINES) {
        jta.initializeEngine(
            name,
            XaPool.of(database(name)),
            engine -> engine.entities(Book.class).property("hibernate.hbm2ddl.auto", "create"));
      }
      Javalin app = server();
      try {
        int status = postBook(app.port());
        check(status == 201, "The status is " + status);
        for (String name : ENGINES) {
          long books =
              SqlAssist.inUnit(
                  db ->
                      db.session(name)
                          .createSelectionQuery("select count(*) from Book", Long.class)
                          .getSingleResult());
          check(books == 1, "There are " + books + " books in " + name);
          double commits =
              meters.get("sqlassist.commits").tag("engine", name).counter().count();
          check(commits >= 1, commits + " commits of " + name + " are counted");
        }
      } finally {
        app.stop(); // closes the shared engines, too
      }
    }
    System.out.println("A consumer on the class path: fine");
  }

  private static Javalin server() {
    return Javalin.create(
            config -> {
              config.registerPlugin(new SqlAssistPlugin());
              config.registerPlugin(new DebugPanelPlugin(panel -> {}));
              config.routes.post(
                  "/books",
                  ctx -> {
                    DbSessionsContainer db = ctx.attribute("dbSession");
                    db.writer().persist(new Book("Emma"));
                    db.session("ledger").persist(new Book("Emma"));
                    ctx.status(201);
                  });
            })
        .start(0);
  }

  private static int postBook(int port) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/books"))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
  }

  private static JdbcDataSource database(String name) {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1");
    database.setUser("sa");
    database.setPassword("");
    return database;
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
