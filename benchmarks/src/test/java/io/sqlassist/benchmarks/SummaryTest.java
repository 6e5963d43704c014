package io.sqlassist.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.benchmarks.Comparison.Goal;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {

  private static Summary summary(Goal goal, Sample... samples) {
    return new Summary(
        new Comparison<>("id", "Title", goal, "ours", "theirs"), List.of(samples), null);
  }

  private static Sample sample(double subjectNanos, double baselineNanos) {
    return Sample.of(
        new Cost(subjectNanos, 100, Faults.NONE), new Cost(baselineNanos, 60, Faults.NONE));
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
    Sample alone = Sample.of(new Cost(9, 64, Faults.NONE), null);

    assertThat(alone(Goal.cost(10, 64), alone).isMet()).isTrue();
    assertThat(alone(Goal.cost(8, 64), alone).isMet()).isFalse();
    assertThat(alone(Goal.cost(10, 63), alone).isMet()).isFalse();
  }

  @Test
  void aFractionOfAByteIsNone() {
    assertThat(alone(Goal.cost(10, 64), Sample.of(new Cost(9, 64.0003, Faults.NONE), null)).isMet())
        .isTrue();
    assertThat(alone(Goal.cost(10, 64), Sample.of(new Cost(9, 64.6, Faults.NONE), null)).isMet())
        .isFalse();
  }

  private static Summary alone(Goal goal, Sample sample) {
    return new Summary(Comparison.cost("id", "Title", goal, "ours"), List.of(sample), null);
  }

  @Test
  void oneFaultInOneRoundMissesTheGoal() {
    Sample fine = sample(100, 200);
    Sample faulty = Sample.of(new Cost(100, 100, new Faults(0, 1)), new Cost(200, 60, Faults.NONE));

    Summary summary = summary(Goal.speed(1), fine, faulty, fine);

    assertThat(summary.isMet()).isFalse();
    assertThat(summary.isMissed()).isTrue();
    assertThat(summary.faults()).isEqualTo(new Faults(0, 1));
  }

  @Test
  void aFaultOfTheBaselineIsNotOurs() {
    Sample sample = Sample.of(new Cost(100, 100, Faults.NONE), new Cost(200, 60, new Faults(7, 0)));

    assertThat(summary(Goal.speed(1), sample).isMet()).isTrue();
  }

  @Test
  void whatWasNotMeasuredIsNeitherMetNorMissed() {
    Summary summary =
        new Summary(
            Comparison.cost("id", "Title", Goal.cost(1, 1), "ours"), List.of(), "no such server");

    assertThat(summary.isMet()).isFalse();
    assertThat(summary.isMissed()).isFalse();
  }
}
