package io.sqlassist.benchmarks;

import io.sqlassist.benchmarks.Comparison.Goal;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * All rounds of one comparison.
 *
 * @param samples one of each round
 * @param obstacle why it was not measured, or null if it was
 */
record Summary(Comparison<?> comparison, List<Sample> samples, @Nullable String obstacle) {

  /** Least, median and most of all rounds. */
  record Spread(double min, double median, double max) {}

  Summary {
    samples = List.copyOf(samples);
  }

  boolean isMeasured() {
    return obstacle == null;
  }

  Spread of(ToDoubleFunction<Sample> value) {
    double[] sorted = samples.stream().mapToDouble(value).sorted().toArray();
    if (sorted.length == 0 || Arrays.stream(sorted).anyMatch(Double::isNaN)) {
      return new Spread(Double.NaN, Double.NaN, Double.NaN);
    }
    return new Spread(sorted[0], Medians.ofSorted(sorted), sorted[sorted.length - 1]);
  }

  /** Bytes of one operation; above the baseline's where there is one. */
  Spread bytes() {
    return comparison.hasBaseline() ? of(Sample::extraBytes) : of(Sample::subjectBytes);
  }

  /** Of all rounds. */
  Faults faults() {
    return samples.stream().map(Sample::faults).reduce(Faults.NONE, Faults::plus);
  }

  boolean hasGoal() {
    return !comparison.goal().equals(Goal.NONE);
  }

  boolean isMissed() {
    return isMeasured() && hasGoal() && !isMet();
  }

  /** By the medians; and nothing went wrong in any round. */
  boolean isMet() {
    Goal goal = comparison.goal();
    return isMeasured()
        && faults().isNone()
        && (goal.minSpeed() == 0 || of(Sample::speed).median() >= goal.minSpeed())
        && (Double.isInfinite(goal.maxNanos())
            || of(Sample::subjectNanos).median() <= goal.maxNanos())
        && (Double.isInfinite(goal.maxBytes()) || wholeBytes() <= goal.maxBytes());
  }

  /** JMH counts bytes by their rate, which makes 64.0003 of 64. */
  private double wholeBytes() {
    return Math.rint(bytes().median());
  }
}
