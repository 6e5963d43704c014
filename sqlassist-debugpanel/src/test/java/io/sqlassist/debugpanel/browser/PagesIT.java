package io.sqlassist.debugpanel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import library.TestApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the pages of the panel tell. */
class PagesIT extends BrowserTests {

  private static TestApp app;

  @BeforeAll
  static void startApp() {
    app = TestApp.start();
  }

  @AfterAll
  static void stopApp() {
    app.close();
  }

  @Test
  void aFindingNamesTheRoleThePlaceAndTheCure() {
    try (TestApp own = TestApp.start()) {
      aFindingNamesTheRoleThePlaceAndTheCure(own);
    }
  }

  private void aFindingNamesTheRoleThePlaceAndTheCure(TestApp app) {
    String id = app.trace("/authors");
    String page = request(app, id, "findings").page();

    assertThat(page).contains("Author.books").contains("5 times").contains("join fetch");
    assertThat(page).containsPattern("TestApp\\.java:\\d+");

    Tab sql = tab().open(app.panel("/requests/" + id + "?tab=sql&view=statement"));
    sql.waitFor("document.querySelectorAll('tbody tr').length === 2");
    assertThat(
            sql.eval("[...document.querySelectorAll('tbody tr')].map(r => r.cells[1].textContent)")
                .toString())
        .contains("\"5\"")
        .contains("\"1\"");

    assertThat(findings(app, "/authors/joined")).doesNotContain("N+1");
  }

  @Test
  void aQuestionAskedTwiceIsADuplicateUnlessSomethingWasWrittenInBetween() {
    assertThat(findings(app, "/twice")).contains("Duplicate");
    assertThat(findings(app, "/changed")).doesNotContain("Duplicate");
  }

  private String findings(TestApp app, String path) {
    return request(app, app.trace(path), "findings")
        .text("[...document.querySelectorAll('.finding h2')].map(h => h.innerText).join(', ')");
  }

  @Test
  void theTimelineShowsTheWallClockOfBothEngines() {
    String id = app.trace("/gap");
    Tab tab = tab().open(app.panel("/requests/" + id + "?tab=timeline&as=table"));

    JsonNode rows =
        tab.eval(
            "[...document.querySelectorAll('tbody tr')].map(r => [...r.cells].map(c =>"
                + " c.innerText.trim()))");
    double end = 0;
    double begin = 0;
    for (JsonNode row : rows) {
      boolean sql = row.get(4).asText().startsWith("SQL #");
      if (sql && row.get(3).asText().contains("main")) {
        end = millis(row.get(1).asText());
      } else if (sql && row.get(3).asText().contains("audit")) {
        begin = millis(row.get(0).asText());
      }
    }
    assertThat(begin - end).as("gap in ms: %s", rows).isBetween(199.0, 260.0);
    assertThat(
            tab.eval(
                    "[...document.querySelectorAll('.timeline text.lane')].map(t => t.textContent)")
                .toString())
        .isEqualTo("[\"request\",\"main\",\"audit\"]");
    assertThat(
            tab.eval(
                    "[...document.querySelectorAll('.mark.COMMIT')].map(m => m.parentNode.className.baseVal)")
                .toString())
        .isEqualTo("[\"e0\",\"e1\"]");
    assertThat(
            tab.eval(
                    "(() => { const [a, b] = ['.e0 .sql', '.e1 .sql'].map(s =>"
                        + " document.querySelector(s).getBoundingClientRect()); return a.right <"
                        + " b.left; })()")
                .asBoolean())
        .as("bars do not overlap")
        .isTrue();
    assertThat(request(app, id, "findings").page())
        .contains("Connection held idle")
        .contains("main");
  }

  private static double millis(String duration) {
    String[] parts = duration.split(" ");
    double number = Double.parseDouble(parts[0]);
    return switch (parts[1]) {
      case "µs" -> number / 1_000;
      case "s" -> number * 1_000;
      default -> number;
    };
  }

  @Test
  void theSessionsTabTellsWhichEnginesWereUsed() {
    String page = request(app, app.trace("/authors"), "sessions").page();
    Tab tab = request(app, app.trace("/authors"), "sessions");

    assertThat(
            tab.eval(
                    "[...document.querySelectorAll('[aria-label=Engines] tbody tr')].map(r => r.cells[0].innerText + ' ' + r.cells[1].innerText)")
                .toString())
        .isEqualTo("[\"main END\",\"audit INIT\",\"spare INIT\"]");
    assertThat(page).contains("dbSession").contains("committed");
  }

  @Test
  void aLeakIsRedAndItsHolderIsListedUntilItLetsGo() {
    try (TestApp own = TestApp.start()) {
      String id = own.trace("/leak");
      String sessions = request(own, id, "sessions").page();
      assertThat(sessions).contains("START").contains("not closed").contains("not released");
      Tab pools = tab().open(own.panel("/pools"));
      pools.waitFor(
          "document.querySelector('[aria-label=\"Holders now\"]')", Duration.ofSeconds(2));
      assertThat(pools.page()).contains("GET /leak").contains("TestApp.leak");

      own.get("/unleak");
      pools.waitFor(
          "document.body.innerText.includes('No connection is held')", Duration.ofSeconds(5));
    }
  }

  @Test
  void newRequestsArriveWithoutMovingAnything() {
    try (TestApp own = TestApp.start()) {
      for (int i = 0; i < 40; i++) {
        own.get("/twice");
      }
      Tab tab = tab().open(own.panel("/"));
      tab.waitFor("document.querySelector('.live').dataset.on === '1'");
      tab.eval(
          "document.querySelector('tbody a').focus(); window.__focused = document.activeElement");
      for (int i = 0; i < 5; i++) {
        String id = own.trace("/authors");
        tab.waitFor("document.querySelector('[data-id=\"" + id + "\"]')", Duration.ofSeconds(1));
      }
      assertThat(
              tab.eval("document.activeElement === window.__focused && scrollY === 0").asBoolean())
          .isTrue();

      tab.eval("scrollTo(0, 400)");
      String held = own.trace("/authors");
      tab.waitFor("document.body.innerText.includes('1 new')", Duration.ofSeconds(2));
      assertThat(tab.eval("scrollY").asInt()).isEqualTo(400);
      assertThat(tab.eval("!!document.querySelector('[data-id=\"" + held + "\"]')").asBoolean())
          .isFalse();
    }
  }

  @Test
  void aStreamThatWasCutCatchesUpWithoutGapOrDouble() {
    try (TestApp own = TestApp.start()) {
      own.get("/twice");
      Tab tab = tab().open(own.panel("/"));
      tab.waitFor("document.querySelector('.live').dataset.on === '1'");
      own.cutStreams();
      tab.waitFor("document.querySelector('.live').dataset.on === '0'");
      for (int i = 0; i < 5; i++) {
        own.get("/authors/" + i);
      }
      tab.waitFor("document.querySelectorAll('tbody tr').length === 6");
      own.get("/authors/99");
      tab.waitFor("document.querySelectorAll('tbody tr').length === 7");
      assertThat(
              tab.eval(
                      "new Set([...document.querySelectorAll('tbody tr')].map(r => r.dataset.id)).size")
                  .asInt())
          .isEqualTo(7);
    }
  }

  @Test
  void aRequestThatIsNotKeptSaysSo() {
    Tab tab = tab().open(app.panel("/requests/" + "0".repeat(32)));
    mayComplainOf("404");

    assertThat(tab.page()).contains("no longer kept").contains("All requests");
  }

  @Test
  void aHugeRequestIsShownAtOnceAndSaysWhatIsMissing() {
    String id = app.trace("/many?n=20000&large");
    long before = System.nanoTime();
    Tab tab = tab().open(app.panel("/requests/" + id + "?tab=sql"));
    tab.waitFor("document.querySelectorAll('[data-statement]').length >= 500");
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));

    assertThat(tab.page()).contains("20,002").contains("Details dropped");
    JsonNode status = tab.eval("fetch('/__sqlassist/api/status').then(r => r.json())");
    assertThat(status.get("bytes").asLong()).isLessThan(status.get("maxBytes").asLong());
  }

  @Test
  void everyKindOfRequestIsAttributedToItself() {
    assertTrace("/future", 200, 1);
    assertTrace("/before", 200, 1);
    assertTrace("/stream", 200, 1);
    assertTrace("/throws", 500, 1);
    assertThat(request(app, app.trace("/not-atomic"), "findings").page()).contains("Not atomic");
  }

  private void assertTrace(String path, int status, int statements) {
    String id = app.trace(path);
    Tab tab = request(app, id, "sql");
    tab.waitFor("document.querySelectorAll('[data-statement]').length === " + statements);
    assertThat(tab.text("document.querySelector('h1').innerText"))
        .contains(path)
        .contains("" + status);
  }

  @Test
  void markupIsShownAsTextEverywhere() {
    String id = app.trace("/x%3Csvg%20onload=alert(1)%3E");
    for (String name :
        List.of(
            "timeline&as=table",
            "sql&view=order",
            "sql&view=statement",
            "sql&view=origin",
            "findings",
            "sessions",
            "request")) {
      Tab tab = request(app, id, name);
      tab.waitFor("!document.body.innerText.includes('Loading')");
      assertThat(
              tab.eval(
                      "document.querySelectorAll('main img, main script, main svg[onload]').length")
                  .asInt())
          .isZero();
      if (name.equals("sql&view=order")) {
        tab.waitFor("document.querySelectorAll('.open-row').length === 2");
        tab.eval("document.querySelectorAll('.open-row').forEach(b => b.click())");
        tab.waitFor("document.querySelectorAll('.detail pre').length >= 2");
        assertThat(tab.page())
            .contains("<img src=x onerror=alert(1)>")
            .contains("</script><script>alert(1)</script>")
            .contains("<svg onload=alert(2)>");
      }
    }
    for (String page : List.of("/", "/findings", "/pools", "/engines", "/entities")) {
      Tab tab = tab().open(app.panel(page));
      assertThat(tab.eval("document.querySelectorAll('main img, main script').length").asInt())
          .isZero();
    }
    Tab list = tab().open(app.panel("/"));
    assertThat(list.page()).contains("svg%20onload");
    for (String kind : List.of(".txt", ".md", ".json")) {
      Tab export = tab();
      export.open(app.panel("/requests/" + id + kind));
      assertThat(export.page()).contains("onerror=alert(1)");
    }
  }

  @Test
  void nothingIsRequestedFromAnotherOrigin() {
    String id = app.trace("/authors");
    Tab tab = tab();
    for (String page :
        List.of("/", "/requests/" + id, "/engines", "/pools", "/entities", "/findings")) {
      tab.open(app.panel(page));
    }
    tab.open(app.url("/authors"));

    assertThat(tab.requested())
        .isNotEmpty()
        .allMatch(each -> each.startsWith(app.url("/")) || each.startsWith("data:"));
  }
}
