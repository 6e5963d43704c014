package io.sqlassist.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

class ComparisonsTest {

  private static Stream<Comparison<?>> all() {
    return Comparisons.all().stream().flatMap(measurement -> measurement.comparisons().stream());
  }

  @Test
  void everyArmIsABenchmark() {
    Set<String> known =
        BenchmarkList.defaultList()
            .getAll(
                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())
            .stream()
            .map(BenchmarkListEntry::getUsername)
            .map(name -> name.substring(getClass().getPackageName().length() + 1))
            .collect(Collectors.toSet());

    Set<String> used =
        all()
            .flatMap(each -> Stream.of(each.subject(), each.baseline()))
            .filter(JmhArm.class::isInstance)
            .map(arm -> ((JmhArm) arm).method())
            .collect(Collectors.toSet());

    assertThat(used).isEqualTo(known);
  }

  @Test
  void everyComparisonHasANameOfItsOwn() {
    assertThat(all()).extracting(Comparison::id).doesNotHaveDuplicates();
  }

  @Test
  void everyReasonIsThatOfAComparison() {
    assertThat(all()).extracting(Comparison::id).containsAll(Reasons.read().ids());
  }

  /** Who changes a reason without a new run changes it on the page, too. */
  @Test
  void thePageTellsTheReasonsAsTheyAreWritten() throws IOException {
    String page = Files.readString(Path.of("../docs/performance.md"));
    Reasons reasons = Reasons.read();

    assertThat(all().filter(each -> page.contains("\n### " + each.id() + "\n")))
        .allSatisfy(
            each ->
                assertThat(page)
                    .containsPattern(
                        "\n### %s\n\n.*\n\n%s\n"
                            .formatted(
                                each.id(),
                                Pattern.quote(
                                    reasons.of(each).orElse("The reason was not found yet.")))));
  }
}
