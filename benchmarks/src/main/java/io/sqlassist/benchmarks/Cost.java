package io.sqlassist.benchmarks;

/**
 * What one arm has cost in one round.
 *
 * @param nanos of one operation
 * @param bytes allocated by one operation, or kept after a start; not a number where it is not
 *     measured
 * @param faults what went wrong
 */
record Cost(double nanos, double bytes, Faults faults) {

  static Cost of(double nanos) {
    return new Cost(nanos, Double.NaN, Faults.NONE);
  }
}
