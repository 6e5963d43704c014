package io.sqlassist.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** All rounds of one comparison. */
record Summary(Comparison comparison, List<Sample> samples) {

  /** Least, median and most of all rounds. */
  record Spread(double min, double median, double max) {}

  Summary {
    samples = List.copyOf(samples);
  }

  Spread of(ToDoubleFunction<Sample> value) {
    double[] sorted = samples.stream().mapToDouble(value).sorted().toArray();
    if (sorted.length == 0 || Arrays.stream(sorted).anyMatch(Double::isNaN)) {
      return new Spread(Double.NaN, Double.NaN, Double.NaN);
    }
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(sorted[0], median, sorted[sorted.length - 1]);
  }

  boolean hasBaseline() {
    return samples.stream().noneMatch(each -> Double.isNaN(each.baselineNanos()));
  }

  /** Bytes of one operation; above the baseline's where there is one. */
  Spread bytes() {
    return hasBaseline() ? of(Sample::extraBytes) : of(Sample::subjectBytes);
  }

  boolean hasGoal() {
    return !comparison.goal().equals(Comparison.Goal.NONE);
  }

  /** By the medians. */
  boolean isMet() {
    Comparison.Goal goal = comparison.goal();
    return (goal.minSpeed() == 0 || of(Sample::speed).median() >= goal.minSpeed())
        && (Double.isInfinite(goal.maxNanos())
            || of(Sample::subjectNanos).median() <= goal.maxNanos())
        && (Double.isInfinite(goal.maxBytes()) || bytes().median() <= goal.maxBytes());
  }
}
