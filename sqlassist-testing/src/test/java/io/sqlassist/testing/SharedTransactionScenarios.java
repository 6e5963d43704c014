package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javalin.config.JavalinConfig;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.SQLGrammarException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A test and an application in one transaction for each engine, on some database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SharedTransactionScenarios {

  /** For the samples, which JUnit makes. */
  private static Shop shop;

  private static Server server;

  /** What ends the transaction around it, without anybody's commit. */
  private static String committing;

  SharedTransactionScenarios(DatabaseKind kind) {
    committing = kind == DatabaseKind.POSTGRESQL ? "commit" : "create table made (id int)";
    shop = new Shop(kind);
    server = Server.start(SharedTransactionScenarios::routes);
  }

  private static void routes(JavalinConfig config) {
    config.registerPlugin(new SqlAssistPlugin(plugin -> plugin.registry = shop.registry()));
    config.routes.post(
        "/books/{title}",
        ctx -> {
          DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
          db.writer().persist(new Book(ctx.pathParam("title")));
          if (ctx.queryParam("quiet") == null) {
            db.logger().persist(new Book("sold " + ctx.pathParam("title")));
          }
          if (ctx.queryParam("fail") != null) {
            throw new IllegalStateException("no");
          }
          ctx.status(201);
        });
    config.routes.post(
        "/later/{title}",
        ctx -> {
          DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
          ctx.future(
              () ->
                  CompletableFuture.runAsync(
                      () -> db.writer().persist(new Book(ctx.pathParam("title")))));
        });
    config.routes.post(
        "/committing/{engine}",
        ctx ->
            ctx.with(SqlAssistPlugin.class)
                .session(ctx.pathParam("engine"))
                .doWork(SharedTransactionScenarios::commit));
    config.routes.post(
        "/stubborn/{title}",
        ctx -> {
          DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
          db.writer().persist(new Book(ctx.pathParam("title")));
          db.writer().flush();
          try {
            db.reader().createNativeQuery("select nope from Book", Integer.class).list();
          } catch (SQLGrammarException e) {
            ctx.status(201); // and the reader is of use all the same
          }
          db.logger().persist(new Book("stubborn " + Shop.titles(db, "reader").size()));
        });
    config.routes.post(
        "/nope",
        ctx -> {
          try {
            ctx.with(SqlAssistPlugin.class)
                .reader()
                .createNativeQuery("select nope from Book", Integer.class)
                .list();
          } catch (SQLGrammarException e) {
            ctx.status(418); // that, and not that the connection is of no use
          }
        });
    config.routes.get(
        "/books",
        ctx ->
            ctx.result(String.join(" ", Shop.titles(ctx.with(SqlAssistPlugin.class), "reader"))));
  }

  private static void commit(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(committing);
    }
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(shop.stored("writer")).isEmpty();
    assertThat(shop.stored("logger")).isEmpty();
    assertThat(shop.connectionsInUse()).isZero();
  }

  @AfterAll
  void close() {
    server.close();
    shop.close();
  }

  static final class OfShop implements RegistrySource {
    @Override
    public EngineRegistry registry() {
      return shop.registry();
    }
  }

  private static void succeeds(Class<?> sample) {
    Kit.succeeds(sample);
  }

  @SqlAssistTest(registry = OfShop.class)
  static class OfARunningServer {

    @Test
    void sees(DbSessionsContainer db) throws Exception {
      db.writer().persist(new Book("Test"));
      db.writer().flush();

      assertThat(server.get("/books")).isEqualTo("Test");
      assertThat(server.post("/books/Kept")).isEqualTo(201);
      assertThat(server.post("/books/Lost?fail")).isEqualTo(500);
      assertThat(server.post("/later/Later")).isEqualTo(200);

      assertThat(Shop.titles(db, "writer")).containsExactly("Kept", "Later", "Test");
      assertThat(Shop.titles(db, "reader")).containsExactly("Kept", "Later", "Test");
      assertThat(Shop.titles(db, "logger")).containsExactly("sold Kept", "sold Lost");
      assertThat(server.get("/books")).isEqualTo("Kept Later Test");
      assertThat(shop.stored("writer")).as("elsewhere").isEmpty();
    }
  }

  @Test
  void testAndServerSeeTheSameAndNothingOfItStays() {
    succeeds(OfARunningServer.class);
  }

  @SqlAssistTest(registry = OfShop.class)
  static class ThatFails {

    @Test
    void fails(DbSessionsContainer db) throws Exception {
      db.writer().persist(new Book("Test"));
      db.commit();
      assertThat(server.post("/books/Kept")).isEqualTo(201);
      throw new AssertionError("on purpose");
    }
  }

  @Test
  void whatATestThatFailsHasDoneIsUndoneToo() {
    assertThat(Kit.failures(Kit.run(ThatFails.class)))
        .singleElement()
        .satisfies(
            failure -> assertThat(failure).hasMessage("on purpose").hasNoSuppressedExceptions());
  }

  @SqlAssistTest(registry = OfShop.class)
  static class OfManyAtOnce {

    @Test
    void turns(DbSessionsContainer db) throws Exception {
      db.writer().persist(new Book("00 test"));
      db.writer().flush();
      List<CompletableFuture<Integer>> answers = new ArrayList<>();
      IntStream.range(10, 30)
          .forEach(
              number ->
                  answers.add(
                      server.postLater("/books/" + number + (number % 2 == 0 ? "?fail" : ""))));
      for (int i = 0; i < 20; i++) {
        assertThat(server.get("/books")).startsWith("00 test");
      }
      for (CompletableFuture<Integer> answer : answers) {
        assertThat(answer.get()).isIn(201, 500);
      }

      assertThat(Shop.titles(db, "writer"))
          .containsExactly("00 test", "11", "13", "15", "17", "19", "21", "23", "25", "27", "29");
    }
  }

  @Test
  void requestsAtOnceTakeTurns() {
    succeeds(OfManyAtOnce.class);
  }

  @SqlAssistTest(registry = OfShop.class)
  static class WithAFailedStatement {

    @Test
    void goesOn(DbSessionsContainer db) throws Exception {
      assertThat(server.post("/books/Emma")).isEqualTo(201);
      assertThat(server.post("/books/Emma?quiet")).isEqualTo(500);
      db.writer().persist(new Book("Emma"));
      assertThatThrownBy(() -> db.writer().flush())
          .isInstanceOf(ConstraintViolationException.class);
      assertThat(server.post("/books/Persuasion")).isEqualTo(201);
      db.rollback();
      db.writer().persist(new Book("Sanditon"));
      db.commit();

      assertThat(Shop.titles(db, "writer")).containsExactly("Emma", "Persuasion", "Sanditon");
    }
  }

  @Test
  void aStatementThatFailsInTheApplicationOrTheTestUndoesNothingOfTheOther() {
    succeeds(WithAFailedStatement.class);
  }

  @SqlAssistTest(registry = OfShop.class)
  static class WithARollback {

    @Test
    void keeps(DbSessionsContainer db) throws Exception {
      db.writer().persist(new Book("1 before"));
      db.writer().flush();
      assertThat(server.post("/books/2")).isEqualTo(201);
      db.writer().persist(new Book("3 after"));
      db.rollback();

      assertThat(Shop.titles(db, "writer")).containsExactly("1 before", "2");
    }
  }

  @Test
  void aRollbackOfTheTestUndoesWhatItDidSinceTheApplicationWorked() {
    succeeds(WithARollback.class);
  }

  @SqlAssistTest(registry = OfShop.class)
  static class OnTheTestsThread {

    @Test
    void joins(DbSessionsContainer db) {
      db.writer().persist(new Book("outer"));
      db.commit();
      Units.useUnit(shop.registry(), inner -> inner.writer().persist(new Book("inner")));
      assertThatThrownBy(
              () ->
                  Units.useUnit(
                      shop.registry(),
                      inner -> {
                        inner.writer().persist(new Book("lost"));
                        throw new IllegalStateException("on purpose");
                      }))
          .hasMessage("on purpose");
      db.on("writer")
          .atomic(
              session -> {
                session.persist(new Book("atomic"));
                return null;
              });
      Units.joinUnit(
          shop.registry(),
          joined -> {
            assertThat(joined).isSameAs(db);
            return null;
          });

      assertThat(Shop.titles(db, "writer")).containsExactly("atomic", "inner", "outer");
      assertThat(shop.stored("writer")).as("elsewhere").isEmpty();
    }
  }

  @Test
  void unitsOnTheTestsThreadAreInTheTransactionToo() {
    succeeds(OnTheTestsThread.class);
  }

  @SqlAssistTest(registry = OfShop.class)
  static class WithAReaderAndALoggerThatFail {

    @Test
    void goesOn(DbSessionsContainer db) throws Exception {
      assertThat(server.post("/stubborn/Emma")).isEqualTo(201);
      assertThat(server.post("/stubborn/Persuasion")).isEqualTo(201);
      assertThatThrownBy(
              () ->
                  Units.useUnit(
                      shop.registry(), unit -> unit.logger().persist(new Book("stubborn 1"))))
          .isInstanceOf(ConstraintViolationException.class);
      assertThat(server.post("/books/Sanditon")).isEqualTo(201);

      assertThat(Shop.titles(db, "reader")).containsExactly("Emma", "Persuasion", "Sanditon");
      assertThat(Shop.titles(db, "logger"))
          .containsExactly("sold Sanditon", "stubborn 1", "stubborn 2");
      assertThat(shop.stored("logger")).as("elsewhere").isEmpty();
    }
  }

  @Test
  void aStatementThatFailsOnAReaderOrALoggerEndsNothing() {
    succeeds(WithAReaderAndALoggerThatFail.class);
  }

  @SqlAssistTest(registry = OfShop.class)
  static class WithReadersThatFailAtOnce {

    @Test
    void turns(DbSessionsContainer db) throws Exception {
      List<CompletableFuture<Integer>> written = new ArrayList<>();
      List<CompletableFuture<Integer>> notRead = new ArrayList<>();
      for (int number = 10; number < 30; number++) {
        written.add(server.postLater("/books/" + number + (number % 2 == 0 ? "?fail" : "")));
        notRead.add(server.postLater("/nope"));
      }
      for (int i = 0; i < 20; i++) {
        assertThat(notRead.get(i).get()).isEqualTo(418);
        assertThat(written.get(i).get()).isEqualTo(i % 2 == 0 ? 500 : 201);
      }

      assertThat(Shop.titles(db, "reader"))
          .containsExactly("11", "13", "15", "17", "19", "21", "23", "25", "27", "29");
    }
  }

  @Test
  void readersThatFailWhileOthersWriteUndoNothingOfThem() {
    succeeds(WithReadersThatFailAtOnce.class);
  }

  @SqlAssistTest(registry = OfShop.class)
  static class WhoseApplicationCommits {

    @Test
    void succeeds() throws Exception {
      assertThat(server.post("/books/Emma")).isEqualTo(201);
      server.post("/committing/writer"); // how it answers is the database's affair
    }
  }

  @Test
  void anApplicationThatCommitsTheSharedTransactionIsTold() throws SQLException {
    List<Throwable> failures = Kit.failures(Kit.run(WhoseApplicationCommits.class));
    List<String> stay = shop.stored("writer");
    shop.execute("writer", "delete from Book", "drop table if exists made");

    assertThat(stay).containsExactly("Emma");
    assertThat(failures)
        .singleElement()
        .satisfies(
            failure ->
                assertThat(failure)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll(
                        "WhoseApplicationCommits.succeeds", "[writer]", "committed", "DDL"));
  }

  @SqlAssistTest(registry = OfShop.class)
  static class WhoseLoggerCommits {

    @Test
    void fails() throws Exception {
      assertThat(server.post("/books/Emma")).isEqualTo(201);
      server.post("/committing/logger");
      throw new AssertionError("on purpose");
    }
  }

  @Test
  void itIsToldBesidesWhatTheTestFailsWith() throws SQLException {
    List<Throwable> failures = Kit.failures(Kit.run(WhoseLoggerCommits.class));
    List<String> stay = shop.stored("logger");
    shop.execute("logger", "delete from Book", "drop table if exists made");

    assertThat(stay).containsExactly("sold Emma");
    assertThat(failures)
        .singleElement()
        .satisfies(failure -> assertThat(failure).hasMessage("on purpose"));
    assertThat(failures.get(0).getSuppressed())
        .singleElement()
        .satisfies(lost -> assertThat(lost).hasMessageContaining("[logger]"));
  }
}
