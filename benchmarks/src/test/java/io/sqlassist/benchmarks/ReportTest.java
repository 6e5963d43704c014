package io.sqlassist.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.benchmarks.Comparison.Goal;
import io.sqlassist.benchmarks.StartArm.How;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ReportTest {

  private static final Goal FAST = Goal.speed(0.97);

  @TempDir Path directory;
  private String page;

  @BeforeEach
  void write() throws Exception {
    List<Summary> summaries =
        List.of(
            against(
                "met",
                "Fast enough",
                new Cost(1_000, 10, Faults.NONE),
                new Cost(990, 10, Faults.NONE)),
            against(
                "missed",
                "Too slow",
                new Cost(2_000, 10, Faults.NONE),
                new Cost(990, 10, Faults.NONE)),
            against(
                "faulty",
                "Not sound",
                new Cost(1_000, 10, new Faults(3, 2)),
                new Cost(990, 10, Faults.NONE)),
            new Summary(
                Comparison.cost("alone", "By itself", Goal.cost(2, 1), "ours"),
                List.of(Sample.of(new Cost(1.5, 0, Faults.NONE), null)),
                null),
            new Summary(
                Comparison.cost("start", "Eight", Goal.NONE, new StartArm(How.SQLASSIST, 8, 10)),
                List.of(Sample.of(new Cost(400e6, 16e6, Faults.NONE), null)),
                null),
            new Summary(
                new Comparison<>("absent", "Not here", FAST, "ours", "theirs"),
                List.of(),
                "needs more"));
    Reasons reasons = Reasons.of("# Reasons\n\nHead.\n\n## missed\n\nIt waits.\n\n## met\n\nNo.\n");
    new Report(summaries, 1, reasons).write(directory);
    page = Files.readString(directory.resolve("performance.md"));
  }

  private static Summary against(String id, String title, Cost ours, Cost theirs) {
    return new Summary(
        new Comparison<>(id, title, FAST, "ours", "theirs"),
        List.of(Sample.of(ours, theirs)),
        null);
  }

  @Test
  void aMissedGoalIsSaidInItsRowAndHasASectionWithItsReason() {
    assertThat(page)
        .contains(
            "| `missed` | Too slow | 0.495 | 0.495 to 0.495 | ≥ 0.97 | 2.0 µs | 990.0 ns | 0 | **missed** |")
        .contains("### missed\n\nToo slow: 0.495, promised ≥ 0.97.\n\nIt waits.\n");
  }

  @Test
  void aMissedGoalWithoutAReasonSaysSo() {
    assertThat(page)
        .contains(
            "### faulty\n\nNot sound: 0.990, 3 requests failed, 2 threads were pinned, promised ≥"
                + " 0.97.\n\nThe reason was not found yet.\n");
  }

  @Test
  void aReasonIsNotToldWhenItsGoalIsMet() {
    assertThat(page).doesNotContain("No.\n");
  }

  @Test
  void aGoalThatIsMetIsSaidInItsRow() {
    assertThat(page)
        .contains(
            "| `met` | Fast enough | 0.990 | 0.990 to 0.990 | ≥ 0.97 | 1.0 µs | 990.0 ns | 0 | met |")
        .contains(
            "| `alone` | By itself | 1.5 ns | 1.5 ns to 1.5 ns | 0 | ≤ 2.0 ns, ≤ 1 B | met |");
  }

  @Test
  void aStartIsToldForEachEngine() {
    assertThat(page)
        .contains(
            "| `start` | Eight | 400.0 ms | 400.0 ms to 400.0 ms | 50.0 ms | 16.0 MB | 2.00 MB |");
  }

  @Test
  void whatWasNotMeasuredSaysWhy() {
    assertThat(page)
        .contains("| `absent` | Not here |  |  |  |  |  |  | not measured: needs more |");
  }

  @Test
  void theGoalsAreCounted() {
    assertThat(page).contains("5 goals: 2 met, 2 missed, 1 not measured.");
  }

  @Test
  void thePageTellsWhereAndWithWhatItWasMeasured() {
    assertThat(page)
        .contains("* commit: ", "* machine: ", "* JVM: ", "measured in one round")
        .contains("spring-boot 4.", "dropwizard-hibernate 5.");
  }

  @Test
  void thePlotIsAPictureWithOneMarkForEachComparisonThatWasMeasured() throws Exception {
    Element svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(directory.resolve("images/performance.svg").toFile())
            .getDocumentElement();

    assertThat(marks(svg.getElementsByTagName("circle"))).isEqualTo(1);
    assertThat(marks(svg.getElementsByTagName("rect"))).isEqualTo(2);
    assertThat(svg.getTextContent()).contains("0.99 met", "0.50 missed");
  }

  private static int marks(NodeList elements) {
    int marks = 0;
    for (int i = 0; i < elements.getLength(); i++) {
      if (((Element) elements.item(i)).getAttribute("class").startsWith("mark")) {
        marks++;
      }
    }
    return marks;
  }
}
