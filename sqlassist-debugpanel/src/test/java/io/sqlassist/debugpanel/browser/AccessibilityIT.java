package io.sqlassist.debugpanel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import library.TestApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The pages without a mouse, without colours, without motion, and on a narrow screen. */
class AccessibilityIT extends BrowserTests {

  private static TestApp app;
  private static String id;

  @BeforeAll
  static void startApp() {
    app = TestApp.start();
    app.get("/fail");
    app.get("/twice");
    app.get("/leak");
    app.get("/not-atomic");
    id = app.trace("/authors");
  }

  @AfterAll
  static void stopApp() {
    app.close();
  }

  private static List<String> pages() {
    List<String> pages =
        new ArrayList<>(List.of("/", "/engines", "/pools", "/entities", "/findings"));
    for (String tab : List.of("timeline&as=table", "sql", "findings", "sessions", "request")) {
      pages.add("/requests/" + id + "?tab=" + tab);
    }
    return pages;
  }

  @Test
  void noPageHasViolationsInLight() {
    noPageHasViolations("light");
  }

  @Test
  void noPageHasViolationsInDark() {
    noPageHasViolations("dark");
  }

  private void noPageHasViolations(String scheme) {
    Tab tab = tab();
    tab.prefers("prefers-color-scheme: " + scheme, "prefers-reduced-motion: reduce");
    List<String> found = new ArrayList<>();
    for (String page : pages()) {
      tab.open(app.panel(page));
      if (page.endsWith("=sql")) {
        tab.waitFor("document.querySelector('.open-row')");
        tab.eval("document.querySelector('.open-row').click()");
        tab.waitFor("document.querySelector('.detail pre')");
      }
      tab.axe().forEach(each -> found.add(page + " " + each));
    }
    assertThat(found).isEmpty();
  }

  @Test
  void theKeyboardAloneGetsFromTheListToAStatementAndBack() {
    Tab tab = tab();
    tab.open(app.panel("/"));
    tab.eval("document.querySelector('tbody a').focus()");
    tab.press("Enter");
    tab.waitFor(
        "document.querySelector('[role=tab]') && document.documentElement.dataset.ready === '1'");
    tab.eval("document.querySelector('[role=tab][aria-selected=true]').focus()");
    tab.press("ArrowRight");
    tab.waitFor("document.querySelector('.open-row')");
    assertThat(tab.text("document.activeElement.id")).isEqualTo("tab-sql");
    tab.press("End");
    assertThat(tab.text("document.activeElement.id")).isEqualTo("tab-request");
    tab.press("Home");
    tab.press("ArrowRight");
    tab.eval("document.querySelector('.open-row').focus()");
    tab.press("Enter");
    tab.waitFor("document.querySelector('.detail pre')");
    tab.eval("document.querySelector('.detail button').focus()");
    tab.press("Escape");

    assertThat(tab.eval("!!document.querySelector('.detail')").asBoolean()).isFalse();
    assertThat(tab.text("document.activeElement.className")).isEqualTo("open-row");
  }

  @Test
  void nothingMovesForThoseWhoDontWantItTo() {
    Tab tab = tab();
    tab.prefers("prefers-reduced-motion: reduce");
    tab.open(app.panel("/"));
    tab.waitFor("document.querySelector('.live').dataset.on === '1'");
    String fresh = app.trace("/twice");
    tab.waitFor("document.querySelector('[data-id=\"" + fresh + "\"]')");

    assertThat(tab.eval("document.getAnimations().length").asInt()).isZero();
  }

  @Test
  void aNarrowScreenDoesNotScrollSideways() {
    Tab tab = tab();
    tab.size(320, 800);
    for (String page : pages()) {
      tab.open(app.panel(page));
      assertThat(tab.eval("document.documentElement.scrollWidth").asInt())
          .as(page)
          .isLessThanOrEqualTo(320);
    }
  }

  @Test
  void withForcedColoursLanesKeepTheirNames() {
    Tab tab = tab();
    tab.prefers("forced-colors: active");
    tab.open(app.panel("/requests/" + id));
    tab.waitFor("document.querySelector('.timeline text.lane')");

    assertThat(
            tab.eval(
                    "[...document.querySelectorAll('.timeline text.lane')].map(t => t.textContent)")
                .toString())
        .contains("main");
    assertThat(tab.text("document.querySelector('.chip.engine').textContent")).contains("main");
  }

  @Test
  void everyPageHasATitleOfItsOwnOneHeadingAndALanguage() {
    Tab tab = tab();
    List<String> titles = new ArrayList<>();
    for (String page :
        List.of("/", "/engines", "/pools", "/entities", "/findings", "/requests/" + id)) {
      tab.open(app.panel(page));
      titles.add(tab.text("document.title"));
      assertThat(tab.eval("document.querySelectorAll('h1').length").asInt()).as(page).isEqualTo(1);
      assertThat(tab.text("document.documentElement.lang")).isEqualTo("en");
    }
    assertThat(titles).doesNotHaveDuplicates();
  }
}
