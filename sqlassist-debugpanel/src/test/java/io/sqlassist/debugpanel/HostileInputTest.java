package io.sqlassist.debugpanel;

import static io.sqlassist.debugpanel.Requests.raw;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import library.TestApp;
import org.junit.jupiter.api.Test;

/** Whatever a request brings, nobody takes it for SQL, a class, a file or an expression. */
class HostileInputTest {

  /** What each of them would do, if it were understood, is looked for in every answer. */
  private static List<String> hostile(int listener) {
    return List.of(
        "select 1",
        "1; delete from Book",
        "1'; delete from Book; --",
        "from Book",
        "delete Book",
        "java.lang.Runtime",
        "io.sqlassist.trace.Recorder",
        "../../../../../../etc/passwd",
        "..\\..\\..\\..\\etc\\passwd",
        "/etc/passwd",
        "file:///etc/passwd",
        "jar:file:/x.jar!/META-INF/MANIFEST.MF",
        "${191*7}",
        "#{191*7}",
        "{{191*7}}",
        "%{191*7}",
        "${jndi:ldap://127.0.0.1:" + listener + "/x}",
        "http://127.0.0.1:" + listener + "/",
        "jdbc:h2:tcp://127.0.0.1:" + listener + "/x",
        "\u0000",
        "9".repeat(40));
  }

  private static final String STATISTICS =
      "select sql_statement from information_schema.query_statistics";
  private static final String COUNT = "select count(*) from Book";

  private static final List<String> PARAMETERS =
      List.of("after", "limit", "engine", "path", "findings", "from", "topic", "token", "sql", "q");

  private static final List<String> FIELDS =
      List.of("paused", "pinned", "analyze", "sql", "query", "statement", "class", "@class");

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static DataSource main(TestApp app) {
    return app.registry.engine("main").dataSource();
  }

  private static long ask(DataSource source, String sql) {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** What the database itself says that it was asked. */
  private static List<String> executed(DataSource source) throws SQLException {
    List<String> all = new ArrayList<>();
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(STATISTICS)) {
      while (rows.next()) {
        all.add(rows.getString(1));
      }
    }
    return all;
  }

  @Test
  @Proves({"S1", "S15"})
  void nothingThatARequestBringsIsInterpreted() throws Exception {
    try (TestApp app = TestApp.start();
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String id = app.trace("/changed");
      List<String> addresses =
          List.of(
              "GET /__sqlassist/api/requests",
              "GET /__sqlassist/api/requests/" + id,
              "POST /__sqlassist/api/clear",
              "GET /__sqlassist/");
      String token = app.token();
      DataSource main = main(app);
      try (Connection connection = main.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("set query_statistics true");
        statement.execute("set query_statistics_max_entries 1000");
      }
      long books = ask(main, COUNT);
      assertThat(executed(main)).as("the database tells").contains(COUNT);

      for (String input : hostile(listener.getLocalPort())) {
        for (String path : paths(id, encoded(input))) {
          harmless(app.send(app.request(path).GET()), input);
        }
        for (String parameter : PARAMETERS) {
          String query = "?" + parameter + "=" + encoded(input);
          for (String api : List.of("/requests", "/requests/" + id + "/statements", "/entities")) {
            harmless(app.send(app.request("/__sqlassist/api" + api + query).GET()), input);
          }
          harmless(app.send(app.request("/__sqlassist/" + query).GET()), input);
        }
        for (String field : FIELDS) {
          String body = "{\"" + field + "\": " + Json.write(input) + "}";
          for (String api :
              List.of(
                  "/capture",
                  "/requests/" + id + "/pin",
                  "/requests/" + id + "/statements/2/explain")) {
            harmless(
                app.send(
                    app.request("/__sqlassist/api" + api)
                        .header("Content-Type", "application/json")
                        .header("X-SqlAssist-Token", token)
                        .POST(HttpRequest.BodyPublishers.ofString(body))),
                input);
          }
        }
        String line = input.replaceAll("[^ -~]", "?");
        for (String header :
            List.of(
                "Last-Event-ID",
                "User-Agent",
                "Referer",
                "Cookie",
                "X-SqlAssist-Token",
                "Accept")) {
          for (String address : addresses) {
            harmless(raw(app, address, header + ": " + line), line);
          }
        }
      }

      assertThat(executed(main))
          .as("statements that reached the database, but those of this test and of the pool")
          .allMatch(
              each ->
                  List.of(COUNT, STATISTICS).contains(each)
                      || each.matches("(?i)(set .*|select 1|commit|rollback)"));
      assertThat(ask(main, COUNT)).isEqualTo(books);
      assertThat(app.get("/__sqlassist/api/status").body()).contains("\"paused\":false");
      nobodyCalls(listener);
    }
  }

  private static List<String> paths(String id, String part) {
    List<String> paths = new ArrayList<>();
    for (String path :
        List.of(
            "/%s",
            "/requests/%s",
            "/requests/%s.txt",
            "/requests/" + id + ".%s",
            "/engines/%s",
            "/assets/%s",
            "/assets/%s/app.js",
            "/api/%s",
            "/api/requests/%s",
            "/api/requests/" + id + "/%s",
            "/api/requests/" + id + "/statements/%s",
            "/api/engines/%s",
            "/api/entities?engine=%s")) {
      paths.add("/__sqlassist" + path.replace("%s", part));
    }
    return paths;
  }

  private static void harmless(HttpResponse<String> answer, String input) {
    harmless(answer.uri().toString(), answer.statusCode(), answer.body(), input);
  }

  private static void harmless(Requests.Answer answer, String input) {
    harmless("", answer.status(), answer.body(), input);
  }

  /** The product of 191 and 7 is what an expression would have become. */
  private static void harmless(String address, int status, String body, String input) {
    assertThat(status).as("%s with %s", address, input).isLessThan(500);
    assertThat(body)
        .as("%s with %s", address, input)
        .doesNotContain("root:", "Manifest-Version", "class java.", "\"1337\"", ">1337<");
  }

  private static void nobodyCalls(ServerSocket listener) throws IOException {
    listener.setSoTimeout(200);
    try {
      listener.accept().close();
      throw new AssertionError("the server opened a connection to an address of a request");
    } catch (SocketTimeoutException expected) {
      assertThat(expected).isNotNull();
    }
  }

  @Test
  @Proves("S1")
  void aBodyThatIsNoSmallJsonObjectChangesNothing() {
    try (TestApp app = TestApp.start()) {
      String token = app.token();
      for (String body :
          List.of(
              "", "[]", "\"paused\"", "{", "true", "{\"paused\": true" + " ".repeat(2_000) + "}")) {
        assertThat(
                app.send(
                        app.request("/__sqlassist/api/capture")
                            .header("Content-Type", "application/json")
                            .header("X-SqlAssist-Token", token)
                            .POST(HttpRequest.BodyPublishers.ofString(body)))
                    .statusCode())
            .as(body)
            .isEqualTo(400);
      }
      assertThat(app.get("/__sqlassist/api/status").body()).contains("\"paused\":false");
    }
  }
}
