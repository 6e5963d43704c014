package io.sqlassist.debugpanel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.debugpanel.Proves;
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
        new ArrayList<>(
            List.of("/", "/engines", "/engines/main", "/pools", "/entities", "/findings"));
    for (String tab : List.of("timeline&as=table", "sql", "findings", "sessions", "request")) {
      pages.add("/requests/" + id + "?tab=" + tab);
    }
    return pages;
  }

  @Test
  @Proves("A19")
  void noPageHasViolationsInLight() {
    noPageHasViolations("light");
  }

  @Test
  @Proves("A19")
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
  @Proves("A19")
  void theKeyboardAloneGetsFromTheListToAStatementAndBack() {
    Tab tab = tab();
    tab.open(app.panel("/"));
    walkTo(tab, "at.matches('tbody a') && at.textContent.includes('/authors')");
    tab.press("Enter");
    tab.waitFor(
        "document.querySelector('[role=tab]') && document.documentElement.dataset.ready === '1'");
    walkTo(tab, "at.matches('[role=tab]')");
    tab.press("ArrowRight");
    tab.waitFor("document.querySelector('.open-row')");
    assertThat(tab.text("document.activeElement.id")).isEqualTo("tab-sql");
    tab.press("End");
    assertThat(tab.text("document.activeElement.id")).isEqualTo("tab-request");
    tab.press("Home");
    tab.press("ArrowRight");
    walkTo(tab, "at.matches('[data-statement=\"1\"] .open-row')");
    tab.press("Enter");
    tab.waitFor("document.querySelector('.detail pre')");
    walkTo(tab, "at.matches('.detail button') && at.textContent === 'EXPLAIN'");
    tab.press("Enter");
    tab.waitFor("document.querySelector('.plan')");
    assertThat(tab.text("document.activeElement.textContent")).isEqualTo("Plan");
    tab.press("Escape");

    assertThat(tab.eval("!!document.querySelector('.detail')").asBoolean()).isFalse();
    assertThat(
            tab.eval("document.activeElement.matches('[data-statement=\"1\"] .open-row')")
                .asBoolean())
        .isTrue();
  }

  /** As somebody does who has no mouse. */
  private static void walkTo(Tab tab, String condition) {
    for (int i = 0; i < 100; i++) {
      tab.press("Tab");
      if (tab.eval("(at => " + condition + ")(document.activeElement)").asBoolean()) {
        return;
      }
    }
    throw new AssertionError("The Tab key does not lead to " + condition);
  }

  @Test
  @Proves("A19")
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
  @Proves("A19")
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
  @Proves("A19")
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
    assertThat(
            tab.eval(
                    "getComputedStyle(document.querySelector('.timeline text.lane')).fill !=="
                        + " getComputedStyle(document.body).backgroundColor")
                .asBoolean())
        .as("a name that can be seen")
        .isTrue();
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
