package io.sqlassist.benchmarks;

/**
 * What one round of a comparison has measured, both arms right after each other.
 *
 * @param subjectNanos of one operation of ours
 * @param baselineNanos of the same by hand; not a number where there is nothing to compare with
 * @param subjectBytes allocated by one operation of ours; not a number where it is not measured
 * @param baselineBytes allocated by the same by hand
 */
record Sample(
    double subjectNanos, double baselineNanos, double subjectBytes, double baselineBytes) {

  /** How many times as fast as the baseline; above 1 is faster. */
  double speed() {
    return baselineNanos / subjectNanos;
  }

  double extraBytes() {
    return subjectBytes - baselineBytes;
  }
}
