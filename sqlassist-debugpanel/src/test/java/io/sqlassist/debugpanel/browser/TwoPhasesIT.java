package io.sqlassist.debugpanel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sqlassist.debugpanel.Proves;
import java.util.ArrayList;
import java.util.List;
import library.TestApp;
import org.junit.jupiter.api.Test;

/** Engines that commit together through JTA. The only test of this module with a coordinator. */
class TwoPhasesIT extends BrowserTests {

  @Test
  @Proves("A20")
  void eachBranchIsPreparedAndCommittedAndNothingIsToBeFound() {
    TestApp app = keep(TestApp.jta());
    String both = app.trace("/not-atomic");

    assertThat(steps(app, both))
        .containsExactly("main prepare", "audit prepare", "main XA commit", "audit XA commit");
    Tab tab = request(app, both, "timeline");
    for (String mark : List.of("XA_PREPARE", "XA_COMMIT")) {
      assertThat(
              tab.eval(
                      "[...document.querySelectorAll('.mark."
                          + mark
                          + "')].map(m => m.parentNode.className.baseVal)")
                  .toString())
          .as(mark)
          .isEqualTo("[\"e0\",\"e1\"]");
    }
    String sessions = request(app, both, "sessions").page();
    assertThat(sessions).contains("distributed").contains("main committed, audit committed");
    assertThat(request(app, both, "findings").page())
        .contains("Nothing found")
        .doesNotContain("Not atomic");

    String one = app.trace("/changed");
    assertThat(steps(app, one)).containsExactly("main XA commit");
    assertThat(request(app, one, "sessions").page()).contains("in one phase");
  }

  /** Prepares and commits in the order of the timeline, as its table shows them. */
  private List<String> steps(TestApp app, String id) {
    List<String> steps = new ArrayList<>();
    JsonNode rows =
        request(app, id, "timeline&as=table")
            .eval(
                "[...document.querySelectorAll('tbody tr')].map(r => r.cells[3].innerText.trim() +"
                    + " ' ' + r.cells[4].innerText.trim())");
    for (JsonNode row : rows) {
      if (row.asText().matches(".* (prepare|XA commit|commit)")) {
        steps.add(row.asText());
      }
    }
    return steps;
  }
}
