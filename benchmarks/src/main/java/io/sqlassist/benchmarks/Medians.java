package io.sqlassist.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Values of several arms, taken in turns; each arm's median counts.
 *
 * @param <A> what tells the arms apart
 */
final class Medians<A> {

  private final Map<A, List<Double>> values = new LinkedHashMap<>();

  void add(A arm, double value) {
    values.computeIfAbsent(arm, each -> new ArrayList<>()).add(value);
  }

  double of(A arm) {
    return ofSorted(
        values.getOrDefault(arm, List.of()).stream()
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray());
  }

  /** The one in the middle, or between the two there. */
  static double ofSorted(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
