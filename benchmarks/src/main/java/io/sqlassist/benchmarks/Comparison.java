package io.sqlassist.benchmarks;

import java.util.List;

/** Something of ours that is measured, mostly against the same by hand. */
interface Comparison {

  /** A short name, to choose it by. */
  String id();

  /** What is compared, in a sentence. */
  String title();

  /** What was promised. */
  Goal goal();

  /** The servers that it needs: {@code postgresql}, {@code mariadb}. */
  List<String> databases();

  /**
   * Measures both arms once.
   *
   * @param subjectFirst whether ours comes first: every other round
   * @throws Exception if an arm fails, which ends the whole run
   */
  Sample measure(Databases databases, boolean subjectFirst, Effort effort) throws Exception;

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
