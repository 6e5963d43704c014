package io.sqlassist.debugpanel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import library.TestApp;
import org.junit.jupiter.api.Test;

/** Plans are asked for by a button, and only for statements that read. */
class ExplainIT extends BrowserTests {

  @Test
  void aSelectGetsItsPlanAndTheFocusGoesThere() {
    try (TestApp app = TestApp.start()) {
      String id = app.trace("/twice");
      Tab tab = request(app, id, "sql");
      open(tab, 1);
      tab.eval(
          "[...document.querySelectorAll('.detail button')].find(b => b.textContent === 'EXPLAIN').click()");
      tab.waitFor("document.querySelector('.plan')");

      assertThat(tab.text("document.querySelector('.plan').textContent"))
          .containsIgnoringCase("select");
      assertThat(tab.text("document.activeElement.textContent")).isEqualTo("Plan");
      tab.press("Escape");
      assertThat(tab.text("document.activeElement.className")).isEqualTo("open-row");
      assertThat(app.get("/__sqlassist/api/requests").body()).doesNotContainIgnoringCase("explain");
    }
  }

  @Test
  void aStatementThatWritesOrHidesAValueHasAReasonInsteadOfAPlan() {
    try (TestApp app = TestApp.start()) {
      String id = app.trace("/changed");
      mayComplainOf("403");
      mayComplainOf("404");
      Tab tab = request(app, id, "sql");
      open(tab, 2);
      JsonNode button =
          tab.eval(
              "(b => [b.disabled, document.getElementById(b.getAttribute('aria-describedby')).textContent])([...document.querySelectorAll('.detail button')].find(b"
                  + " => b.textContent === 'EXPLAIN'))");
      assertThat(button.get(0).asBoolean()).isTrue();
      assertThat(button.get(1).asText()).isNotEmpty();

      assertThat(byHand(tab, id, 2, "token")).isEqualTo(403);
      assertThat(byHand(tab, id, 99, "token")).isEqualTo(404);
      assertThat(byHand(tab, id, 1, "'wrong'")).isEqualTo(403);
      assertThat(byHand(tab, id, 1, "token")).isEqualTo(200);
    }
  }

  private static void open(Tab tab, int statement) {
    tab.waitFor("document.querySelector('[data-statement=\"" + statement + "\"] button')");
    tab.eval("document.querySelector('[data-statement=\"" + statement + "\"] button').click()");
    tab.waitFor("document.querySelector('.detail pre')");
  }

  private static int byHand(Tab tab, String id, int statement, String token) {
    return tab.eval(
            "(token => fetch('/__sqlassist/api/requests/"
                + id
                + "/statements/"
                + statement
                + "/explain', {method: 'POST', headers: {'Content-Type': 'application/json',"
                + " 'X-SqlAssist-Token': "
                + token
                + "}, body: '{}'}).then(r => r.status))("
                + "document.querySelector('meta[name=sqlassist-token]').content)")
        .asInt();
  }
}
