package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.javalin.config.JavalinConfig;
import io.sqlassist.SqlAssist;
import io.sqlassist.engine.ReadOnlyEngineException;
import io.sqlassist.javalin.EnginesAtStop;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.javalin.fixture.Eventually;
import io.sqlassist.javalin.fixture.FaultyDataSource;
import io.sqlassist.transaction.Outcome;
import io.sqlassist.transaction.PartialCommitException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The code of docs/problem.md: each defect of sessions wired by hand is shown to be one, and then
 * not to be there with SqlAssist.
 */
class ProblemTest {

  private HikariDataSource pool;
  private HikariDataSource ledgerPool;
  private FaultyDataSource database;
  private FaultyDataSource ledgerDatabase;
  private SessionFactory factory;
  private SessionFactory ledgerFactory;

  @BeforeEach
  void startBoth() {
    pool = pool("jdbc:h2:mem:problem");
    ledgerPool = pool("jdbc:h2:mem:problem_ledger");
    database = new FaultyDataSource(pool);
    ledgerDatabase = new FaultyDataSource(ledgerPool);
    factory = factory(database);
    ledgerFactory = factory(ledgerDatabase);
    SqlAssist.initializeEngine("writer", database);
    SqlAssist.initializeEngine("reader", database, engine -> engine.readOnly());
    SqlAssist.initializeEngine("ledger", ledgerDatabase);
  }

  @AfterEach
  void closeBoth() {
    SqlAssist.shutdown();
    factory.close();
    ledgerFactory.close();
    pool.close();
    ledgerPool.close();
  }

  private static HikariDataSource pool(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    return new HikariDataSource(config);
  }

  private static SessionFactory factory(FaultyDataSource database) {
    Configuration configuration = new Configuration();
    configuration.addAnnotatedClass(Book.class);
    configuration.addAnnotatedClass(AuditLine.class);
    configuration.addAnnotatedClass(Booking.class);
    configuration.setProperty("hibernate.hbm2ddl.auto", "create");
    configuration.getProperties().put("hibernate.connection.datasource", database);
    return configuration.buildSessionFactory();
  }

  private void wireByHand(JavalinConfig config) {
    // tag::by-hand[]
    config.routes.before(
        ctx -> {
          Session session = factory.openSession();
          session.beginTransaction();
          ctx.attribute("session", session);
        });
    config.routes.after(
        ctx -> {
          Session session = ctx.attribute("session");
          if (ctx.statusCode() < 400) {
            session.getTransaction().commit();
          } else {
            session.getTransaction().rollback();
          }
          session.close();
        });
    // end::by-hand[]
  }

  private static void wireSqlAssist(JavalinConfig config) {
    config.registerPlugin(new SqlAssistPlugin(plugin -> plugin.enginesAtStop = EnginesAtStop.KEEP));
  }

  private int connectionsInUse() {
    return Shop.activeConnections(pool);
  }

  // The leak

  @Test
  void aSkippedAfterHandlerLeaksTheSession() throws Exception {
    try (Server server =
        Server.start(
            config -> {
              wireByHand(config);
              // tag::leak[]
              config.routes.get(
                  "/books",
                  ctx -> {
                    Session session = ctx.attribute("session");
                    ctx.result(titles(session)).skipRemainingHandlers();
                  });
              // end::leak[]
            })) {
      assertThat(server.get("/books").statusCode()).isEqualTo(200);
      assertThat(server.get("/books").statusCode()).isEqualTo(200);
      assertThat(connectionsInUse()).isEqualTo(2);
    }
  }

  @Test
  void withSqlAssistASkippedHandlerLeaksNothing() throws Exception {
    try (Server server =
        Server.start(
            config -> {
              wireSqlAssist(config);
              config.routes.get(
                  "/books",
                  ctx ->
                      ctx.result(titles(ctx.with(SqlAssistPlugin.class).writer()))
                          .skipRemainingHandlers());
            })) {
      assertThat(server.get("/books").statusCode()).isEqualTo(200);
      assertThat(server.get("/books").statusCode()).isEqualTo(200);
      Eventually.until("the connections are back", () -> connectionsInUse() == 0);
    }
  }

  private static String titles(Session session) {
    return String.join(
        ", ", session.createSelectionQuery("select title from Book", String.class).list());
  }

  // The failed request that is committed

  @Test
  void aFailedRequestWithAFriendlyPageIsCommitted() throws Exception {
    try (Server server =
        Server.start(
            config -> {
              wireByHand(config);
              // tag::mapped[]
              config.routes.post(
                  "/orders",
                  ctx -> {
                    Session session = ctx.attribute("session");
                    session.persist(new Booking("order 1"));
                    throw new SoldOutException();
                  });
              config.routes.exception(
                  SoldOutException.class, (e, ctx) -> ctx.html("<h1>Sorry, sold out</h1>"));
              // end::mapped[]
            })) {
      assertThat(server.post("/orders").statusCode()).isEqualTo(200);
    }
    assertThat(stored("writer", "select orderNumber from Booking")).containsExactly("order 1");
  }

  @Test
  void withSqlAssistItIsRolledBackAndThePageStays() throws Exception {
    try (Server server =
        Server.start(
            config -> {
              wireSqlAssist(config);
              config.routes.post(
                  "/orders",
                  ctx -> {
                    ctx.with(SqlAssistPlugin.class).writer().persist(new Booking("order 1"));
                    throw new SoldOutException();
                  });
              config.routes.exception(
                  SoldOutException.class, (e, ctx) -> ctx.html("<h1>Sorry, sold out</h1>"));
            })) {
      HttpResponse<String> response = server.post("/orders");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).contains("sold out");
    }
    assertThat(stored("writer", "select orderNumber from Booking")).isEmpty();
  }

  // The violation that was caught

  @Test
  void aCaughtViolationMakesTheCommitLoseTheWorkSilently() throws Exception {
    try (Server server =
        Server.start(
            config -> {
              wireByHand(config);
              // tag::caught[]
              config.routes.post(
                  "/books",
                  ctx -> {
                    Session session = ctx.attribute("session");
                    session.persist(new Book("Emma"));
                    session.flush();
                    try {
                      session.persist(new Book("Emma"));
                      session.flush();
                    } catch (ConstraintViolationException e) {
                      // we have it already: fine
                    }
                    ctx.result("stored");
                  });
              // end::caught[]
            })) {
      HttpResponse<String> response = server.post("/books");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo("stored");
    }
    assertThat(stored("writer", "select title from Book")).isEmpty();
  }

  @Test
  void withSqlAssistACaughtViolationIsA500() throws Exception {
    try (Server server =
        Server.start(
            config -> {
              wireSqlAssist(config);
              config.routes.post(
                  "/books",
                  ctx -> {
                    Session session = ctx.with(SqlAssistPlugin.class).writer();
                    session.persist(new Book("Emma"));
                    session.flush();
                    try {
                      session.persist(new Book("Emma"));
                      session.flush();
                    } catch (ConstraintViolationException e) {
                      // we have it already: fine
                    }
                    ctx.result("stored");
                  });
            })) {
      HttpResponse<String> response = server.post("/books");
      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body()).doesNotContain("stored");
    }
    assertThat(stored("writer", "select title from Book")).isEmpty();
  }

  // The success that was not one

  @Test
  void aStreamedBodyIsACompleteSuccessAlthoughTheCommitFails() throws Exception {
    try (Server server =
        Server.start(
            config -> {
              wireByHand(config);
              config.routes.before("/report", ctx -> database.failNextCommit());
              // tag::streamed[]
              config.routes.get(
                  "/report",
                  ctx -> {
                    Session session = ctx.attribute("session");
                    session.persist(new AuditLine("report downloaded"));
                    ctx.outputStream().write(new byte[200_000]);
                  });
              // end::streamed[]
            })) {
      HttpResponse<String> response = server.get("/report");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).hasSizeGreaterThanOrEqualTo(200_000).endsWith("Server Error");
    }
    assertThat(stored("writer", "select text from AuditLine")).isEmpty();
  }

  @Test
  void withSqlAssistTheClientDoesNotGetACompleteAnswer() {
    try (Server server =
        Server.start(
            config -> {
              wireSqlAssist(config);
              config.routes.get(
                  "/report",
                  ctx -> {
                    ctx.with(SqlAssistPlugin.class).writer().persist(new AuditLine("downloaded"));
                    database.failNextCommit();
                    ctx.outputStream().write(new byte[200_000]);
                  });
            })) {
      assertThatThrownBy(() -> server.get("/report")).isInstanceOf(IOException.class);
    }
  }

  // Two databases

  @Test
  void theSecondCommitFindsTheDuplicateWhenTheFirstIsDone() {
    persistBooking("order 1");
    try (Session shop = factory.openSession();
        Session ledger = ledgerFactory.openSession()) {
      assertThatThrownBy(
              () -> {
                // tag::two-commits[]
                shop.beginTransaction();
                ledger.beginTransaction();
                shop.persist(new Book("Emma"));
                ledger.persist(new Booking("order 1")); // booked before: a duplicate

                shop.getTransaction().commit();
                ledger.getTransaction().commit(); // the INSERT is sent here, and fails
                // end::two-commits[]
              })
          .hasRootCauseInstanceOf(SQLException.class);
      ledger.getTransaction().rollback();
    }
    assertThat(stored("writer", "select title from Book")).containsExactly("Emma");
  }

  @Test
  void withSqlAssistADuplicateInOneDatabaseLeavesNothingInTheOther() {
    persistBooking("order 1");
    assertThatThrownBy(
            () -> {
              // tag::one-unit[]
              SqlAssist.useUnit(
                  db -> {
                    db.writer().persist(new Book("Emma"));
                    db.session("ledger").persist(new Booking("order 1"));
                  });
              // end::one-unit[]
            })
        .isInstanceOf(ConstraintViolationException.class);
    assertThat(stored("writer", "select title from Book")).isEmpty();
  }

  @Test
  void aSecondCommitThatFailsIsReportedEngineByEngine() {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    // tag::partial[]
    try {
      SqlAssist.useUnit(
          db -> {
            db.writer().persist(new Book("Emma"));
            db.session("ledger").persist(new Booking("order 1"));
            ledgerDatabase.failNextCommit(); // a test's way to make the second commit fail
          });
    } catch (PartialCommitException e) {
      outcomes.putAll(e.report().outcomes()); // {writer=COMMITTED, ledger=ROLLED_BACK}
    }
    // end::partial[]
    assertThat(outcomes)
        .containsExactly(
            Map.entry("writer", Outcome.COMMITTED), Map.entry("ledger", Outcome.ROLLED_BACK));
  }

  private void persistBooking(String order) {
    SqlAssist.useUnit(db -> db.session("ledger").persist(new Booking(order)));
  }

  // The connection that waits

  @Test
  void aConnectionIsHeldFromTheFirstLineOn() throws Exception {
    AtomicInteger held = new AtomicInteger(-1);
    try (Server server =
        Server.start(
            config -> {
              wireByHand(config);
              // tag::held[]
              config.routes.get(
                  "/price",
                  ctx -> {
                    String rate = askTheBank(); // takes a second
                    Session session = ctx.attribute("session");
                    ctx.result(rate + " for " + titles(session));
                  });
              // end::held[]
              config.routes.before("/price", ctx -> held.set(connectionsInUse()));
            })) {
      assertThat(server.get("/price").statusCode()).isEqualTo(200);
    }
    assertThat(held).hasValue(1);
  }

  @Test
  void withSqlAssistTheFirstStatementAcquiresTheConnection() throws Exception {
    AtomicInteger held = new AtomicInteger(-1);
    try (Server server =
        Server.start(
            config -> {
              wireSqlAssist(config);
              config.routes.get(
                  "/price",
                  ctx -> {
                    Session session = ctx.with(SqlAssistPlugin.class).writer();
                    String rate = askTheBank();
                    held.set(connectionsInUse());
                    ctx.result(rate + " for " + titles(session));
                  });
            })) {
      assertThat(server.get("/price").statusCode()).isEqualTo(200);
    }
    assertThat(held).hasValue(0);
  }

  private static String askTheBank() {
    return "1.08";
  }

  // The write that goes nowhere

  @Test
  void aReadOnlySessionLosesAChangeSilently() {
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Ema")));
    try (Session session = factory.openSession()) {
      // tag::read-only-lost[]
      session.setDefaultReadOnly(true);
      session.beginTransaction();
      Book book = session.createSelectionQuery("from Book", Book.class).getSingleResult();
      book.rename("Emma");
      session.getTransaction().commit(); // says nothing, writes nothing
      // end::read-only-lost[]
    }
    assertThat(stored("writer", "select title from Book")).containsExactly("Ema");
  }

  @Test
  void withSqlAssistTheReaderRefuses() {
    SqlAssist.useUnit(db -> db.writer().persist(new Book("Ema")));
    assertThatThrownBy(
            () ->
                SqlAssist.useUnit(
                    db ->
                        db.reader()
                            .createSelectionQuery("from Book", Book.class)
                            .getSingleResult()
                            .rename("Emma")))
        .isInstanceOf(ReadOnlyEngineException.class)
        .satisfies(failure -> Pages.assertShows("problem.md", failure));
  }

  private static List<String> stored(String engine, String query) {
    return Shop.stored(engine, query);
  }
}
