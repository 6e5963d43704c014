package io.sqlassist.debugpanel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.debugpanel.Proves;
import java.util.List;
import library.TestApp;
import org.junit.jupiter.api.Test;

/** Pages of other sites, and names that point here, try to get at the panel. */
class OtherSitesIT extends BrowserTests {

  @Test
  @Proves("A14")
  void aSiteThatRebindsItsNameToThisMachineGetsNothing() {
    TestApp app = keep(TestApp.start());
    String id = app.trace("/authors");
    Tab evil = tab();
    evil.open("http://evil.test:" + app.port() + "/");
    mayComplainOf("404");

    for (String path :
        List.of("/", "/api/requests", "/api/requests/" + id, "/requests/" + id + ".txt")) {
      assertThat(evil.eval("fetch('/__sqlassist" + path + "').then(r => r.status)").asInt())
          .as(path)
          .isEqualTo(404);
    }
    assertThat(evil.eval("!!document.querySelector('sqlassist-toolbar')").asBoolean()).isFalse();
  }

  @Test
  @Proves("A14")
  void anotherSiteAndAnotherPortGetNothingAndChangeNothing() {
    TestApp app = keep(TestApp.start());
    TestApp other = keep(TestApp.bare(config -> {}));
    String id = app.trace("/authors");
    mayComplainOf("");
    for (String origin : List.of("http://evil.test:" + other.port(), other.url(""))) {
      Tab tab = tab();
      tab.open(origin + "/");
      String api = app.panel("/api");
      assertThat(tab.text(tried("fetch('" + api + "/requests').then(r => r.text())")))
          .isEqualTo("refused");
      assertThat(
              tab.text(
                  tried(
                      "fetch('"
                          + api
                          + "/clear', {method: 'POST', mode: 'no-cors', body: '{}'}).then(r => r.type)")))
          .isIn("refused", "opaque");
      assertThat(
              tab.text(
                  tried(
                      "fetch('"
                          + api
                          + "/clear', {method: 'POST', headers: {'Content-Type': 'application/json', 'X-SqlAssist-Token': 'x'}, body: '{}'}).then(r => r.text())")))
          .isEqualTo("refused");
      assertThat(
              tab.text(
                  "new Promise(done => { const s = document.createElement('script'); s.src = '"
                      + api
                      + "/requests'; s.onload = () => done('loaded'); s.onerror = () => done('refused'); document.body.append(s); })"))
          .isEqualTo("refused");
      assertThat(
              tab.text(
                  "new Promise(done => { const s = new EventSource('"
                      + api
                      + "/events'); s.onopen = () => done('open'); s.onerror = () => done('refused'); })"))
          .isEqualTo("refused");
      assertThat(
              tab.text(
                  "new Promise(done => { const f = document.createElement('iframe'); f.src = '"
                      + app.panel("/")
                      + "'; f.onload = () => { try { done(f.contentDocument ? 'readable' : 'refused'); } catch { done('refused'); } }; document.body.append(f); })"))
          .isEqualTo("refused");
    }
    assertThat(app.get("/__sqlassist/api/requests/" + id).statusCode()).isEqualTo(200);
  }

  private static String tried(String promise) {
    return "(" + promise + ").catch(() => 'refused')";
  }

  @Test
  @Proves("A14")
  void aNameOfThisMachineWorksOnceItIsConfigured() {
    mayComplainOf("404");
    mayComplainOf("Cross-Origin-Opener-Policy"); // which only secure origins have
    TestApp app = keep(TestApp.start());
    Tab tab = tab();
    tab.open("http://dev.test:" + app.port() + "/__sqlassist/");
    assertThat(tab.page()).doesNotContain("SqlAssist");
    TestApp known = keep(TestApp.start(panel -> panel.hosts.add("dev.test")));
    known.get("/authors");
    Tab listed = tab();
    listed.open("http://dev.test:" + known.port() + "/__sqlassist/");
    listed.waitFor("document.body.innerText.includes('/authors')");
  }
}
