package io.sqlassist.debugpanel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sqlassist.debugpanel.Proves;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import library.TestApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the application's own pages get, and what they don't notice. */
class ToolbarIT extends BrowserTests {

  private static final String ROOT = "document.querySelector('sqlassist-toolbar').shadowRoot";

  /** Contrast of each text in the toolbar to the nearest ground that is not transparent. */
  private static final String CONTRASTS =
      """
      (() => {
        const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
        const light = colour => rgb(colour).slice(0, 3).map(c => c / 255).map(c =>
            c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
          .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
        const ground = e => {
          for (let at = e; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if (rgb(colour)[3] !== 0) return colour;
          }
        };
        return [...document.querySelector('sqlassist-toolbar').shadowRoot
            .querySelectorAll('a, button, b, small, span, code')].map(e => {
          const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
          return (a + 0.05) / (b + 0.05);
        });
      })()
      """;

  private static TestApp app;

  @BeforeAll
  static void startApp() {
    app = TestApp.start();
  }

  @AfterAll
  static void stopApp() {
    app.close();
  }

  private static String navigationId() {
    return "performance.getEntriesByType('navigation')[0].serverTiming.find(e => e.name =="
        + " 'sqlassist').description";
  }

  private static void waitForToolbar(Tab tab) {
    tab.waitFor(
        ROOT
            + ".querySelector('.bar a').textContent.includes('SQL ') || "
            + ROOT
            + ".querySelector('.bar b')");
  }

  @Test
  @Proves("A2")
  void aPageShowsHowManyStatementsItTookAndWhatIsWrongWithThem() {
    Tab tab = tab();
    tab.open(app.url("/authors"));
    waitForToolbar(tab);

    assertThat(tab.text(ROOT + ".querySelector('.bar a').textContent"))
        .contains("6 SQL")
        .contains("N+1");
    String id = tab.text(navigationId());
    assertThat(tab.text(ROOT + ".querySelector('.bar a').getAttribute('href')"))
        .isEqualTo("/__sqlassist/requests/" + id);
    assertThat(
            tab.eval(
                    // What is told of the mark comes after all that went before.
                    "new Promise(done => { let sum = 0; const observer = new PerformanceObserver(l"
                        + " => l.getEntries().forEach(e => { if (e.entryType === 'mark') done(sum);"
                        + " else sum += e.value; })); observer.observe({type: 'layout-shift',"
                        + " buffered: true}); observer.observe({type: 'mark'});"
                        + " performance.mark('now'); })")
                .asDouble())
        .as("layout shift")
        .isZero();

    tab.open(app.url("/__sqlassist/requests/" + id));
    assertThat(tab.page()).contains("GET /authors").contains("N+1");
  }

  @Test
  @Proves("A9")
  void requestsOfThePageAreListedInOrderAndNothingOfItIsPatched() {
    Tab tab = tab();
    tab.open(app.url("/ajax"));
    tab.eval("window.went");
    tab.waitFor(
        ROOT
            + ".querySelectorAll('li').length >= 4 || "
            + ROOT
            + ".querySelector('[aria-expanded]').textContent.startsWith('5')");
    tab.waitFor(
        "(() => { const have = [..."
            + ROOT
            + ".querySelectorAll('li a')].map(a => a.dataset.id); return window.ids.every(id => have.includes(id)); })()");

    JsonNode listed = tab.eval("[..." + ROOT + ".querySelectorAll('li a')].map(a => a.dataset.id)");
    JsonNode made = tab.eval("window.ids");
    List<String> order = new ArrayList<>();
    listed.forEach(each -> order.add(each.asText()));
    List<String> ids = new ArrayList<>();
    made.forEach(each -> ids.add(each.asText()));
    order.retainAll(ids);
    assertThat(order).isEqualTo(ids).hasSize(3);
    assertThat(tab.text("String(window.fetch)")).contains("[native code]");
    assertThat(tab.text("String(XMLHttpRequest.prototype.send)")).contains("[native code]");
  }

  @Test
  @Proves("A12")
  void aStrictPolicyOfThePageLetsTheToolbarInAndIsNotChanged() {
    String policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'";
    Tab tab = tab();
    tab.open(withPolicy(policy));
    waitForToolbar(tab);

    assertThat(tab.text("getComputedStyle(document.querySelector('sqlassist-toolbar')).position"))
        .isEqualTo("fixed");
    assertThat(
            app.get("/csp?policy=" + encoded(policy))
                .headers()
                .firstValue("Content-Security-Policy"))
        .hasValue(policy);
    mayComplainOf("favicon");
  }

  @Test
  @Proves("A12")
  void aPolicyWithANonceGetsTheScriptWithThatNonce() {
    String policy = "script-src 'nonce-abc123'; connect-src 'self'";
    Tab tab = tab();
    tab.open(withPolicy(policy));
    waitForToolbar(tab);

    assertThat(app.get("/csp?policy=" + encoded(policy)).body()).contains("nonce=\"abc123\"");
  }

  @Test
  @Proves("A12")
  void aPolicyWithoutScriptsIsRespectedAndThePanelSaysSo() {
    String policy = "script-src 'none'";
    Tab tab = tab();
    tab.open(withPolicy(policy));

    assertThat(tab.page()).contains("strict");
    assertThat(tab.eval("!!document.querySelector('sqlassist-toolbar')").asBoolean()).isFalse();
    String id = app.trace("/csp?policy=" + encoded(policy));
    assertThat(request(app, id, "request").page()).contains("blocked by CSP");
  }

  private static String withPolicy(String policy) {
    return app.url("/csp?policy=" + encoded(policy));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  @Proves("A11")
  void aPageThatIsNotModifiedStillGetsItsNewRequest() {
    TestApp etags =
        keep(TestApp.start("dev", panel -> {}, config -> config.http.generateEtags = true));
    Tab tab = tab();
    tab.open(etags.url("/"));
    waitForToolbar(tab);
    String first = tab.text(navigationId());
    tab.open(etags.url("/"));
    waitForToolbar(tab);
    String second = tab.text(navigationId());

    assertThat(second).isNotEqualTo(first);
    assertThat(tab.text(ROOT + ".querySelector('.bar a').getAttribute('href')")).endsWith(second);
    assertThat(etags.get("/__sqlassist/api/requests/" + second + "/summary").body())
        .contains("\"status\":304");
  }

  @Test
  @Proves("A8")
  void tabsOfTheApplicationHoldNoConnectionSoThatNoneStarves() {
    TestApp own = keep(TestApp.start()); // whose streams are those of this test
    Tab first = tab();
    List<Tab> pages = new ArrayList<>(List.of(first));
    first.open(own.url("/authors"));
    for (int i = 1; i < 8; i++) {
      Tab next = windowBeside(first);
      next.open(own.url("/authors"));
      pages.add(next);
    }
    Tab panel = windowBeside(first);
    panel.open(own.panel("/"));
    panel.waitFor("document.querySelector('.live').dataset.on === '1'");
    Tab pools = windowBeside(first);
    pools.open(own.panel("/pools"));
    pools.waitFor("document.querySelector('.live').dataset.on === '1'");

    for (Tab page : pages) {
      // Where connections are used up, it never ends.
      assertThat(page.text("fetch('/api/authors').then(r => r.text())")).startsWith("[Ada");
    }
    assertThat(own.get("/__sqlassist/api/status").body()).contains("\"streams\":2");
    pages.forEach(
        page -> assertThat(page.requested()).noneMatch(each -> each.contains("/api/events")));
  }

  @Test
  @Proves("A8")
  void aHiddenPageOfThePanelHoldsNoStream() {
    Tab panel = tab();
    panel.open(app.panel("/"));
    panel.waitFor("document.querySelector('.live').dataset.on === '1'");
    Tab other = tabBeside(panel);
    other.open(app.url("/"));
    other.front();
    panel.waitFor("document.hidden && document.querySelector('.live').dataset.on === '0'");

    panel.front();
    panel.waitFor("document.querySelector('.live').dataset.on === '1'");
  }

  @Test
  void theKeyboardReachesAllOfTheToolbarThroughOneStop() {
    Tab tab = tab();
    tab.open(app.url("/authors"));
    waitForToolbar(tab);
    tab.press("Tab");

    assertThat(tab.text("document.activeElement.tagName"))
        .isEqualToIgnoringCase("sqlassist-toolbar");
    tab.press("ArrowRight");
    assertThat(tab.text(ROOT + ".activeElement.textContent")).contains("request");
    tab.press("Enter");
    assertThat(tab.eval(ROOT + ".querySelector('ul').hidden").asBoolean()).isFalse();
    tab.press("ArrowUp");
    tab.press("ArrowUp");
    assertThat(tab.text(ROOT + ".activeElement.closest('li').textContent")).contains("/authors");
    tab.press("Escape");
    assertThat(tab.eval(ROOT + ".querySelector('ul').hidden").asBoolean()).isTrue();
    assertThat(tab.text(ROOT + ".activeElement.getAttribute('aria-expanded')")).isEqualTo("false");
  }

  @Test
  @Proves("A19")
  void theOpenToolbarIsAccessible() {
    for (String scheme : List.of("light", "dark")) {
      Tab tab = tab();
      tab.prefers("prefers-color-scheme: " + scheme);
      tab.open(app.url("/authors"));
      waitForToolbar(tab);
      tab.eval(ROOT + ".querySelector('[aria-expanded]').click()");
      tab.eval("document.body.innerHTML = '<main><h1>Page</h1></main>'");
      // It can't see through to the ground of an overlay: what it can't decide is measured below.
      assertThat(tab.axe("color-contrast")).as(scheme).isEmpty();
      assertThat(tab.eval(CONTRASTS))
          .as(scheme)
          .isNotEmpty()
          .allMatch(each -> each.asDouble() >= 4.5);
    }
  }
}
