package library;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.ContentType;
import io.javalin.http.Context;
import io.sqlassist.debugpanel.DebugPanelConfig;
import io.sqlassist.debugpanel.DebugPanelPlugin;
import io.sqlassist.debugpanel.Panels;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.jta.JtaCoordinator;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.trace.RecorderConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.sql.XADataSource;
import org.hibernate.Hibernate;
import org.hibernate.Session;

/**
 * An application with engines {@code main}, {@code audit} and {@code spare}, with five authors of
 * two books each, and with a route for everything that the panel has to tell. Its recorder is
 * {@linkplain Patience patient}. Not in a package of the library, whose frames are left out of call
 * stacks.
 */
public final class TestApp implements AutoCloseable {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(60))
          .build();

  public final EngineRegistry registry;
  public final DebugPanelPlugin plugin;
  public final Javalin javalin;
  private final JtaCoordinator jta;
  private final Map<String, Session> leaked = new ConcurrentHashMap<>();

  /** Without a panel: what the application itself would say. */
  public static TestApp bare(Consumer<JavalinConfig> more) {
    return new TestApp("none", DatabaseKind.H2, false, config -> {}, more);
  }

  /** With the engine {@code main} on a database of that kind. */
  public static TestApp on(DatabaseKind kind) {
    return new TestApp("dev", kind, false, panel -> {}, config -> {});
  }

  /** With engines that commit together. */
  public static TestApp jta() {
    return new TestApp("dev", DatabaseKind.H2, true, panel -> {}, config -> {});
  }

  /** A process keeps to the first folder that a coordinator of it has had: one for all of them. */
  private static final class Store {
    static final Path FOLDER = create();

    private static Path create() {
      try {
        return Files.createTempDirectory(Files.createDirectories(Path.of("target")), "decisions");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  public static TestApp start() {
    return start(config -> {});
  }

  public static TestApp start(Consumer<DebugPanelConfig> panel) {
    return start("dev", panel, config -> {});
  }

  public static TestApp start(
      String mode, Consumer<DebugPanelConfig> panel, Consumer<JavalinConfig> more) {
    return new TestApp(mode, DatabaseKind.H2, false, panel, more);
  }

  private TestApp(
      String mode,
      DatabaseKind kind,
      boolean together,
      Consumer<DebugPanelConfig> panel,
      Consumer<JavalinConfig> more) {
    registry = EngineRegistry.create();
    plugin =
        mode.equals("none")
            ? null
            : Panels.in(
                mode.isEmpty() ? null : mode,
                Map.of(),
                config -> {
                  config.registry = registry;
                  panel.accept(config);
                  Consumer<RecorderConfig> asked = config.recorder;
                  config.recorder = recorder -> asked.accept(Patience.patient(recorder));
                });
    jta =
        together
            ? JtaCoordinator.start(
                config -> {
                  config.nodeId = "library";
                  config.objectStore = Store.FOLDER;
                  config.registry = registry;
                })
            : null;
    engine("main", kind, config -> config.makeDefault().entities(Author.class, Book.class));
    engine("audit", DatabaseKind.H2, config -> config.entities(AuditEntry.class));
    engine("spare", DatabaseKind.H2, config -> config.entities(AuditEntry.class));
    fill();
    javalin =
        Javalin.create(
                config -> {
                  config.startup.showJavalinBanner = false;
                  config.jetty.host = "127.0.0.1";
                  config.registerPlugin(new SqlAssistPlugin(each -> each.registry = registry));
                  if (plugin != null) {
                    config.registerPlugin(plugin);
                  }
                  routes(config);
                  more.accept(config);
                })
            .start(0);
  }

  private void engine(String name, DatabaseKind kind, Consumer<EngineConfig> more) {
    DatabaseHandle database = kind.fresh();
    if (jta != null) {
      jta.initializeEngine(name, (XADataSource) database.dataSource(), more)
          .sessionFactory()
          .getSchemaManager()
          .create(false);
      return;
    }
    registry.initializeEngine(
        name,
        config -> {
          config
              .url(database.jdbcUrl())
              .username(database.username())
              .password(database.password())
              .property("hibernate.hbm2ddl.auto", "create")
              .pool(
                  pool -> {
                    pool.setMaximumPoolSize(6);
                    pool.setMinimumIdle(1);
                    pool.setConnectionTimeout(60_000);
                  });
          more.accept(config);
        });
  }

  private void fill() {
    io.sqlassist.session.Units.useUnit(
        registry,
        db -> {
          Session main = db.session("main");
          for (String name : List.of("Ada", "Borges", "Čapek", "Döblin", "Eco")) {
            Author author = new Author(name);
            author.books.add(new Book(author, name + " I"));
            author.books.add(new Book(author, name + " II"));
            main.persist(author);
          }
        });
    if (jta == null) {
      io.sqlassist.session.Units.useUnit(
          registry,
          db ->
              db.session("main")
                  .createNativeMutationQuery(
                      "create table account (id int primary key, password_hash varchar(100))")
                  .executeUpdate());
    }
  }

  static DbSessionsContainer db(Context ctx) {
    return ctx.with(SqlAssistPlugin.class);
  }

  private void routes(JavalinConfig config) {
    config.routes.get("/", ctx -> ctx.html(page("<h1>Library</h1><p>Größe: ½ π 漢字</p>")));
    config.routes.get("/authors", this::authors);
    config.routes.get("/authors/joined", this::joined);
    config.routes.get("/authors/{id}", this::author);
    config.routes.get("/api/authors", ctx -> ctx.contentType(ContentType.JSON).result(names(ctx)));
    config.routes.get("/twice", ctx -> ask(ctx, 2));
    config.routes.get("/changed", this::changed);
    config.routes.get("/gap", this::gap);
    config.routes.get("/large", ctx -> ctx.html(page("<p>" + "ß漢".repeat(4_000))));
    config.routes.get("/order", this::order);
    config.routes.get("/report", this::report);
    config.routes.get("/leak", this::leak);
    config.routes.get("/unleak", this::unleak);
    config.routes.get("/not-atomic", this::writeBoth);
    config.routes.get("/many", this::many);
    config.routes.post("/login", this::login);
    config.routes.get("/fail", this::fail);
    config.routes.get("/throws", this::throwing);
    config.routes.get("/danger", this::danger);
    config.routes.get("/remote", TestApp::remote);
    config.routes.get("/future", this::future);
    config.routes.get("/x<path>", this::markup);
    config.routes.get("/ajax", ctx -> ctx.html(page("<script src=\"/ajax.js\"></script>")));
    config.routes.get("/ajax.js", ctx -> ctx.contentType("text/javascript").result(AJAX));
    config.routes.post("/write", ctx -> count(ctx, "main"));
    config.routes.get("/csp", this::withPolicy);
    config.routes.get("/redirect", ctx -> ctx.redirect("/authors"));
    config.routes.get("/download", this::download);
    config.routes.get("/out", this::out);
    config.routes.get("/stream", this::stream);
    config.routes.sse("/sse", client -> client.sendEvent("hello", "there"));
    config.routes.before("/before", ctx -> count(ctx, "main"));
    config.routes.get("/before", ctx -> ctx.result("done"));
  }

  private static String page(String body) {
    return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Library</title></head>\n<body>"
        + body
        + "</body></html>\n";
  }

  private void authors(Context ctx) {
    Session main = db(ctx).session("main");
    StringBuilder html = new StringBuilder("<h1>Authors</h1><ul>");
    for (Author author :
        main.createSelectionQuery("from Author order by name", Author.class).list()) {
      html.append("<li>").append(author.name).append(": ").append(author.books.size()); // N+1
    }
    ctx.html(page(html + "</ul>"));
  }

  private void joined(Context ctx) {
    List<Author> authors =
        db(ctx)
            .session("main")
            .createSelectionQuery("from Author a join fetch a.books order by a.name", Author.class)
            .list();
    ctx.html(page("<p>" + authors.stream().mapToInt(each -> each.books.size()).sum()));
  }

  private void author(Context ctx) {
    Author author = db(ctx).session("main").find(Author.class, Long.valueOf(ctx.pathParam("id")));
    ctx.html(page("<p>" + (author == null ? "nobody" : author.name)));
  }

  private static String names(Context ctx) {
    return db(ctx)
        .session("main")
        .createSelectionQuery("select name from Author order by name", String.class)
        .list()
        .toString();
  }

  private static void count(Context ctx, String engine) {
    ctx.result(
        String.valueOf(
            db(ctx)
                .session(engine)
                .createSelectionQuery("select count(*) from Author", Long.class)
                .getSingleResult()));
  }

  private static void ask(Context ctx, int times) {
    for (int i = 0; i < times; i++) {
      db(ctx)
          .session("main")
          .createSelectionQuery("select name from Author where id = :id", String.class)
          .setParameter("id", 1L)
          .list();
    }
    ctx.result("asked");
  }

  private void changed(Context ctx) {
    ask(ctx, 1);
    touch(ctx);
    ask(ctx, 1);
  }

  /**
   * Does nothing between a statement on {@code main} and one on {@code audit}. Answers how many
   * nanoseconds that were, at least and at most.
   */
  private void gap(Context ctx) {
    long begin = System.nanoTime();
    touch(ctx);
    long touched = System.nanoTime();
    // So long that the work is little beside it, even if a busy machine drags it out.
    long pause = Math.max(200_000_000, 20 * (touched - begin));
    while (System.nanoTime() - touched < pause) {
      LockSupport.parkNanos(pause - (System.nanoTime() - touched));
    }
    long paused = System.nanoTime();
    db(ctx).session("audit").persist(new AuditEntry("gap")); // sent at once, for its id
    ctx.result((paused - touched) + " " + (System.nanoTime() - begin));
  }

  /** What a request of a real application looks like. */
  private void order(Context ctx) {
    Session main = db(ctx).session("main");
    for (Author author :
        main.createSelectionQuery("from Author order by name", Author.class).list()) {
      Hibernate.initialize(author.books);
    }
    pause(12);
    db(ctx).session("audit").persist(new AuditEntry("order placed"));
    pause(6);
    touch(ctx);
    pause(25);
    ask(ctx, 2);
    db(ctx).session("audit").persist(new AuditEntry("order confirmed"));
    pause(4);
  }

  /** Holds its connection for a while, and waits for nobody. */
  private void report(Context ctx) {
    ask(ctx, 1);
    pause(60);
    count(ctx, "main");
  }

  private static void pause(int millis) {
    LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
  }

  private static void touch(Context ctx) {
    db(ctx)
        .session("main")
        .createMutationQuery("update Author set name = name where id = 1")
        .executeUpdate();
  }

  private void leak(Context ctx) {
    Session session = registry.engine("main").openSession();
    session.beginTransaction();
    session.createSelectionQuery("select count(*) from Book", Long.class).getSingleResult();
    leaked.put("main", session);
    ctx.result("leaked");
  }

  private void unleak(Context ctx) {
    Session session = leaked.remove("main");
    if (session != null) {
      session.getTransaction().rollback();
      session.close();
    }
    ctx.result("closed");
  }

  private void writeBoth(Context ctx) {
    touch(ctx);
    db(ctx).session("audit").persist(new AuditEntry("both"));
    ctx.result("written");
  }

  private void many(Context ctx) {
    int times = Integer.parseInt(ctx.queryParam("n"));
    db(ctx)
        .session("main")
        .doWork(
            connection -> {
              try (PreparedStatement statement =
                  connection.prepareStatement("select name from Author where id = ?")) {
                for (int i = 0; i < times; i++) {
                  statement.setLong(1, i);
                  statement.executeQuery().close();
                }
              }
              if (ctx.queryParam("large") != null) {
                String list = "?" + ",?".repeat(9_999);
                try (PreparedStatement statement =
                    connection.prepareStatement(
                        "select name from Author where id in (" + list + ")")) {
                  for (int i = 1; i <= 10_000; i++) {
                    statement.setLong(i, i);
                  }
                  statement.executeQuery().close();
                }
                try (PreparedStatement statement =
                    connection.prepareStatement("select name from Author where name = ?")) {
                  statement.setString(1, "x".repeat(5_000_000));
                  statement.executeQuery().close();
                }
              }
            });
    ctx.html(page("<p>done"));
  }

  private void login(Context ctx) {
    db(ctx)
        .session("main")
        .createNativeMutationQuery(
            "merge into account (id, password_hash) key (id) values (1, :hash)")
        .setParameter("hash", "$2y$10$abcdefghijklmnopqrstuv")
        .executeUpdate();
    ctx.html(page("<p>in"));
  }

  private void fail(Context ctx) {
    try {
      db(ctx)
          .session("main")
          .createNativeQuery("select cast(? as int), '<svg onload=alert(2)>'", Object[].class)
          .setParameter(1, "no number")
          .list();
    } catch (RuntimeException e) {
      ctx.status(500).html(page("<p>failed"));
    }
  }

  /** What must never be explained, one of it for each request. */
  public static final List<String> DANGERS =
      List.of(
          "delete from Book where 1 = 0",
          "with d as (delete from Book where 1 = 0 returning id) select * from d",
          "select 1; delete from Book where 1 = 0",
          "select id into copied from Book where 1 = 0",
          "select id from account where password_hash = ?");

  private void danger(Context ctx) {
    String sql = DANGERS.get(Integer.parseInt(ctx.queryParam("n")));
    DbSessionsContainer db = db(ctx);
    db.session("main")
        .doWork(
            connection -> {
              try (PreparedStatement statement = connection.prepareStatement(sql)) {
                if (sql.endsWith("?")) {
                  statement.setString(1, "hunter2");
                }
                statement.execute();
              } catch (SQLException e) {
                ctx.header("X-Failed", "yes"); // not every database knows all of them
              }
            });
    db.doom();
    ctx.result("tried");
  }

  /** An engine whose database says that it is on another machine, and a request to it. */
  public String traceOfAnotherMachine() {
    registry.initializeEngine(
        "remote",
        Elsewhere.of(DatabaseKind.H2.fresh().dataSource()),
        config -> config.entities(AuditEntry.class).property("hibernate.hbm2ddl.auto", "create"));
    return trace("/remote");
  }

  /** An engine {@code secret} with a password in its URL. */
  public void withPasswordInUrl(String password) {
    registry.initializeEngine(
        "secret",
        config ->
            config
                .url("jdbc:h2:mem:secret" + port() + ";USER=sa;PASSWORD=" + password)
                .entities(AuditEntry.class)
                .property("hibernate.hbm2ddl.auto", "create"));
  }

  private static void remote(Context ctx) {
    db(ctx)
        .session("remote")
        .createSelectionQuery("select count(*) from AuditEntry", Long.class)
        .getSingleResult();
    ctx.result("asked");
  }

  /** Stops recording, or goes on, as its button does. */
  public void capture(boolean on) {
    HttpResponse<String> answer =
        send(
            request("/__sqlassist/api/capture")
                .header("Content-Type", "application/json")
                .header("X-SqlAssist-Token", token())
                .POST(HttpRequest.BodyPublishers.ofString("{\"paused\": " + !on + "}")));
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(answer.body());
    }
  }

  /** What the pages of the panel show when they change something. */
  public String token() {
    return get("/__sqlassist/")
        .body()
        .replaceAll("(?s).*sqlassist-token\" content=\"([0-9a-f]+)\".*", "$1");
  }

  private void throwing(Context ctx) {
    count(ctx, "main");
    throw new IllegalStateException("thrown by the handler");
  }

  private void future(Context ctx) {
    ctx.future(
        () ->
            CompletableFuture.runAsync(
                () -> count(ctx, "main"), task -> new Thread(task, "elsewhere").start()));
  }

  /** Markup in every place where a page could take it for markup. */
  private void markup(Context ctx) {
    db(ctx)
        .session("main")
        .doWork(
            connection -> {
              String sql =
                  "select '<img src=x onerror=alert(1)>', cast(? as varchar(200)),"
                      + " '\u2028\u202e\"quoted\"'";
              try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, "</script><script>alert(1)</script>");
                statement.executeQuery().close();
              }
              try (PreparedStatement wrong =
                  connection.prepareStatement("select cast(? as int), '<svg onload=alert(2)>'")) {
                wrong.setString(1, "no number");
                wrong.executeQuery().close();
              } catch (SQLException expected) {
                ctx.header("X-Failed", "yes");
              }
            });
    ctx.html(page("<p>markup"));
  }

  private void withPolicy(Context ctx) {
    ctx.header("Content-Security-Policy", ctx.queryParam("policy"));
    ctx.html(page("<p>strict"));
  }

  private void download(Context ctx) {
    ctx.header("Content-Disposition", "attachment; filename=page.html").html(page("<p>file"));
  }

  private void out(Context ctx) throws IOException {
    ctx.contentType("text/html; charset=utf-8");
    ctx.outputStream().write(page("<p>written").getBytes(StandardCharsets.UTF_8));
  }

  /** Sends SQL while the body is read, long after the handlers. */
  private void stream(Context ctx) {
    EngineRegistry engines = registry;
    ctx.result(
        new InputStream() {
          private InputStream body;

          @Override
          public int read() throws IOException {
            if (body == null) {
              try (Session session = engines.engine("main").openSession()) {
                Long count =
                    session
                        .createSelectionQuery("select count(*) from Book", Long.class)
                        .getSingleResult();
                body = new ByteArrayInputStream(count.toString().getBytes(StandardCharsets.UTF_8));
              }
            }
            return body.read();
          }
        });
  }

  private static final String AJAX =
      """
      window.went = (async () => {
        const ids = [];
        ids.push((await fetch('/write', {method: 'POST'})).headers.get('X-SqlAssist-Request'));
        ids.push((await fetch('/api/authors')).headers.get('X-SqlAssist-Request'));
        ids.push(await new Promise(done => {
          const xhr = new XMLHttpRequest();
          xhr.onload = () => done(xhr.getResponseHeader('X-SqlAssist-Request'));
          xhr.open('GET', '/twice');
          xhr.send();
        }));
        window.ids = ids;
        return ids;
      })();
      """;

  public int port() {
    return javalin.port();
  }

  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  public String panel(String path) {
    return url("/__sqlassist" + path);
  }

  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url(path))).timeout(Duration.ofSeconds(60));
  }

  public HttpResponse<String> get(String path) {
    return send(request(path).GET());
  }

  public HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException("No complete answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Makes a request and returns the id of its trace. */
  public String trace(String path) {
    return get(path).headers().firstValue("X-SqlAssist-Request").orElseThrow();
  }

  /** Ends all streams, as a restart of the server would. */
  public void cutStreams() {
    Panels.cutStreams(plugin);
  }

  @Override
  public void close() {
    leaked.values().forEach(Session::close);
    javalin.stop();
    if (jta != null) {
      jta.close();
    }
    registry.close();
  }
}
