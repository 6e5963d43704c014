package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.sqlassist.SqlAssist;
import io.sqlassist.engine.EntityRoutingException;
import io.sqlassist.engine.UnknownTenantException;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.NoTenantException;
import io.sqlassist.session.TenantSessions;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The code of docs/routing.md, and of "Read your writes" in docs/read-replicas.md. */
class RoutingTest {

  private Server server;

  @AfterEach
  void closeShop() {
    if (server != null) {
      server.close();
    }
    Shop.close();
  }

  private static void startShopAndLedger() {
    // tag::engines[]
    SqlAssist.initializeEngine(
        "writer",
        engine ->
            engine
                .url("jdbc:h2:mem:shop")
                .entities(Book.class)
                .property("hibernate.hbm2ddl.auto", "create"));
    SqlAssist.initializeEngine(
        "reader", engine -> engine.url("jdbc:h2:mem:shop").readOnly().entities(Book.class));
    SqlAssist.initializeEngine(
        "ledger",
        engine ->
            engine
                .url("jdbc:h2:mem:ledger")
                .entities(Booking.class)
                .property("hibernate.hbm2ddl.auto", "create"));
    // end::engines[]
  }

  @Test
  void anEntityIsFoundOnTheEngineThatMapsIt() {
    startShopAndLedger();
    // tag::session-for[]
    SqlAssist.useUnit(
        db -> {
          db.sessionFor(Book.class).persist(new Book("Emma")); // writer, not reader
          db.sessionFor(Booking.class).persist(new Booking("4711")); // ledger
        });
    // end::session-for[]

    assertThat(Shop.titles()).containsExactly("Emma");
    assertThat(Shop.bookings()).containsExactly("4711");
  }

  @Test
  void theScopeOfAnEntityHasBlocks() {
    startShopAndLedger();
    SqlAssist.useUnit(
        db -> {
          // tag::on[]
          db.on(Booking.class)
              .retries(3)
              .atomic(
                  session -> {
                    session.persist(new Booking("4711"));
                    return null;
                  });
          // end::on[]
        });

    assertThat(Shop.bookings()).containsExactly("4711");
  }

  @Test
  void whatAnEngineOwnsGoesBeforeTheAnnotation() {
    // tag::owns[]
    SqlAssist.initializeEngine("writer", engine -> engine.url("jdbc:h2:mem:shop"));
    SqlAssist.initializeEngine("ledger", engine -> engine.url("jdbc:h2:mem:ledger"));
    SqlAssist.initializeEngine(
        "logger", engine -> engine.url("jdbc:h2:mem:audit").autocommit().owns(AuditLine.class));

    String bookings = SqlAssist.registry().engineFor(Booking.class); // ledger, by @OnEngine
    String lines = SqlAssist.registry().engineFor(AuditLine.class); // logger, which owns it
    // end::owns[]

    assertThat(bookings).isEqualTo("ledger");
    assertThat(lines).isEqualTo("logger");
    assertThatThrownBy(
            () -> {
              // tag::ambiguous[]
              SqlAssist.useUnit(db -> db.sessionFor(Book.class).persist(new Book("Emma")));
              // end::ambiguous[]
            })
        .isInstanceOf(EntityRoutingException.class)
        .satisfies(failure -> Pages.assertShows("routing.md", failure));
  }

  @Test
  void anEntityOnTheWrongEngineIsToldWhereItLives() {
    startShopAndLedger();

    assertThatThrownBy(
            () -> {
              // tag::misplaced[]
              SqlAssist.useUnit(db -> db.writer().persist(new Booking("4711")));
              // end::misplaced[]
            })
        .isInstanceOf(EntityRoutingException.class)
        .satisfies(failure -> Pages.assertShows("routing.md", failure));
    assertThat(
            catchThrowable(() -> SqlAssist.useUnit(db -> db.writer().find(Booking.class, 1L)))
                .getSuppressed())
        .singleElement()
        .isInstanceOf(EntityRoutingException.class);
  }

  @Test
  void anExceptionMapperAsksWhereAnEntityLives() throws Exception {
    startShopAndLedger();
    serve(
        config -> {
          config.registerPlugin(new SqlAssistPlugin());
          // tag::mapper[]
          config.routes.exception(
              RuntimeException.class,
              (failure, ctx) -> {
                Optional<EntityRoutingException> elsewhere =
                    SqlAssist.registry().misplacedEntity(failure);
                log(elsewhere.isPresent() ? elsewhere.get() : failure);
                ctx.status(500);
              });
          // end::mapper[]
          config.routes.get(
              "/",
              ctx ->
                  ctx.with(SqlAssistPlugin.class)
                      .writer()
                      .createSelectionQuery("from Booking", Booking.class)
                      .list());
        });

    assertThat(server.get("/").statusCode()).isEqualTo(500);
    assertThat(logged).isInstanceOf(EntityRoutingException.class);
  }

  private volatile Throwable logged;

  private void log(Throwable failure) {
    logged = failure;
  }

  private void serve(Consumer<JavalinConfig> config) {
    server = Server.start(config);
  }

  private static void startTenants() {
    // tag::tenants[]
    for (String tenant : List.of("acme", "globex")) {
      SqlAssist.initializeEngine(
          "writer-" + tenant,
          engine ->
              engine
                  .url("jdbc:h2:mem:shop-" + tenant)
                  .property("hibernate.hbm2ddl.auto", "create")
                  .forTenant(tenant, "writer"));
      SqlAssist.initializeEngine(
          "reader-" + tenant,
          engine ->
              engine.url("jdbc:h2:mem:shop-" + tenant).readOnly().forTenant(tenant, "reader"));
    }
    // end::tenants[]
  }

  /** Stands for whatever checks a token or a session. */
  private static final class Login {
    static String tenantOf(Context ctx) {
      return ctx.header("X-Tenant");
    }
  }

  private static List<String> titles(String tenant) {
    return Shop.stored("writer-" + tenant, "select title from Book order by title");
  }

  @Test
  void aRequestIsForOneTenant() throws Exception {
    startTenants();
    serve(
        config -> {
          // tag::plugin[]
          config.registerPlugin(
              new SqlAssistPlugin(plugin -> plugin.tenant = ctx -> Login.tenantOf(ctx)));
          config.routes.post(
              "/books",
              ctx -> {
                DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                db.writer().persist(new Book(ctx.queryParam("title"))); // writer-acme, for acme
              });
          config.routes.exception(NoTenantException.class, (e, ctx) -> ctx.status(401));
          config.routes.exception(UnknownTenantException.class, (e, ctx) -> ctx.status(403));
          // end::plugin[]
        });

    assertThat(post("/books?title=Emma", "acme")).isEqualTo(200);
    assertThat(post("/books?title=Emma", "initech")).isEqualTo(403);
    assertThat(server.post("/books?title=Emma").statusCode()).isEqualTo(401);
    assertThat(titles("acme")).containsExactly("Emma");
    assertThat(titles("globex")).isEmpty();
  }

  private int post(String path, String tenant) throws Exception {
    return server.post(path, "X-Tenant", tenant).statusCode();
  }

  @Test
  void twoTenantsInOneUnit() {
    startTenants();
    SqlAssist.useUnit(db -> db.tenant("acme").writer().persist(new Book("Emma")));
    // tag::two[]
    SqlAssist.useUnit(
        db -> {
          TenantSessions from = db.tenant("acme");
          TenantSessions to = db.tenant("globex");
          for (Book book : from.reader().createSelectionQuery("from Book", Book.class).list()) {
            to.writer().persist(new Book(book.title()));
          }
        }); // one commit for both
    // end::two[]

    assertThat(titles("globex")).containsExactly("Emma");
  }

  private static final ThreadLocal<String> CURRENT_TENANT = new ThreadLocal<>();

  @Test
  void aResolverTellsTheTenantOfBlocks() {
    startTenants();
    // tag::resolver[]
    SqlAssist.registry().tenants(attributes -> CURRENT_TENANT.get());
    // end::resolver[]

    CURRENT_TENANT.set("globex");
    try {
      SqlAssist.useUnit(db -> db.writer().persist(new Book("Emma")));
    } finally {
      CURRENT_TENANT.remove();
    }
    assertThat(titles("globex")).containsExactly("Emma");
  }

  /** A replica that never catches up. */
  private static void startLaggingShop() {
    SqlAssist.initializeEngine(
        "writer",
        engine -> engine.url("jdbc:h2:mem:primary").property("hibernate.hbm2ddl.auto", "create"));
    SqlAssist.initializeEngine(
        "replica",
        engine -> engine.url("jdbc:h2:mem:replica").property("hibernate.hbm2ddl.auto", "create"));
    SqlAssist.initializeEngine("reader", engine -> engine.url("jdbc:h2:mem:replica").readOnly());
  }

  private static List<String> titles(Session session) {
    return session.createSelectionQuery("select title from Book", String.class).list();
  }

  @Test
  void whatTheUnitHasWrittenIsRead() {
    startLaggingShop();
    SqlAssist.useUnit(
        db -> {
          // tag::read-your-writes[]
          db.readYourWrites().find(Book.class, 1L); // the reader: nothing is written yet
          db.writer().persist(new Book("Emma"));
          List<String> titles =
              db.readYourWrites() // the writer, from now on
                  .createSelectionQuery("select title from Book", String.class)
                  .list();
          // end::read-your-writes[]
          assertThat(titles).containsExactly("Emma");
          assertThat(titles(db.reader())).isEmpty();
        });
  }

  @Test
  void theNextRequestsOfTheClientReadFromTheWriterForAWhile() throws Exception {
    startLaggingShop();
    serve(
        config -> {
          config.registerPlugin(new SqlAssistPlugin());
          // tag::next-request[]
          config.routes.before(
              ctx -> {
                DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                if (ctx.cookie("wrote") != null) {
                  db.readFromWriter();
                }
                if (!ctx.method().equals(HandlerType.GET)) {
                  db.afterCommit(report -> ctx.cookie("wrote", "1", 10)); // seconds
                }
              });
          config.routes.get(
              "/books",
              ctx ->
                  ctx.result(
                      String.join(", ", titles(ctx.with(SqlAssistPlugin.class).readYourWrites()))));
          // end::next-request[]
          config.routes.post(
              "/books",
              ctx ->
                  ctx.with(SqlAssistPlugin.class)
                      .writer()
                      .persist(new Book(ctx.queryParam("title"))));
          config.routes.post("/nothing", ctx -> ctx.status(409));
        });

    HttpResponse<String> answer = server.post("/books?title=Emma");
    String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(cookie).startsWith("wrote=1").contains("Max-Age=10");
    HttpResponse<String> reading = server.get("/books", "Cookie", "wrote=1");
    assertThat(reading.body()).isEqualTo("Emma");
    assertThat(reading.headers().firstValue("Set-Cookie")).isEmpty(); // not renewed
    assertThat(server.get("/books").body()).isEmpty();
    assertThat(server.post("/nothing").headers().firstValue("Set-Cookie")).isEmpty();
  }
}
