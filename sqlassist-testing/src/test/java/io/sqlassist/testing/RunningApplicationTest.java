package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.session.DbSessionsContainer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import shop.Author;
import shop.Catalogue;

/** Faults, lag and claims about a Javalin application that is running. */
@SqlAssistTest(
    registry = Libraries.OnH2.class,
    transactions = Transactions.UNTOUCHED,
    unit = TestUnit.NONE)
class RunningApplicationTest {

  private static final Library LIBRARY = Libraries.shared(DatabaseKind.H2);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static Javalin app;

  @BeforeAll
  static void start() {
    app =
        Javalin.create(
                config -> {
                  config.registerPlugin(
                      new SqlAssistPlugin(cfg -> cfg.registry = LIBRARY.registry()));
                  config.routes.post(
                      "/authors/{name}",
                      ctx -> {
                        DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                        db.writer().persist(new Author(ctx.pathParam("name")));
                        ctx.status(201);
                      });
                  config.routes.get(
                      "/authors",
                      ctx ->
                          ctx.result(
                              String.join(
                                  ",", Catalogue.names(ctx.with(SqlAssistPlugin.class).reader()))));
                  config.routes.get(
                      "/catalogue",
                      ctx ->
                          ctx.result(
                              String.join(
                                  ",", Catalogue.oneByOne(ctx.with(SqlAssistPlugin.class)))));
                })
            .start(0);
  }

  @AfterAll
  static void stop() {
    app.stop();
  }

  @BeforeEach
  void reset() {
    LIBRARY.reset();
  }

  private static HttpResponse<String> send(String method, String path)
      throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create("http://localhost:" + app.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aRequestWhoseCommitFailsAnswersWith500AndLeavesNothing(Faults faults) throws Exception {
    faults.failCommit("writer");

    assertThat(send("POST", "/authors/lost").statusCode()).isEqualTo(500);
    assertThat(LIBRARY.authors("writer")).isEmpty();
    assertThat(send("POST", "/authors/kept").statusCode()).isEqualTo(201);
    assertThat(LIBRARY.authors("writer")).containsExactly("kept");
  }

  @Test
  void aRequestWhoseAnswerOfTheDatabaseIsLostIsDurableThoughItAnswersWith500(Faults faults)
      throws Exception {
    faults.failCommit("writer", FaultConfig::afterCommit);

    assertThat(send("POST", "/authors/durable").statusCode()).isEqualTo(500);
    assertThat(LIBRARY.authors("writer")).containsExactly("durable");
  }

  @Test
  void aRequestThatGetsNoConnectionFails(Faults faults) throws Exception {
    faults.failAcquisition("reader");

    assertThat(send("GET", "/authors").statusCode()).isGreaterThanOrEqualTo(500);
    assertThat(send("GET", "/authors").statusCode()).isEqualTo(200);
  }

  @Test
  @SimulatedLag("reader")
  void aPageThatReadsFromTheReaderDoesNotShowWhatWasJustWritten(ReplicaLag lag) throws Exception {
    lag.catchUp(); // what other tests have left was deleted after the lag began
    assertThat(send("POST", "/authors/new").statusCode()).isEqualTo(201);

    assertThat(send("GET", "/authors").body()).as("a bug that is visible now").isEmpty();
    lag.catchUp();
    assertThat(send("GET", "/authors").body()).isEqualTo("new");
  }

  @Test
  void statementsOfRequestsCount(Statements statements) throws Exception {
    for (String name : new String[] {"a", "b", "c"}) {
      send("POST", "/authors/" + name);
    }
    statements.assertAtMost("reader", 0);
    send("GET", "/catalogue");

    statements.assertExactly("reader", 4);
    assertThat(statements.list("reader").get(3).place()).startsWith("shop.Catalogue.oneByOne(");
    try {
      statements.assertNoNPlusOne();
    } catch (AssertionError e) {
      assertThat(e).hasMessageContaining("shop.Catalogue.oneByOne(Catalogue.java:");
      return;
    }
    throw new AssertionError("an N+1 that was not found");
  }

  @Test
  void severalRequestsWithOneQueryEachAreNoNPlusOne(Statements statements)
      throws IOException, InterruptedException, SQLException {
    for (int i = 0; i < 5; i++) {
      send("GET", "/authors");
    }

    statements.assertExactly("reader", 5);
    statements.assertNoNPlusOne();
  }
}
