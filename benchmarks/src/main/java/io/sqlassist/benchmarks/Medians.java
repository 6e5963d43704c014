package io.sqlassist.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Times of several arms, taken in turns; each arm's median counts.
 *
 * @param <A> what tells the arms apart
 */
final class Medians<A> {

  private final Map<A, List<Double>> nanos = new LinkedHashMap<>();

  void add(A arm, double value) {
    nanos.computeIfAbsent(arm, each -> new ArrayList<>()).add(value);
  }

  double of(A arm) {
    List<Double> sorted = nanos.getOrDefault(arm, List.of()).stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
