package io.sqlassist.debugpanel.browser;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import library.TestApp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Makes the pictures of the documentation anew, with {@code -Ddocs.images}. */
@EnabledIfSystemProperty(named = "docs.images", matches = ".*")
class DocumentationImagesIT extends BrowserTests {

  @Test
  void picturesOfEachPage() throws Exception {
    Path images = root().resolve("docs/images");
    mayComplainOf("");
    try (TestApp app = TestApp.start()) {
      for (int round = 0; round < 4; round++) {
        for (String path :
            new String[] {
              "/",
              "/authors/1",
              "/authors",
              "/api/authors",
              "/twice",
              "/changed",
              "/authors/joined",
              "/fail",
              "/not-atomic",
              "/authors/3",
              "/nowhere"
            }) {
          app.get(path);
        }
      }
      var crowd = Executors.newFixedThreadPool(8);
      for (int i = 0; i < 40; i++) {
        crowd.submit(() -> app.get("/gap"));
      }
      crowd.shutdown();
      crowd.awaitTermination(30, TimeUnit.SECONDS);
      app.get("/order"); // and once more when everything is warm
      app.get("/leak");
      String order = app.trace("/order");
      String nPlusOne = app.trace("/authors");
      Map<String, String> pages =
          Map.of(
              "panel-requests", "/",
              "panel-request", "/requests/" + order,
              "panel-sql", "/requests/" + nPlusOne + "?tab=sql",
              "panel-findings", "/findings",
              "panel-sessions", "/requests/" + order + "?tab=sessions",
              "panel-pools", "/pools",
              "panel-engines", "/engines",
              "panel-entities", "/entities");
      for (String scheme : new String[] {"light", "dark"}) {
        Tab tab = tab();
        tab.size(1200, 760).prefers("prefers-color-scheme: " + scheme);
        for (Map.Entry<String, String> page : pages.entrySet()) {
          tab.open(app.panel(page.getValue()));
          if (page.getKey().equals("panel-sql")) {
            tab.waitFor("document.querySelector('.open-row')");
            tab.eval("document.querySelectorAll('.open-row')[1].click()");
            tab.waitFor("document.querySelector('.detail pre')");
          }
          Thread.sleep(1_200);
          tab.screenshot(
              images.resolve(page.getKey() + (scheme.equals("dark") ? "-dark" : "") + ".png"));
        }
        tab.size(900, 360).open(app.url("/authors"));
        Thread.sleep(1_000);
        tab.eval(
            "document.querySelector('sqlassist-toolbar').shadowRoot.querySelector('[aria-controls]').click()");
        Thread.sleep(300);
        tab.screenshot(
            images.resolve("panel-toolbar" + (scheme.equals("dark") ? "-dark" : "") + ".png"));
      }
    }
  }

  private static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(directory.resolve(".mvn"))) {
      directory = directory.getParent();
    }
    return directory;
  }
}
