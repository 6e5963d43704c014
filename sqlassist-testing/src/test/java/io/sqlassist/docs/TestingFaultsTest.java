package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import io.sqlassist.SqlAssist;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.shard.ShardChooser;
import io.sqlassist.testing.FaultConfig;
import io.sqlassist.testing.Faults;
import io.sqlassist.testing.LeakCheck;
import io.sqlassist.testing.MaxStatements;
import io.sqlassist.testing.Mirror;
import io.sqlassist.testing.NoNPlusOne;
import io.sqlassist.testing.ReplicaLag;
import io.sqlassist.testing.SimulatedLag;
import io.sqlassist.testing.SqlAssistTest;
import io.sqlassist.testing.Statements;
import io.sqlassist.testing.TestDatabase;
import io.sqlassist.testing.TestUnit;
import io.sqlassist.testing.Transactions;
import io.sqlassist.testing.WithDatabase;
import io.sqlassist.testing.contract.ShardChooserContract;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import shop.Author;
import shop.Catalogue;
import shop.Title;

/** The code of docs/testing-faults.md. */
// tag::database[]
@SqlAssistTest(transactions = Transactions.SEPARATE, unit = TestUnit.NONE)
@WithDatabase(name = "shop")
class TestingFaultsTest {

  @BeforeAll
  static void start(TestDatabase shop) {
    SqlAssist.defaults(engine -> engine.entities(Author.class, Title.class));
    SqlAssist.initializeEngine("writer", shop::configure).createTables();
    SqlAssist.initializeEngine(
        "reader",
        engine -> {
          shop.readOnlyUser().configure(engine); // may only SELECT
          engine.readOnly();
        });
    app = application().start(0);
  }

  // end::database[]

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static Javalin app;

  private static Javalin application() {
    return Javalin.create(
        config -> {
          config.registerPlugin(new SqlAssistPlugin());
          config.routes.post(
              "/authors/{name}",
              ctx -> {
                ctx.with(SqlAssistPlugin.class).writer().persist(new Author(ctx.pathParam("name")));
                ctx.status(201);
              });
          config.routes.get(
              "/authors",
              ctx ->
                  ctx.result(
                      String.join(",", Catalogue.names(ctx.with(SqlAssistPlugin.class).reader()))));
        });
  }

  @AfterAll
  static void stop() {
    app.stop(); // closes the engines, too
  }

  private static int post(String path) throws IOException, InterruptedException {
    return send("POST", path).statusCode();
  }

  private static String get(String path) throws IOException, InterruptedException {
    return send("GET", path).body();
  }

  private static HttpResponse<String> send(String method, String path)
      throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create("http://localhost:" + app.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static List<String> stored() {
    return SqlAssist.<List<String>, RuntimeException>inUnit(db -> Catalogue.names(db.writer()));
  }

  // tag::commit[]
  @Test
  void anAuthorThatCanNotBeCommittedIsNotConfirmed(Faults faults) throws Exception {
    faults.failCommit("writer");

    assertThat(post("/authors/Austen")).isEqualTo(500);
    assertThat(stored()).doesNotContain("Austen");
    assertThat(post("/authors/Austen")).isEqualTo(201); // once is the default
  }

  // end::commit[]

  // tag::unknown[]
  @Test
  void aLostAnswerIsNoRollback(Faults faults) throws Exception {
    faults.failCommit("writer", FaultConfig::afterCommit);

    assertThat(post("/authors/Eliot")).isEqualTo(500);
    assertThat(stored()).contains("Eliot"); // doing it again would do it twice
  }

  // end::unknown[]

  // tag::connection[]
  @Test
  void withoutConnectionsThereIsNoPage(Faults faults) throws Exception {
    faults.failAcquisition("reader", fault -> fault.times(2));

    assertThat(send("GET", "/authors").statusCode()).isGreaterThanOrEqualTo(500);
    assertThat(send("GET", "/authors").statusCode()).isGreaterThanOrEqualTo(500);
    assertThat(send("GET", "/authors").statusCode()).isEqualTo(200);
    assertThat(faults.happened("reader")).isEqualTo(2);
  }

  // end::connection[]

  // tag::lag[]
  @Test
  @SimulatedLag("reader")
  void whoAddsAnAuthorMayNotSeeHimAtOnce(ReplicaLag lag) throws Exception {
    post("/authors/Gaskell");

    assertThat(get("/authors")).doesNotContain("Gaskell"); // the bug, visible
    lag.catchUp();
    assertThat(get("/authors")).contains("Gaskell");
  }

  // end::lag[]

  // tag::limits[]
  @Test
  @MaxStatements(engine = "reader", value = 1)
  @MaxStatements(engine = "writer", value = 0)
  @NoNPlusOne
  void theListIsOneQuery() throws Exception {
    get("/authors");
  }

  // end::limits[]

  // tag::statements[]
  @Test
  void addingAnAuthorDoesNotRead(Statements statements) throws Exception {
    post("/authors/Woolf");

    statements.assertAtMost("reader", 0);
    statements.assertAtMost("writer", 2); // the next id, and the insert
    assertThat(statements.list("writer"))
        .extracting(each -> each.sql())
        .anyMatch(sql -> sql.startsWith("insert"));
  }

  // end::statements[]

  @Nested
  @SqlAssistTest(unit = TestUnit.NONE)
  class InASharedTransaction {

    // tag::mirror[]
    @Test
    @Mirror(engine = "reader", of = "writer")
    void theReaderSeesWhatIsNotCommitted() throws Exception {
      post("/authors/Brontë");

      assertThat(get("/authors")).contains("Brontë");
    }

    // end::mirror[]
  }

  // tag::leaks[]
  @Test
  @LeakCheck(graceMillis = 5000)
  void aJobClosesWhatItOpens() {
    try (DbSessionsContainer db = SqlAssist.openUnit()) {
      Catalogue.names(db.reader());
    }
  }

  // end::leaks[]

  // tag::contract[]
  /** Customers are spread by their country. */
  static final class ByCountry implements ShardChooser {
    @Override
    public String shardOf(Object country) {
      return country.equals("NO") ? "north" : "south";
    }
  }

  @Nested
  class ByCountryKeepsItsPromises extends ShardChooserContract {

    @Override
    protected ShardChooser chooser() {
      return new ByCountry();
    }

    @Override
    protected Set<String> shards() {
      return Set.of("north", "south");
    }

    @Override
    protected List<?> keys() {
      return List.of("NO", "IT", "FR");
    }

    @Override
    protected Map<Object, String> known() {
      return Map.of("NO", "north"); // rows are there already
    }
  }

  // end::contract[]

  @Test
  void theDatabaseIsTheOneOfTheAnnotation(TestDatabase shop) throws SQLException {
    assertThat(shop.toString()).contains("jdbc:h2:mem").doesNotContain(shop.password());
  }
}
