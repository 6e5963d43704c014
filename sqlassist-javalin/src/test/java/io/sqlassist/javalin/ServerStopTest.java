package io.sqlassist.javalin;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.util.JavalinException;
import io.sqlassist.SqlAssist;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.javalin.fixture.Eventually;
import io.sqlassist.javalin.fixture.Note;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.DbSessionsContainer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of engines and requests when a server stops, and what a request is told before. */
class ServerStopTest {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final DatabaseHandle database = DatabaseKind.H2.fresh();
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private HikariDataSource handedIn;

  @BeforeEach
  void startEngines() {
    HikariConfig settings = new HikariConfig();
    settings.setJdbcUrl(database.jdbcUrl());
    settings.setUsername(database.username());
    settings.setPassword(database.password());
    settings.setAutoCommit(false);
    handedIn = new HikariDataSource(settings);
  }

  @AfterEach
  void close() {
    goOn.countDown();
    handedIn.close();
    SqlAssist.shutdown();
  }

  private static HikariDataSource pool(EngineRegistry registry, String engine) {
    return (HikariDataSource) registry.engine(engine).dataSource();
  }

  private void initialize(EngineRegistry registry) {
    registry.initializeEngine(
        "writer",
        config ->
            config
                .entities(Note.class)
                .url(database.jdbcUrl())
                .username(database.username())
                .password(database.password())
                .property("hibernate.hbm2ddl.auto", "create"));
    registry.initializeEngine("audit", handedIn, config -> config.entities());
  }

  private static Javalin server(
      Consumer<SqlAssistPluginConfig> plugin, Consumer<JavalinConfig> config) {
    return Javalin.create(
            javalin -> {
              javalin.startup.showJavalinBanner = false;
              javalin.registerPlugin(new SqlAssistPlugin(plugin));
              config.accept(javalin);
            })
        .start("127.0.0.1", 0);
  }

  private static CompletableFuture<HttpResponse<String>> get(Javalin server, String path) {
    return CLIENT.sendAsync(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .timeout(Duration.ofMinutes(2))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void sharedEnginesAreClosedWithThePoolsThatSqlAssistMadeAndNoOthers() {
    initialize(SqlAssist.registry());
    HikariDataSource made = pool(SqlAssist.registry(), "writer");
    Javalin server = server(plugin -> {}, config -> {});

    server.stop();

    assertThat(made.isClosed()).isTrue();
    assertThat(handedIn.isClosed()).isFalse();
    assertThat(SqlAssist.registry().names()).isEmpty();
    initialize(SqlAssist.registry()); // may begin anew
  }

  @Test
  void lastOfSeveralServersCounts() {
    initialize(SqlAssist.registry());
    HikariDataSource made = pool(SqlAssist.registry(), "writer");
    Javalin first = server(plugin -> {}, config -> {});
    Javalin second = server(plugin -> {}, config -> {});

    first.stop();
    assertThat(made.isClosed()).isFalse();
    second.stop();

    assertThat(made.isClosed()).isTrue();
  }

  @Test
  void registryThatWasHandedInStaysOpenUnlessItIsToBeClosed() {
    try (EngineRegistry own = EngineRegistry.create(Observer.NONE)) {
      initialize(own);
      HikariDataSource made = pool(own, "writer");
      server(plugin -> plugin.registry = own, config -> {}).stop();
      assertThat(made.isClosed()).isFalse();

      server(
              plugin -> {
                plugin.registry = own;
                plugin.enginesAtStop = EnginesAtStop.CLOSE;
              },
              config -> {})
          .stop();

      assertThat(made.isClosed()).isTrue();
      assertThat(handedIn.isClosed()).isFalse();
    }
  }

  @Test
  void sharedEnginesStayWhereTheApplicationWantsIt() {
    initialize(SqlAssist.registry());

    server(plugin -> plugin.enginesAtStop = EnginesAtStop.KEEP, config -> {}).stop();

    assertThat(pool(SqlAssist.registry(), "writer").isClosed()).isFalse();
  }

  private void slow(JavalinConfig config) {
    config.routes.get(
        "/slow",
        ctx -> {
          DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
          db.writer().persist(new Note("slow"));
          db.writer().flush();
          arrived.countDown();
          if (!goOn.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("nobody let it go on");
          }
          ctx.result("done");
        });
  }

  private int notes() {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from Note")) {
      row.next();
      return row.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void requestThatJettyLetsFinishIsCommittedBeforeTheEnginesClose() throws Exception {
    initialize(SqlAssist.registry());
    HikariDataSource made = pool(SqlAssist.registry(), "writer");
    Javalin server =
        server(
            plugin -> {},
            config -> {
              slow(config);
              config.jetty.modifyServer(
                  jetty -> {
                    jetty.insertHandler(new GracefulHandler());
                    jetty.setStopTimeout(60_000);
                  });
            });
    CompletableFuture<HttpResponse<String>> answer = get(server, "/slow");
    assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();

    Thread stopping = new Thread(server::stop);
    stopping.start();
    Eventually.until("the server stops", () -> !isListening(server));
    assertThat(made.isClosed()).isFalse();
    goOn.countDown();

    assertThat(answer.get(60, TimeUnit.SECONDS).body()).isEqualTo("done");
    stopping.join();
    assertThat(made.isClosed()).isTrue();
    assertThat(notes()).isEqualTo(1);
  }

  private static boolean isListening(Javalin server) {
    return !server.jettyServer().server().isStopping() && server.jettyServer().server().isRunning();
  }

  @Test
  void requestThatDoesNotFinishInTimeIsRolledBackAndLeavesNoConnection() throws Exception {
    initialize(SqlAssist.registry());
    HikariDataSource made = pool(SqlAssist.registry(), "writer");
    Javalin server = server(plugin -> plugin.drain = Duration.ofMillis(50), this::slow);
    get(server, "/slow");
    assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();

    try {
      server.stop();
    } catch (JavalinException e) {
      assertThat(e).hasMessageContaining("stop"); // Jetty's word for a request that went on
    }

    assertThat(made.isClosed()).isTrue();
    goOn.countDown();
    Eventually.until("nothing of it is left", () -> notes() == 0);
  }

  @Test
  void engineThatIsDownIsA503WithATimeToComeBack() throws Exception {
    SqlAssist.initializeEngine(
        "writer",
        config ->
            config
                .entities(Note.class)
                .optional()
                .url("jdbc:h2:mem:" + UUID.randomUUID() + ";IFEXISTS=TRUE"));
    Javalin server =
        server(
            plugin -> {},
            config ->
                config.routes.get(
                    "/", ctx -> ctx.with(SqlAssistPlugin.class).writer().find(Note.class, 1L)));

    HttpResponse<String> answer = get(server, "/").get(60, TimeUnit.SECONDS);

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(1L, 31L);
    server.stop();
  }

  @Test
  void requestThatIsCutOffByAMoveIsA503() throws Exception {
    initialize(SqlAssist.registry());
    Javalin server =
        server(
            plugin -> {},
            config ->
                config.routes.get(
                    "/move",
                    ctx -> {
                      DbSessionsContainer db = ctx.with(SqlAssistPlugin.class);
                      db.writer().persist(new Note("cut off"));
                      db.writer().flush();
                      SqlAssist.engine("writer").switchTo(handedIn, Duration.ZERO);
                      Eventually.until("it is cut off", () -> db.cutOff().isPresent());
                      db.writer().find(Note.class, 1L);
                    }));

    HttpResponse<String> answer = get(server, "/move").get(60, TimeUnit.SECONDS);

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    assertThat(notes()).isZero();
    server.stop();
  }
}
