package io.sqlassist.debugpanel;

import static io.sqlassist.debugpanel.Requests.addresses;
import static io.sqlassist.debugpanel.Requests.raw;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import io.javalin.config.JavalinConfig;
import io.javalin.http.UnauthorizedResponse;
import io.sqlassist.debugpanel.Requests.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import javax.sql.DataSource;
import library.TestApp;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.spi.EventType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in, what clients are told, and what is never touched, over HTTP. */
class DebugPanelTest {

  private static final String TOOLBAR = "<script type=\"module\" src=\"/__sqlassist/assets/";
  private static TestApp app;
  private static TestApp bare;

  @BeforeAll
  static void startApps() {
    app = TestApp.start();
    bare = TestApp.bare(config -> {});
  }

  @AfterAll
  static void stopApps() {
    app.close();
    bare.close();
  }

  @Test
  @Proves({"S2", "A1"})
  void withoutTheModeNothingIsRegisteredAndNothingIsTold() {
    try (LogLines log = new LogLines();
        TestApp off = TestApp.start("", panel -> {}, config -> {})) {
      assertThat(log.of(DebugPanelPlugin.class))
          .singleElement()
          .satisfies(
              line -> {
                assertThat(line.getLevel()).isEqualTo(Level.WARN);
                assertThat(line.getFormattedMessage()).contains("stays off", "SQLASSIST_MODE");
              });
      assertThat(connectionsOf(off)).isSameAs(off.registry.engine("main").dataSource());
      assertThat(listeners(off)).isEqualTo(listeners(bare));
      assertThat(listeners(app)).isNotEqualTo(listeners(bare));
      assertThat(connectionsOf(app)).isNotSameAs(app.registry.engine("main").dataSource());
      assertThat(off.javalin.unsafe.internalRouter.allHttpHandlers())
          .hasSameSizeAs(bare.javalin.unsafe.internalRouter.allHttpHandlers());
      assertThat(off.javalin.unsafe.servletRequestLifecycle)
          .hasSameSizeAs(bare.javalin.unsafe.servletRequestLifecycle);
      assertThat(off.registry.engine("main").dataSource())
          .isInstanceOf(com.zaxxer.hikari.HikariDataSource.class);
      HttpResponse<String> page = off.get("/authors");
      assertThat(page.body()).isEqualTo(bare.get("/authors").body());
      assertThat(page.headers().map().keySet())
          .noneMatch(each -> each.contains("sqlassist") || each.equals("server-timing"));
      assertThat(raw(off, "GET /__sqlassist/")).isEqualTo(raw(bare, "GET /__sqlassist/"));
    }
  }

  private static SessionFactoryImplementor factory(TestApp app) {
    return app.registry.engine("main").sessionFactory().unwrap(SessionFactoryImplementor.class);
  }

  /** Where Hibernate gets its connections. */
  private static DataSource connectionsOf(TestApp app) {
    return factory(app)
        .getServiceRegistry()
        .requireService(ConnectionProvider.class)
        .unwrap(DataSource.class);
  }

  /** Hibernate's listeners, by their classes. */
  private static List<String> listeners(TestApp app) {
    List<String> all = new ArrayList<>();
    for (EventType<?> type : EventType.values()) {
      factory(app)
          .getEventEngine()
          .getListenerRegistry()
          .getEventListenerGroup(type)
          .fireLazyEventOnEachListener(
              () -> type, (each, event) -> all.add(event + " " + each.getClass().getName()));
    }
    return all;
  }

  /** A machine's own address in its network is not loopback, though it comes from here. */
  @Test
  @Proves({"S4", "S3"})
  void whoComesFromTheNetworkIsRefusedWhateverHeSays() throws IOException {
    InetAddress own = addressInNetwork();
    assumeTrue(own != null, "this machine has no address but loopback");
    try (TestApp open = TestApp.start("dev", panel -> {}, DebugPanelTest::onAllAddresses)) {
      for (String header :
          List.of("X-Forwarded-For: 127.0.0.1", "X-My-Client: 127.0.0.1", "Accept-Language: en")) {
        for (String address : List.of("GET /__sqlassist/", "GET /__sqlassist/api/requests")) {
          assertThat(raw(own, open.port(), address, "Host: localhost", header).status())
              .as(address)
              .isEqualTo(404);
        }
        assertThat(
                raw(own, open.port(), "GET /authors", "Host: localhost", header).headers().keySet())
            .noneMatch(each -> each.contains("SqlAssist") || each.contains("Timing"));
      }
      assertThat(raw(open, "GET /__sqlassist/").status()).isEqualTo(200);
    }
  }

  /** And believing a header of its own. */
  private static void onAllAddresses(JavalinConfig config) {
    config.jetty.host = "0.0.0.0";
    config.jetty.modifyHttpConfiguration(
        http -> {
          ForwardedRequestCustomizer customizer = new ForwardedRequestCustomizer();
          customizer.setForwardedForHeader("X-My-Client");
          http.addCustomizer(customizer);
        });
  }

  private static InetAddress addressInNetwork() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress())
        .findFirst()
        .orElse(null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Host: localhost",
        "Forwarded: for=127.0.0.1",
        "X-Real-IP: 127.0.0.1",
        "Via: 1.1 proxy",
        "CF-Connecting-IP: 127.0.0.1",
        "Host: evil.test",
        "Host: localhost.evil.test",
        "Host: 127.0.0.1.nip.io",
        "Host: ",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Origin: http://evil.test",
        "Origin: null",
        "Origin: https://localhost"
      })
  @Proves({"S3", "S4", "S5"})
  void whoIsRefusedSeesAtEveryAddressWhatAnUnknownOneAnswers(String header) {
    for (String address : addresses(app)) {
      Answer answer = raw(app, address, header);
      Answer unknown = raw(bare, address, header);
      assertThat(answer.status()).as(address).isEqualTo(unknown.status());
      assertThat(answer).as(address).isEqualTo(unknown);
    }
    Answer page = raw(app, "GET /authors", header);
    assertThat(page.headers().keySet())
        .noneMatch(each -> each.contains("SqlAssist") || each.contains("Timing"));
    assertThat(page.body()).doesNotContain(TOOLBAR);
  }

  @Test
  @Proves("S5")
  void twoHostHeadersAreRefused() {
    Answer answer =
        raw(
            app,
            "GET /__sqlassist/api/requests",
            "Host: localhost:" + app.port(),
            "Host: evil.test");

    assertThat(answer.status()).isIn(400, 404);
    assertThat(answer.body()).doesNotContain("items");
  }

  @Test
  @Proves("S4")
  void onlyThisMachineIsThisMachine() {
    assertThat(List.of("127.0.0.1", "127.8.8.8", "::1", "[::1]", "0:0:0:0:0:0:0:1"))
        .allMatch(Guard::isLoopback);
    assertThat(
            List.of(
                "10.0.0.1",
                "192.168.1.1",
                "::2",
                "localhost",
                "evil.test",
                "",
                "::ffff:10.0.0.1",
                "cafe"))
        .noneMatch(Guard::isLoopback);
    assertThat(Guard.isLoopback(null)).isFalse();
  }

  @Test
  void thisMachineIsLetIn() {
    for (String address : addresses(app)) {
      if (address.startsWith("GET") && !address.endsWith("/events")) {
        assertThat(raw(app, address).status()).as(address).isEqualTo(200);
      }
    }
  }

  @Test
  void anotherNameOfThisMachineIsKnownOnceItIsConfigured() {
    assertThat(raw(app, "GET /__sqlassist/", "Host: dev.test").status()).isEqualTo(404);
    try (TestApp named = TestApp.start(panel -> panel.hosts.add("Dev.test"))) {
      assertThat(raw(named, "GET /__sqlassist/", "Host: dev.test").status()).isEqualTo(200);
      assertThat(raw(named, "GET /__sqlassist/", "Host: DEV.TEST:80").status()).isEqualTo(200);
      assertThat(raw(named, "GET /__sqlassist/", "Host: evil.test").status()).isEqualTo(404);
    }
  }

  @Test
  @Proves("S6")
  void changesNeedTheTokenOfThePageAndJson() {
    String id = app.trace("/authors");
    String token = app.token();
    for (String api : Requests.changes(id)) {
      String path = "/__sqlassist/api" + api;
      assertThat(post(path, "application/json", null)).as(api).isEqualTo(403);
      assertThat(post(path, "application/json", "0".repeat(32))).as(api).isEqualTo(403);
      assertThat(post(path, "text/plain", token)).as(api).isEqualTo(403);
      assertThat(post(path, "application/x-www-form-urlencoded", token)).as(api).isEqualTo(403);
    }
    assertThat(app.get("/__sqlassist/api/requests/" + id).statusCode()).isEqualTo(200);
    assertThat(app.get("/__sqlassist/api/status").body()).contains("\"paused\":false");
    assertThat(
            post(
                "/__sqlassist/api/requests/" + id + "/pin",
                "application/json; charset=utf-8",
                token))
        .isEqualTo(200);
  }

  private static int post(String path, String type, String token) {
    HttpRequest.Builder request =
        app.request(path)
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString("{}"));
    if (token != null) {
      request.header("X-SqlAssist-Token", token);
    }
    return app.send(request).statusCode();
  }

  @Test
  @Proves("S7")
  void everyAnswerOfThePanelIsFencedIn() {
    for (String address : addresses(app)) {
      if (!address.startsWith("GET") || address.endsWith("/events")) {
        continue;
      }
      Map<String, String> headers = raw(app, address).headers();
      assertThat(headers.get("Content-Security-Policy"))
          .as(address)
          .contains(
              "default-src 'none'",
              "script-src 'self'",
              "frame-ancestors 'none'",
              "form-action 'none'",
              "base-uri 'none'",
              "require-trusted-types-for 'script'");
      assertThat(headers).containsEntry("X-Content-Type-Options", "nosniff");
      assertThat(headers).containsEntry("Referrer-Policy", "no-referrer");
      assertThat(headers).containsEntry("Cross-Origin-Resource-Policy", "same-origin");
      assertThat(headers).containsEntry("Cross-Origin-Opener-Policy", "same-origin");
      assertThat(headers.get("Cache-Control"))
          .as(address)
          .isEqualTo(
              address.contains("/assets/") ? "public, max-age=31536000, immutable" : "no-store");
      assertThat(headers.keySet()).noneMatch(each -> each.startsWith("Access-Control"));
    }
  }

  @Test
  @Proves("S7")
  void handlersOfTheApplicationAddNothingToThePanel() {
    try (TestApp own =
        TestApp.start(
            "dev",
            panel -> {},
            config -> {
              config.routes.before(ctx -> ctx.header("Access-Control-Allow-Origin", "*"));
              config.routes.after(ctx -> ctx.header("X-After", "*"));
            })) {
      assertThat(own.get("/authors").headers().map()).containsKey("x-after");
      assertThat(own.get("/__sqlassist/api/requests").headers().map())
          .doesNotContainKeys("x-after", "access-control-allow-origin");
    }
  }

  @Test
  @Proves("A10")
  void aJsonClientIsToldInHeadersAndGetsTheSameBody() {
    HttpResponse<String> answer = app.get("/api/authors");
    String id = answer.headers().firstValue("X-SqlAssist-Request").orElseThrow();

    assertThat(answer.body()).isEqualTo(bare.get("/api/authors").body());
    assertThat(id).matches("[0-9a-f]{32}");
    assertThat(answer.headers().firstValue("X-SqlAssist-Link"))
        .hasValue("/__sqlassist/requests/" + id);
    assertThat(answer.headers().firstValue("Server-Timing").orElseThrow())
        .contains("sqlassist;desc=\"" + id + "\"")
        .containsPattern("sqlassist-sql;dur=[0-9.]+;desc=\"1 statement\"")
        .containsPattern("sqlassist-main;dur=[0-9.]+");
    int added = 0;
    for (Map.Entry<String, List<String>> each : answer.headers().map().entrySet()) {
      if (each.getKey().contains("sqlassist") || each.getKey().equals("server-timing")) {
        added += each.getKey().length() + 4 + String.join("", each.getValue()).length();
      }
    }
    assertThat(added).isLessThanOrEqualTo(512);
  }

  @Test
  void serverTimingOfTheApplicationStays() {
    try (TestApp own =
        TestApp.start(
            "dev",
            panel -> {},
            config ->
                config.routes.get(
                    "/timed", ctx -> ctx.header("Server-Timing", "app;dur=5").result("x")))) {
      assertThat(own.get("/timed").headers().allValues("Server-Timing").toString())
          .contains("app;dur=5")
          .contains("sqlassist;desc=");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/authors",
        "/download",
        "/out",
        "/redirect",
        "/twice",
        "/ajax.js",
        "/nowhere",
        "/sse"
      })
  @Proves("A11")
  void whatIsNoPageIsNotTouched(String path) {
    assertThat(app.get(path).body()).isEqualTo(bare.get(path).body());
    assertThat(app.get(path).statusCode()).isEqualTo(bare.get(path).statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HX-Request: true",
        "Turbo-Frame: list",
        "Sec-Fetch-Dest: empty",
        "Sec-Fetch-Dest: iframe"
      })
  @Proves("A11")
  void aPartOfAPageIsNotTouched(String header) {
    String[] parts = header.split(": ");
    HttpResponse<String> answer = app.send(app.request("/").header(parts[0], parts[1]).GET());

    assertThat(answer.body()).isEqualTo(bare.get("/").body());
  }

  @Test
  void aPageGetsOneConstantLineBeforeItsEnd() {
    String body = app.get("/").body();

    assertThat(body).contains("漢字").contains(TOOLBAR).endsWith("</script>\n</body></html>\n");
    assertThat(body.replaceAll("<script type=\"module\".*</script>\n", ""))
        .isEqualTo(bare.get("/").body());
    assertThat(app.get("/").body()).isEqualTo(body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<p>x<script>const t = \"<body></body></html>\";</script>",
        "<p>x<script>const t = \"</body>\"</script></html>",
        "<p>x</body></html><p>more",
        "<p>x"
      })
  void aPageThatDoesNotEndWithItsBodyIsNotTouched(String page) {
    Consumer<JavalinConfig> route = config -> config.routes.get("/odd", ctx -> ctx.html(page));
    try (TestApp own = TestApp.start("dev", panel -> {}, route)) {
      assertThat(own.get("/odd").body()).isEqualTo(page);
    }
  }

  @Test
  void whatLooksLikeTheEndInAScriptIsNotTakenForIt() {
    String page = "<script>const t = '</body>';</script><p>x</BODY > \n</html>\n";
    String end = "<script>const t = '</body>';</script><p>x</BODY>\r\n</HTML>\n";
    try (TestApp own =
        TestApp.start(
            "dev",
            panel -> {},
            config -> {
              config.routes.get("/odd", ctx -> ctx.html(page));
              config.routes.get("/end", ctx -> ctx.html(end));
            })) {
      assertThat(own.get("/odd").body()).isEqualTo(page);
      assertThat(own.get("/end").body())
          .startsWith("<script>const t = '</body>';</script><p>x" + TOOLBAR)
          .endsWith("</BODY>\r\n</HTML>\n");
    }
  }

  /** Javalin asks them for routes only, and the panel has none. */
  @Test
  @Proves("S3")
  void handlersForRoutesDontGiveThePanelAway() {
    Consumer<JavalinConfig> login =
        config ->
            config.routes.beforeMatched(
                ctx -> {
                  throw new UnauthorizedResponse();
                });
    try (TestApp own = TestApp.start("dev", panel -> {}, login);
        TestApp without = TestApp.bare(login)) {
      for (String address :
          List.of("GET /__sqlassist", "GET /__sqlassist/api/requests", "POST /__sqlassist/api/x")) {
        assertThat(raw(own, address, "Host: evil.test"))
            .isEqualTo(raw(without, address, "Host: evil.test"));
      }
      assertThat(raw(own, "GET /authors", "Host: evil.test").status()).isEqualTo(401);
      assertThat(raw(own, "GET /__sqlassist/").status()).isEqualTo(200);
    }
  }

  @Test
  void aCompressedPageArrivesWhole() throws Exception {
    HttpResponse<byte[]> answer =
        HttpClient.newHttpClient()
            .send(
                app.request("/large").header("Accept-Encoding", "gzip").build(),
                HttpResponse.BodyHandlers.ofByteArray());

    assertThat(answer.headers().firstValue("Content-Encoding")).hasValue("gzip");
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
      String body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(body).contains("ß漢".repeat(4_000)).contains(TOOLBAR).endsWith("</html>\n");
    }
  }

  @Test
  void throughAProxyTheTokenOpensThePanelAndNothingElseDoes() {
    try (TestApp remote = TestApp.start(panel -> panel.remoteHosts.add("dev.example"))) {
      String token = remote.plugin.panel().guard().token();
      String[] proxied = {"Host: dev.example", "X-Forwarded-For: 203.0.113.9"};

      assertThat(raw(remote, "GET /__sqlassist/", proxied).status()).isEqualTo(404);
      assertThat(raw(remote, "GET /__sqlassist/?token=" + "0".repeat(32), proxied).status())
          .isEqualTo(404);
      assertThat(raw(remote, "GET /__sqlassist/api/requests?token=" + token, proxied).status())
          .isEqualTo(404);
      Answer exchanged = raw(remote, "GET /__sqlassist/?token=" + token, proxied);
      assertThat(exchanged.status()).isEqualTo(303);
      assertThat(exchanged.headers().get("Location")).isEqualTo("/__sqlassist/");
      assertThat(exchanged.headers().get("Set-Cookie"))
          .contains("HttpOnly", "SameSite=Strict", "Path=/__sqlassist");
      String cookie = exchanged.headers().get("Set-Cookie").split(";")[0];
      assertThat(
              raw(remote, "GET /__sqlassist/", proxied[0], proxied[1], "Cookie: " + cookie)
                  .status())
          .isEqualTo(200);
      assertThat(raw(remote, "GET /__sqlassist/", "Host: evil.test", "Cookie: " + cookie).status())
          .isEqualTo(404);
      assertThat(
              raw(remote, "GET /__sqlassist/", proxied[0], "Cookie: " + Guard.COOKIE + "=wrong")
                  .status())
          .isEqualTo(404);
    }
  }

  @Test
  @Proves("S11")
  void secretsOfARequestAreNowhere() {
    try (TestApp own = TestApp.start()) {
      HttpResponse<String> login =
          own.send(
              own.request("/login?password=hunter2&s3cretflag")
                  .header("Authorization", "Bearer s3cret")
                  .header("Cookie", "session=s3cret")
                  .POST(HttpRequest.BodyPublishers.ofString("password=hunter2")));
      String id = login.headers().firstValue("X-SqlAssist-Request").orElseThrow();
      List<String> paths = new ArrayList<>();
      for (String address : addresses(own)) {
        if (address.startsWith("GET") && !address.endsWith("/events")) {
          paths.add(address.substring(4));
        }
      }
      for (String kind : List.of("", "/statements", "/statements/1")) {
        paths.add("/__sqlassist/api/requests/" + id + kind);
      }
      for (String kind : List.of(".json", ".txt", ".md", ".trace.json")) {
        paths.add("/__sqlassist/requests/" + id + kind);
      }
      assertThat(own.get("/__sqlassist/api/requests/" + id).body())
          .contains("/login?password=")
          .contains("Authorization");
      for (String path : paths) {
        assertThat(own.get(path).body())
            .as(path)
            .doesNotContain("hunter2", "s3cret", "abcdefghijklmnopqrstuv");
      }
      assertThat(login.headers().map().toString()).doesNotContain("hunter2", "s3cret");
    }
  }

  @Test
  @Proves("S9")
  void passwordsOfTheEnginesAreNowhere() {
    for (String path : List.of("/api/engines", "/api/engines/main", "/api/pools", "/api/status")) {
      assertThat(app.get("/__sqlassist" + path).body().toLowerCase(java.util.Locale.ROOT))
          .as(path)
          .doesNotContain("password");
    }
  }

  @Test
  @Proves("S13")
  void unknownAndForgottenRequestsAnswerAlike() {
    try (TestApp small =
        TestApp.start(panel -> panel.recorder = recorder -> recorder.requests(1))) {
      String forgotten = small.trace("/twice");
      small.trace("/twice");
      HttpResponse<String> gone = small.get("/__sqlassist/api/requests/" + forgotten);
      HttpResponse<String> unknown = small.get("/__sqlassist/api/requests/" + "f".repeat(32));
      assertThat(gone.statusCode()).isEqualTo(404).isEqualTo(unknown.statusCode());
      assertThat(gone.body()).isEqualTo(unknown.body());
      String kept = small.trace("/twice");
      assertThat(
              small
                  .get("/__sqlassist/api/requests/" + kept.toUpperCase(java.util.Locale.ROOT))
                  .statusCode())
          .isEqualTo(kept.equals(kept.toUpperCase(java.util.Locale.ROOT)) ? 200 : 404);
    }
  }

  @Test
  @Proves("S19")
  void thePanelsOwnRequestsAndSqlAreNotInTheList() {
    try (TestApp own = TestApp.start()) {
      own.get("/__sqlassist/");
      own.get("/__sqlassist/api/pools");
      own.get("/__sqlassist/api/entities?engine=main");
      assertThat(own.get("/__sqlassist/api/requests").body()).contains("\"items\":[]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"recorder", "guard", "assets", "streams"})
  @Proves("S17")
  void aFailingPanelChangesNothingForTheApplication(String part)
      throws ReflectiveOperationException {
    try (TestApp broken = TestApp.start(panel -> panel.toolbar = !part.equals("streams"))) {
      Field field = Panel.class.getDeclaredField(part);
      field.setAccessible(true);
      Object whole = field.get(broken.plugin.panel());
      field.set(broken.plugin.panel(), null);
      for (String path : List.of("/authors", "/api/authors", "/redirect", "/nowhere", "/future")) {
        assertThat(broken.get(path).statusCode()).as(path).isEqualTo(bare.get(path).statusCode());
        assertThat(broken.get(path).body()).as(path).isEqualTo(bare.get(path).body());
      }
      field.set(broken.plugin.panel(), whole);
    }
  }

  @Test
  void aPathThatTheApplicationUsesIsLeftToIt() {
    try (TestApp own =
        TestApp.start(
            "dev",
            panel -> panel.path = "/mine",
            config -> config.routes.get("/mine/page", ctx -> ctx.result("the application's")))) {
      assertThat(own.get("/mine/page").body()).isEqualTo("the application's");
      assertThat(own.get("/mine/").statusCode()).isEqualTo(404);
      assertThat(own.get("/authors").body()).doesNotContain("/mine/assets");
    }
  }

  @Test
  void belowAContextPathEverythingKnowsWhereItIs() {
    try (TestApp own =
        TestApp.start("dev", panel -> {}, config -> config.router.contextPath = "/shop")) {
      HttpResponse<String> page = own.get("/shop/authors");
      assertThat(page.headers().firstValue("X-SqlAssist-Link").orElseThrow())
          .startsWith("/shop/__sqlassist/requests/");
      assertThat(page.body()).contains("src=\"/shop/__sqlassist/assets/");
      assertThat(own.get("/shop/__sqlassist/").body()).contains("/shop/__sqlassist/assets/");
      assertThat(
              own.get(page.headers().firstValue("X-SqlAssist-Link").orElseThrow() + ".txt").body())
          .contains("GET /shop/authors");
    }
  }

  @Test
  @Proves("S8")
  void sourcesBuildNoMarkup() throws IOException {
    for (String name : Assets.NAMES) {
      try (InputStream in = Assets.class.getResourceAsStream("assets/" + name)) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
            .as(name)
            .doesNotContain(
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "new Function",
                "http://www.w3.org/1999");
      }
    }
  }

  @Test
  void theToolbarAndEachPageAreSmall() {
    int frame = size("app.js", "api.js", "dom.js", "panel.css");

    assertThat(size("toolbar.js")).as("bytes of the toolbar").isLessThanOrEqualTo(15_000);
    assertThat(frame + size("request.js", "timeline.js", "sql.js")).isLessThanOrEqualTo(80_000);
    assertThat(frame + size("requests.js")).isLessThanOrEqualTo(80_000);
    assertThat(frame + size("pools.js", "request.js", "timeline.js", "sql.js"))
        .isLessThanOrEqualTo(80_000);
  }

  /** As they are sent. */
  private static int size(String... names) {
    Assets assets = new Assets();
    String hash = assets.folder().substring("/assets/".length());
    return Stream.of(names)
        .mapToInt(name -> assets.find(hash + "/" + name).orElseThrow().content().length)
        .sum();
  }
}
