package io.sqlassist.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.benchmarks.Comparison.Goal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryTest {

  private static Summary summary(Goal goal, Sample... samples) {
    return new Summary(
        new JmhComparison("id", "Title", goal, "A.b", "A.c", Map.of(), List.of(), false),
        List.of(samples));
  }

  private static Sample sample(double subjectNanos, double baselineNanos) {
    return new Sample(subjectNanos, baselineNanos, 100, 60);
  }

  @Test
  void theMedianDecidesAndNotTheBestRound() {
    Sample fast = sample(100, 200);
    Sample slow = sample(100, 90);

    assertThat(summary(Goal.speed(1), slow, fast, slow).isMet()).isFalse();
    assertThat(summary(Goal.speed(1), fast, slow, fast).isMet()).isTrue();
  }

  @Test
  void theSpreadIsThatOfTheRounds() {
    Summary summary = summary(Goal.NONE, sample(100, 90), sample(100, 200), sample(100, 110));

    assertThat(summary.of(Sample::speed)).isEqualTo(new Summary.Spread(0.9, 1.1, 2.0));
  }

  @Test
  void bytesCountOnlyAsFarAsTheBaselineNeedsFewer() {
    assertThat(summary(Goal.speed(0.5).bytes(40), sample(100, 100)).isMet()).isTrue();
    assertThat(summary(Goal.speed(0.5).bytes(39), sample(100, 100)).isMet()).isFalse();
  }

  @Test
  void withoutABaselineTheCostItselfCounts() {
    Sample alone = new Sample(9, Double.NaN, 64, Double.NaN);

    assertThat(summary(Goal.cost(10, 64), alone).isMet()).isTrue();
    assertThat(summary(Goal.cost(8, 64), alone).isMet()).isFalse();
    assertThat(summary(Goal.cost(10, 63), alone).isMet()).isFalse();
  }
}
