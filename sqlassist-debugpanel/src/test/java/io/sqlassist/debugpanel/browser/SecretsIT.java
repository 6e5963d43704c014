package io.sqlassist.debugpanel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.sqlassist.debugpanel.LogLines;
import io.sqlassist.debugpanel.Proves;
import io.sqlassist.trace.HeapDump;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import library.TestApp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a request brings and stores in secret is nowhere: on no page, in no file, log or memory. */
class SecretsIT extends BrowserTests {

  private static final String HASH = "abcdefghijklmnopqrstuv";

  @TempDir private Path folder;

  private static String login(TestApp app) {
    HttpResponse<String> login =
        app.send(
            app.request("/login?password=hunter2")
                .header("Authorization", "Bearer s3cret")
                .header("Cookie", "session=s3cret")
                .POST(HttpRequest.BodyPublishers.ofString("password=hunter2")));
    assertThat(login.headers().map().toString()).doesNotContain("hunter2", "s3cret", HASH);
    return login.headers().firstValue("X-SqlAssist-Request").orElseThrow();
  }

  @Test
  @Proves({"A18", "S9", "S10", "S11"})
  void aLoginIsShownWithoutItsSecrets() {
    try (LogLines log = new LogLines()) {
      TestApp app = keep(TestApp.start());
      app.withPasswordInUrl("hunter2");
      String id = login(app);
      List<String> paths =
          new ArrayList<>(
              List.of("/", "/engines", "/engines/main", "/engines/secret", "/pools", "/findings"));
      paths.add("/entities?engine=secret");
      for (String tab : List.of("timeline&as=table", "findings", "sessions", "request")) {
        paths.add("/requests/" + id + "?tab=" + tab);
      }
      for (String view : List.of("order", "statement", "origin")) {
        paths.add("/requests/" + id + "?tab=sql&view=" + view);
      }
      for (String export : List.of(".json", ".txt", ".md", ".trace.json")) {
        paths.add("/requests/" + id + export);
      }
      Tab tab = tab();
      for (String path : paths) {
        tab.open(app.panel(path));
        tab.waitFor("!document.body.innerText.includes('Loading')");
        if (path.endsWith("view=order")) {
          tab.waitFor("document.querySelector('.open-row')");
          tab.eval("document.querySelector('.open-row').click()");
          tab.waitFor("document.querySelector('.detail pre')");
          assertThat(tab.page()).contains("masked");
        }
        holdsNoSecret(tab, path);
      }
      tab.open(app.url("/authors"));
      tab.waitFor(
          "document.querySelector('sqlassist-toolbar')?.shadowRoot.querySelector('.bar b')");
      holdsNoSecret(tab, "the toolbar");
      assertThat(log.all()).isNotEmpty();
      for (ILoggingEvent line : log.all()) {
        assertThat(line.getFormattedMessage()).doesNotContain("hunter2", "s3cret", HASH);
      }
    }
  }

  /** Neither what is shown nor what came for it. */
  private static void holdsNoSecret(Tab tab, String where) {
    Map<String, String> bodies = tab.bodies();
    assertThat(bodies).as(where).isNotEmpty();
    bodies.put(where, tab.text("document.documentElement.outerHTML"));
    bodies.forEach(
        (address, body) -> assertThat(body).as(address).doesNotContain("hunter2", "s3cret", HASH));
  }

  @Test
  @Proves({"A18", "S10"})
  void aHeapDumpFindsNoSecretInTheStore() throws Exception {
    try (TestApp app = TestApp.start()) {
      login(app);
      app.get("/x1"); // with a value that is no secret
      HeapDump dump = HeapDump.of(folder.resolve("dump.hprof"));

      Set<String> classes = dump.instancesBy("io.sqlassist.trace.Recorder");
      assertThat(classes).contains("io.sqlassist.trace.Bind", "io.sqlassist.trace.SqlShape");
      assertThat(dump.isReachable("</script><script>alert(1)</script>"))
          .as("the search finds values that are kept")
          .isTrue();
      for (String secret : List.of("hunter2", "s3cret", HASH)) {
        assertThat(dump.isReachable(secret)).as(secret).isFalse();
      }
      assertThat(dump.isSomewhere(HASH)).as("the database has it").isTrue();
    }
  }
}
