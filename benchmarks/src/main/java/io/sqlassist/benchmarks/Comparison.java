package io.sqlassist.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * Something of ours that is measured, mostly against the same by hand.
 *
 * @param id a short name, to choose it by
 * @param title what is compared, in a sentence
 * @param goal what was promised
 * @param subject the arm that is judged
 * @param baseline what it is compared with, or null where only a cost is measured
 * @param <A> what tells an arm from the others of its measurement
 */
record Comparison<A>(String id, String title, Goal goal, A subject, @Nullable A baseline) {

  static <A> Comparison<A> cost(String id, String title, Goal goal, A subject) {
    return new Comparison<>(id, title, goal, subject, null);
  }

  boolean hasBaseline() {
    return baseline != null;
  }

  /**
   * What a comparison has to reach.
   *
   * @param minSpeed relative to the baseline; 0 where no ratio was promised
   * @param maxNanos of one operation; infinite where none was promised
   * @param maxBytes allocated by one operation, or more than by the baseline where there is one
   */
  record Goal(double minSpeed, double maxNanos, double maxBytes) {

    static final Goal NONE = new Goal(0, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

    static Goal speed(double atLeast) {
      return new Goal(atLeast, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    static Goal cost(double maxNanos, double maxBytes) {
      return new Goal(0, maxNanos, maxBytes);
    }

    Goal bytes(double atMost) {
      return new Goal(minSpeed, maxNanos, atMost);
    }
  }
}
