package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.http.Context;
import io.sqlassist.SqlAssist;
import io.sqlassist.engine.ConnectionListener;
import io.sqlassist.engine.ConnectionRejectedException;
import io.sqlassist.javalin.EnginesAtStop;
import io.sqlassist.javalin.SqlAssistPlugin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The code of docs/connection-events.md. The statements are H2's; the page tells PostgreSQL's. */
class ConnectionEventsTest {

  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  // tag::listener[]
  /** Names each connection, and tells the database whose request it is for. */
  static final class Users implements ConnectionListener {

    @Override
    public void connected(String engine, Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET @application = 'shop'");
      }
    }

    @Override
    public void acquired(
        String engine, Connection connection, Function<String, Optional<Object>> attributes)
        throws SQLException {
      String user =
          attributes
              .apply("request")
              .map(request -> ((Context) request).header("X-User"))
              .orElse("nobody");
      set(connection, user);
    }

    @Override
    public void released(String engine, Connection connection) throws SQLException {
      if (connection != null) { // null: it is broken
        set(connection, "nobody");
      }
    }

    private static void set(Connection connection, String user) throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement("SET @shop_user = ?")) {
        statement.setString(1, user);
        statement.execute();
      }
    }
  }

  // end::listener[]

  private static String user(Session session) {
    return session
        .createNativeQuery(
            "select cast(@application || ':' || @shop_user as varchar)", String.class)
        .getSingleResult();
  }

  @Test
  void theDatabaseKnowsTheUserOfTheRequest() throws Exception {
    // tag::register[]
    SqlAssist.initializeEngine(
        "writer", engine -> engine.url("jdbc:h2:mem:shop").connections(new Users()));
    // end::register[]
    try (Server server =
        Server.start(
            config -> {
              config.registerPlugin(
                  new SqlAssistPlugin(plugin -> plugin.enginesAtStop = EnginesAtStop.KEEP));
              config.routes.get(
                  "/", ctx -> ctx.result(user(ctx.with(SqlAssistPlugin.class).writer())));
            })) {
      assertThat(server.get("/", "X-User", "emma").body()).isEqualTo("shop:emma");
      assertThat(server.get("/", "X-User", "jane").body()).isEqualTo("shop:jane");
    }
    assertThat(SqlAssist.<String, RuntimeException>inUnit(db -> user(db.writer())))
        .isEqualTo("shop:nobody");
  }

  private final AtomicBoolean standby = new AtomicBoolean(true);

  private boolean isStandby(Connection connection) throws SQLException {
    return connection.isValid(1) && standby.getAndSet(false);
  }

  @Test
  void aConnectionToAStandbyIsRejected() {
    // tag::reject[]
    ConnectionListener primaryOnly =
        new ConnectionListener() {
          @Override
          public void acquired(
              String engine, Connection connection, Function<String, Optional<Object>> attributes)
              throws SQLException {
            if (isStandby(connection)) {
              throw new ConnectionRejectedException("it leads to a standby");
            }
          }
        };
    // end::reject[]
    SqlAssist.initializeEngine(
        "writer", engine -> engine.url("jdbc:h2:mem:shop").connections(primaryOnly));

    assertThat(standby).isFalse();
    assertThat(SqlAssist.engine("writer").pool().orElseThrow().active()).isZero();
  }

  @Test
  void statementsTellWhereTheyComeFrom() {
    // tag::comments[]
    SqlAssist.initializeEngine(
        "writer",
        engine ->
            engine
                .url("jdbc:h2:mem:shop")
                .sqlComments(comments -> comments.tag("application", "shop")));
    // end::comments[]

    assertThat(statement("writer")).endsWith("/*application='shop',engine='writer'*/");
  }

  @Test
  void statementsTellTheirTrace() {
    // tag::trace[]
    SqlAssist.initializeEngine(
        "writer",
        engine ->
            engine
                .url("jdbc:h2:mem:shop")
                .sqlComments(comments -> comments.traceparent(() -> currentTrace())));
    // end::trace[]

    assertThat(statement("writer")).endsWith("/*engine='writer',traceparent='" + TRACE + "'*/");
  }

  private static Optional<String> currentTrace() {
    return Optional.of(TRACE);
  }

  /** A statement that asks for its own text. */
  private static String statement(String engine) {
    return SqlAssist.<String, RuntimeException>inUnit(
        db ->
            db.session(engine)
                .createNativeQuery(
                    "select executing_statement from information_schema.sessions"
                        + " where session_id = session_id()",
                    String.class)
                .getSingleResult());
  }
}
