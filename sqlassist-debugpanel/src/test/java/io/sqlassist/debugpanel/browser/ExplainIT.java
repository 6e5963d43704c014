package io.sqlassist.debugpanel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sqlassist.debugpanel.Proves;
import io.sqlassist.embedded.DatabaseKind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import library.TestApp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Plans are asked for by a button, and only for statements that read. */
class ExplainIT extends BrowserTests {

  @Test
  @Proves("A16")
  void aSelectGetsItsPlanAndTheFocusGoesThere() {
    TestApp app = keep(TestApp.start());
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

  @ParameterizedTest
  @EnumSource(names = {"H2", "POSTGRESQL"})
  @Proves({"A16", "S12"})
  void whatMayDoHarmHasAReasonInsteadOfAPlan(DatabaseKind kind) throws SQLException {
    TestApp app = keep(TestApp.on(kind));
    long books = books(app);
    mayComplainOf("403");
    mayComplainOf("404");
    Tab tab = tab();
    for (int i = 0; i < TestApp.DANGERS.size(); i++) {
      String id = app.trace("/danger?n=" + i);
      isRefused(tab.open(app.panel("/requests/" + id + "?tab=sql")), id, TestApp.DANGERS.get(i));
    }
    String remote = app.traceOfAnotherMachine();
    tab.open(app.panel("/requests/" + remote + "?tab=sql"));
    assertThat(isRefused(tab, remote, "remote")).contains("db.example");

    String fine = app.trace("/twice");
    tab.open(app.panel("/requests/" + fine + "?tab=sql"));
    assertThat(byHand(tab, fine, 1, "'wrong'")).isEqualTo(403);
    assertThat(byHand(tab, fine, 99, "token")).isEqualTo(404);
    assertThat(byHand(tab, fine, 1, "token")).isEqualTo(200);
    for (String path : List.of("/api/requests", "/requests/background.json")) {
      assertThat(app.get("/__sqlassist" + path).body()).doesNotContainIgnoringCase("explain ");
    }
    assertThat(books(app)).isEqualTo(books).isEqualTo(10);
  }

  /** The reason that stands beside the button. */
  private static String isRefused(Tab tab, String id, String sql) {
    open(tab, 1);
    JsonNode button =
        tab.eval(
            "(b => [b.disabled, document.getElementById(b.getAttribute('aria-describedby'))?.textContent])([...document.querySelectorAll('.detail button')].find(b"
                + " => b.textContent === 'EXPLAIN'))");
    assertThat(button.get(0).asBoolean()).as(sql).isTrue();
    assertThat(button.get(1).asText()).as(sql).isNotEmpty();
    assertThat(byHand(tab, id, 1, "token")).as(sql).isEqualTo(403);
    return button.get(1).asText();
  }

  private static long books(TestApp app) throws SQLException {
    try (Connection connection = app.registry.engine("main").dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from Book")) {
      rows.next();
      return rows.getLong(1);
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
