package io.sqlassist.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

class ComparisonsTest {

  private static List<JmhComparison> ofJmh() {
    return Comparisons.all().stream()
        .filter(JmhComparison.class::isInstance)
        .map(JmhComparison.class::cast)
        .toList();
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

    for (JmhComparison each : ofJmh()) {
      assertThat(known).contains(each.subject());
      if (each.baseline() != null) {
        assertThat(known).contains(each.baseline());
      }
    }
  }

  @Test
  void everyComparisonHasANameOfItsOwn() {
    assertThat(Comparisons.all()).extracting(Comparison::id).doesNotHaveDuplicates();
  }
}
