package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.sqlassist.SqlAssist;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.ReadOnlyEngineException;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.javalin.fixture.FaultyDataSource;
import io.sqlassist.session.DbSessionsContainer;
import jakarta.persistence.RollbackException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the pages claim in prose, without code beside it. */
class ClaimsTest {

  private FaultyDataSource billing;
  private Server server;

  @BeforeEach
  void openShop() {
    Shop.startEngines();
    Shop.startLedger();
    billing = new FaultyDataSource(DatabaseKind.H2.fresh().dataSource());
    SqlAssist.initializeEngine(
        "billing", billing, engine -> engine.property("hibernate.hbm2ddl.auto", "create"));
  }

  @AfterEach
  void closeShop() {
    if (server != null) {
      server.close();
    }
    Shop.close();
  }

  private void serve(Consumer<JavalinConfig> config) {
    server =
        Server.start(
            javalin -> {
              javalin.registerPlugin(new SqlAssistPlugin());
              config.accept(javalin);
            });
  }

  private static DbSessionsContainer db(Context ctx) {
    return ctx.with(SqlAssistPlugin.class);
  }

  private void bookAndFailTheCommit(Context ctx) {
    db(ctx).session("billing").persist(new Booking("order 1"));
    billing.failNextCommit();
  }

  // README: what it does not do

  @Test
  void aWholeBodyOfADeclaredLengthIsOutOfReach() throws Exception {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  bookAndFailTheCommit(ctx);
                  ctx.header("Content-Length", "5");
                  ctx.outputStream().write("whole".getBytes(StandardCharsets.UTF_8));
                  ctx.outputStream().flush();
                }));

    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("whole");
    assertThat(Shop.stored("billing", "select orderNumber from Booking")).isEmpty();
  }

  @Test
  void anExceptionThatTheHandlerCatchesNeverHappened() throws Exception {
    serve(
        config ->
            config.routes.get(
                "/",
                ctx -> {
                  try {
                    db(ctx).writer().persist(new Book("Emma"));
                    throw new SoldOutException();
                  } catch (SoldOutException e) {
                    ctx.result("sorry");
                  }
                }));

    assertThat(server.get("/").body()).isEqualTo("sorry");
    assertThat(Shop.titles()).containsExactly("Emma");
  }

  // docs/javalin.md

  @Test
  void errorMappersAreNotRunForAFailedCommit() throws Exception {
    serve(
        config -> {
          config.routes.get("/", this::bookAndFailTheCommit);
          config.routes.error(500, ctx -> ctx.result("by the error mapper"));
        });

    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("error mapper");
  }

  // docs/unit-of-work.md

  @Test
  void entitiesStayManagedAfterACommitAndNotAfterARollback() {
    SqlAssist.useUnit(
        db -> {
          Session writer = db.writer();
          Book book = new Book("Emma");
          writer.persist(book);
          db.commit();
          assertThat(writer.contains(book)).isTrue();
          db.rollback();
          assertThat(writer.contains(book)).isFalse();
        });
  }

  @Test
  void aCommitOfADoomedUnitThrows() {
    SqlAssist.useUnit(
        db -> {
          db.writer().persist(new Book("Emma"));
          db.doom();
          assertThatThrownBy(db::commit).isInstanceOf(RollbackException.class);
        });

    assertThat(Shop.titles()).isEmpty();
  }

  @Test
  void changesAfterACommitByHandAreRefused() {
    assertThatThrownBy(
            () ->
                SqlAssist.useUnit(
                    db -> {
                      Book book = new Book("Emma");
                      db.writer().persist(book);
                      db.writer().getTransaction().commit();
                      book.rename("Persuasion");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has changes that no transaction covers");

    assertThat(Shop.titles()).containsExactly("Emma");
  }

  // docs/design/commit-of-several-engines.md

  @Test
  void theEngineThatWasUsedFirstCommitsFirst() {
    SqlAssist.useUnit(
        db -> {
          db.session("ledger").persist(new Booking("order 1"));
          db.writer().persist(new Book("Emma"));
          assertThat(db.commit()).hasToString("[ledger=COMMITTED, writer=COMMITTED]");
        });
  }

  @Test
  void aLogLineThatCannotBeWrittenAtTheEndRollsTheOthersBack() {
    assertThatThrownBy(
            () ->
                SqlAssist.useUnit(
                    db -> {
                      db.writer().persist(new Book("Mansfield Park"));
                      db.logger().persist(new Book("Emma"));
                      Book second = new Book("Persuasion");
                      db.logger().persist(second);
                      second.rename("Emma"); // flushed at the end: a duplicate
                    }))
        .isInstanceOf(ConstraintViolationException.class);

    assertThat(Shop.titles()).isEmpty();
    assertThat(Shop.stored("logger", "select title from Book order by title"))
        .containsExactly("Emma", "Persuasion");
  }

  @Test
  void theLoggerFlushesWhatIsLeftWhenTheUnitFails() {
    assertThatThrownBy(
            () ->
                SqlAssist.useUnit(
                    db -> {
                      Book book = new Book("Ema");
                      db.logger().persist(book);
                      book.rename("Emma");
                      throw new SoldOutException();
                    }))
        .isInstanceOf(SoldOutException.class);

    assertThat(Shop.stored("logger", "select title from Book")).containsExactly("Emma");
  }

  // docs/engines.md

  @Test
  void twoQueriesOfAReaderMaySeeTwoStates() {
    SqlAssist.useUnit(
        db -> {
          assertThat(countBooks(db.reader())).isZero();
          SqlAssist.useUnit(other -> other.writer().persist(new Book("Emma")));
          assertThat(countBooks(db.reader())).isEqualTo(1);
        });
  }

  private static long countBooks(Session session) {
    return session.createSelectionQuery("select count(*) from Book", Long.class).getSingleResult();
  }

  @Test
  void aReaderRefusesALockASettingAndASequence() {
    for (String sql :
        new String[] {
          "select * from Book for update", "set lock_timeout 5", "select next value for Book_SEQ"
        }) {
      assertThatThrownBy(
              () ->
                  SqlAssist.useUnit(
                      db -> db.reader().createNativeQuery(sql, Object.class).getResultList()))
          .as(sql)
          .isInstanceOf(ReadOnlyEngineException.class);
    }
  }

  @Test
  void aTransactionBegunByHandOnTheLoggerDoesNothing() {
    SqlAssist.useUnit(
        db -> {
          db.logger().beginTransaction();
          db.logger().persist(new AuditLine("kept"));
          db.logger().getTransaction().rollback();
        });

    assertThat(Shop.audit()).containsExactly("kept");
  }
}
