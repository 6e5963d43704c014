package io.sqlassist.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That the arms run and do their work; what they measure here means nothing. */
class QuickRunIT {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unused-8",
        "first-writer",
        "insert-postgresql",
        "jta-two",
        "http-read",
        "panel-on"
      })
  void bothArmsRun(String id) throws Exception {
    List<Comparison> chosen =
        Comparisons.all().stream().filter(each -> each.id().equals(id)).toList();

    List<Summary> summaries = Suite.run(chosen, 1, Effort.QUICK);

    assertThat(summaries)
        .singleElement()
        .satisfies(summary -> assertThat(summary.of(Sample::subjectNanos).median()).isPositive());
  }
}
