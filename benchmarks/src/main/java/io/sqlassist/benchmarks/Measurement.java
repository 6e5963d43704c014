package io.sqlassist.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measures arms that are compared with each other right after each other, or in turns.
 *
 * @param <A> what tells its arms apart
 */
interface Measurement<A> {

  /** What its arms are compared for. */
  List<Comparison<A>> comparisons();

  /** Why it can't run on this machine, if so. */
  default Optional<String> obstacle() {
    return Optional.empty();
  }

  /**
   * One round.
   *
   * @param arms which of them, and in which order
   * @throws Exception if an arm fails
   */
  Map<A, Cost> measure(List<A> arms, Databases databases, Effort effort) throws Exception;
}
