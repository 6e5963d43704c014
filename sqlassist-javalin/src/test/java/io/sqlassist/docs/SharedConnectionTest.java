package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.config.JavalinConfig;
import io.sqlassist.SqlAssist;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.javalin.EnginesAtStop;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/shared-connection.md. */
class SharedConnectionTest {

  @BeforeEach
  void startShop() {
    Shop.startEngines();
  }

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  private static void importBooks(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("insert into Book (id, title) values (-1, 'Imported')");
    }
  }

  @Test
  void aJobsTransactionTakesTheWorkOfAUnitIn() throws SQLException {
    // tag::job[]
    try (Connection connection = SqlAssist.engine("writer").dataSource().getConnection()) {
      connection.setAutoCommit(false);
      importBooks(connection); // plain JDBC

      Units.inUnit(
          SqlAssist.registry(),
          Map.of("writer", connection),
          db -> {
            db.writer().persist(new Book("Also imported"));
            return null;
          });

      assertThat(Shop.titles()).isEmpty(); // nobody else sees either
      connection.commit(); // both, or none
    }
    // end::job[]

    assertThat(Shop.titles()).containsExactly("Also imported", "Imported");
  }

  private static void routes(JavalinConfig config) {
    config.registerPlugin(new SqlAssistPlugin());
    config.routes.post(
        "/books/{title}",
        ctx -> {
          DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
          db.writer().persist(new Book(ctx.pathParam("title")));
          if (ctx.queryParam("fail") != null) {
            throw new IllegalStateException("no");
          }
          SqlAssist.useUnit(
              inner -> inner.writer().persist(new Book(ctx.pathParam("title") + "!")));
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
    config.routes.get(
        "/books",
        ctx ->
            ctx.result(
                String.join(
                    " ",
                    ctx.with(SqlAssistPlugin.class)
                        .reader()
                        .createSelectionQuery("select title from Book order by title", String.class)
                        .list())));
  }

  @Test
  void requestsOfAWholeTestAreUndoneAtItsEnd()
      throws SQLException, IOException, InterruptedException {
    try (Server server = Server.start(SharedConnectionTest::routes);
        // tag::test[]
        Connection connection = SqlAssist.engine("writer").dataSource().getConnection()) {
      connection.setAutoCommit(false);
      EngineRegistry.Loan loan =
          SqlAssist.registry().lend(Map.of("writer", connection, "reader", connection));
      try {
        assertThat(server.post("/books/Kept").statusCode()).isEqualTo(201);
        assertThat(server.post("/books/Lost?fail").statusCode()).isEqualTo(500);
        assertThat(server.get("/books").body()).isEqualTo("Kept Kept!");
      } finally {
        loan.close();
        connection.rollback(); // what the requests have committed
      }
      // end::test[]
      assertThat(Shop.titles()).isEmpty();
      assertThat(server.get("/books").body()).isEmpty();
    }
  }

  @Test
  void futuresAreJoinedToo() throws SQLException, IOException, InterruptedException {
    try (Server server = Server.start(SharedConnectionTest::routes);
        Connection connection = SqlAssist.engine("writer").dataSource().getConnection()) {
      connection.setAutoCommit(false);
      EngineRegistry.Loan loan = SqlAssist.registry().lend(Map.of("writer", connection));
      try {
        assertThat(server.post("/later/Kept").statusCode()).isEqualTo(200);
        try (Statement statement = connection.createStatement();
            ResultSet row = statement.executeQuery("select title from Book")) {
          assertThat(row.next()).isTrue();
          assertThat(row.getString(1)).isEqualTo("Kept");
        }
        assertThat(connection.getAutoCommit()).isFalse();
      } finally {
        loan.close();
        connection.rollback();
      }
      assertThat(Shop.titles()).isEmpty();
    }
  }

  @Test
  void aJoinedUnitThatIsInTheRequestAlreadyIsNeitherCommittedNorClosed()
      throws SQLException, IOException, InterruptedException {
    try (Connection connection = SqlAssist.engine("writer").dataSource().getConnection()) {
      connection.setAutoCommit(false);
      try (DbSessionsContainer db =
              Units.openUnit(SqlAssist.registry(), Map.of("writer", connection));
          Server server =
              Server.start(
                  config -> {
                    config.jetty.modifyServletContextHandler(
                        handler ->
                            handler.addFilter(
                                (request, response, chain) -> {
                                  request.setAttribute("dbSession", db);
                                  chain.doFilter(request, response);
                                },
                                "/*",
                                EnumSet.of(DispatcherType.REQUEST)));
                    config.registerPlugin(
                        new SqlAssistPlugin(plugin -> plugin.enginesAtStop = EnginesAtStop.KEEP));
                    config.routes.post(
                        "/books/{title}",
                        ctx ->
                            ctx.with(SqlAssistPlugin.class)
                                .writer()
                                .persist(new Book(ctx.pathParam("title"))));
                  })) {
        assertThat(server.post("/books/First").statusCode()).isEqualTo(200);
        assertThat(server.post("/books/Second").statusCode()).isEqualTo(200);
        assertThat(db.isEnded()).isFalse();
        assertThat(
                db.writer()
                    .createSelectionQuery("select title from Book order by title", String.class)
                    .list())
            .containsExactly("First", "Second");
      }
      connection.commit(); // the unit was closed without a commit
    }

    assertThat(Shop.titles()).isEmpty();
  }
}
