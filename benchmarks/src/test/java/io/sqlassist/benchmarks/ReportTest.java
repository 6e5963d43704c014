package io.sqlassist.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.benchmarks.Comparison.Goal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  @TempDir Path directory;
  private String page;

  @BeforeEach
  void write() throws Exception {
    Summary met = summary("met", "Fast enough", Goal.speed(0.97), new Sample(1_000, 990, 10, 10));
    Summary missed =
        summary("missed", "Too slow", Goal.speed(0.97), new Sample(2_000, 990, 10, 10));
    Summary alone =
        summary("alone", "By itself", Goal.cost(2, 1), new Sample(1.5, Double.NaN, 0, Double.NaN));
    new Report(List.of(met, missed, alone), 1).write(directory);
    page = Files.readString(directory.resolve("performance.md"));
  }

  private static Summary summary(String id, String title, Goal goal, Sample sample) {
    return new Summary(
        new JmhComparison(id, title, goal, "A.b", null, Map.of(), List.of(), false),
        List.of(sample));
  }

  @Test
  void aMissedGoalIsSaidInItsRowAndInTheListOfMissedOnes() {
    assertThat(page)
        .contains("| Too slow | 0.495 | 0.495 to 0.495 | 0.97 | 2.0 µs | 0 | **missed** |")
        .contains("## Goals missed\n\n* Too slow.\n");
  }

  @Test
  void aGoalThatIsMetIsSaidInItsRow() {
    assertThat(page)
        .contains("| Fast enough | 0.990 | 0.990 to 0.990 | 0.97 | 1.0 µs | 0 | met |")
        .contains("| By itself | 1.5 ns | 1.5 ns to 1.5 ns | 0 | 2.0 ns, 1 B | met |");
  }

  @Test
  void thePageTellsWhereAndWithWhatItWasMeasured() {
    assertThat(page).contains("* commit: ", "* machine: ", "* JVM: ", "measured in 1 rounds");
  }

  @Test
  void thePlotIsAPictureWithOneDotForEachComparison() throws Exception {
    var svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(directory.resolve("images/performance.svg").toFile());

    assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(2);
  }
}
