package io.sqlassist.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
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
}
