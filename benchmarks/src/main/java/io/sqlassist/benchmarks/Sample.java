package io.sqlassist.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * What one round of a comparison has measured.
 *
 * @param subjectNanos of one operation of ours
 * @param baselineNanos of the same by hand; not a number where there is nothing to compare with
 * @param subjectBytes of one operation of ours; not a number where it is not measured
 * @param baselineBytes of the same by hand
 * @param faults of ours
 */
record Sample(
    double subjectNanos,
    double baselineNanos,
    double subjectBytes,
    double baselineBytes,
    Faults faults) {

  static Sample of(Cost subject, @Nullable Cost baseline) {
    return new Sample(
        subject.nanos(),
        baseline == null ? Double.NaN : baseline.nanos(),
        subject.bytes(),
        baseline == null ? Double.NaN : baseline.bytes(),
        subject.faults());
  }

  /** How many times as fast as the baseline; above 1 is faster. */
  double speed() {
    return baselineNanos / subjectNanos;
  }

  double extraBytes() {
    return subjectBytes - baselineBytes;
  }
}
