package io.sqlassist.debugpanel.browser;

import io.sqlassist.debugpanel.Repository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import library.TestApp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Makes the pictures of the documentation anew, with {@code -Ddocs.images}. */
@EnabledIfSystemProperty(named = "docs.images", matches = ".*")
class DocumentationImagesIT extends BrowserTests {

  private static final List<String> PATHS =
      List.of(
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
          "/nowhere");

  /** Nothing is loading, moving or waiting for its font, and live pages are. */
  private static final String AT_REST =
      """
      document.fonts.status === 'loaded'
        && document.getAnimations().every(each => each.playState === 'finished')
        && !document.body.innerText.includes('Loading')
        && (document.querySelector('.live')?.dataset.on ?? '1') === '1'
        && [...document.querySelectorAll('.chart')].every(each => each.querySelector('path'))
      """;

  @Test
  void picturesOfEachPage() throws Exception {
    mayComplainOf("");
    try (TestApp app = TestApp.start(panel -> panel.recorder = cfg -> cfg.requests(100))) {
      warmUp(app);
      crowd(app);
      for (int round = 0; round < 3; round++) {
        PATHS.forEach(app::get);
      }
      app.get("/leak");
      String nPlusOne = app.trace("/authors");
      String order = app.trace("/order");
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
      for (String scheme : List.of("light", "dark")) {
        Tab tab = tab();
        tab.size(1200, 760).prefers("prefers-color-scheme: " + scheme);
        for (Map.Entry<String, String> page : pages.entrySet()) {
          tab.open(app.panel(page.getValue()));
          if (page.getKey().equals("panel-sql")) {
            tab.waitFor("document.querySelector('.open-row')");
            tab.eval("document.querySelectorAll('.open-row')[1].click()");
            tab.waitFor("document.querySelector('.detail pre')");
          }
          tab.waitFor(AT_REST);
          keep(tab, page.getKey(), scheme);
        }
        String root = "document.querySelector('sqlassist-toolbar')?.shadowRoot";
        tab.size(900, 360).open(app.url("/authors"));
        tab.waitFor(root + ".querySelector('.bar b')");
        tab.eval(root + ".querySelector('[aria-controls]').click()");
        tab.waitFor(root + ".querySelector('li')");
        keep(tab, "panel-toolbar", scheme);
      }
    }
  }

  /** Until pages take about as long as they will, so that the pictures show no start-up. */
  private static void warmUp(TestApp app) {
    for (int round = 0; round < 60; round++) {
      PATHS.forEach(app::get);
    }
    app.get("/order");
    app.get("/order");
  }

  /** More than the pool has connections for. */
  private static void crowd(TestApp app) throws InterruptedException {
    ExecutorService clients = Executors.newFixedThreadPool(9);
    for (int i = 0; i < 120; i++) {
      clients.submit(() -> app.get("/report"));
    }
    clients.shutdown();
    if (!clients.awaitTermination(1, TimeUnit.MINUTES)) {
      throw new IllegalStateException("The crowd took too long.");
    }
  }

  private static void keep(Tab tab, String name, String scheme) throws IOException {
    Path file =
        Repository.root()
            .resolve("docs/images/" + name + (scheme.equals("dark") ? "-dark" : "") + ".png");
    tab.screenshot(file);
    SmallPng.shrink(file.toFile());
  }
}
