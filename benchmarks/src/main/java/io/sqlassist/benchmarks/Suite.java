package io.sqlassist.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Runs the comparisons in rounds: every round measures all of them once, in changing order, the
 * arms of each right after each other or in turns, so that what changes on the machine in the
 * meantime changes all of them.
 *
 * <p>System properties: {@code rounds}, {@code benchmarks} (a regular expression for the names of
 * comparisons). A run of all of them renews {@code docs/performance.md}; any other writes below
 * {@code benchmarks/target}. What fails is told on the page, and fails the run when all the others
 * were measured. Run by one thread.
 */
public final class Suite {

  private final Pattern chosen;
  private final int rounds;
  private final Effort effort;
  private final Databases databases = new Databases();
  private final Map<Comparison<?>, List<Sample>> samples = new LinkedHashMap<>();
  private final Map<Comparison<?>, String> obstacles = new LinkedHashMap<>();
  private final List<Exception> failures = new ArrayList<>();

  private Suite(Pattern chosen, int rounds, Effort effort) {
    this.chosen = chosen;
    this.rounds = rounds;
    this.effort = effort;
  }

  public static void main(String[] args) throws Exception {
    String filter = System.getProperty("benchmarks", ".*");
    int rounds = Integer.getInteger("rounds", 3);
    Suite suite = new Suite(Pattern.compile(filter), rounds, Effort.FULL);
    List<Summary> summaries = suite.measure(Comparisons.all());
    Path directory = Path.of(filter.equals(".*") ? "docs" : "benchmarks/target");
    new Report(summaries, rounds, Reasons.read()).write(directory);
    System.out.println("Written: " + directory.resolve("performance.md"));
    suite.throwFailures();
  }

  /**
   * Measures all that a regular expression chooses.
   *
   * @throws Exception if one of them fails, after the others were measured
   */
  static List<Summary> run(String filter, List<Measurement<?>> all, int rounds, Effort effort)
      throws Exception {
    Suite suite = new Suite(Pattern.compile(filter), rounds, effort);
    List<Summary> summaries = suite.measure(all);
    suite.throwFailures();
    return summaries;
  }

  private List<Summary> measure(List<Measurement<?>> all) {
    for (int round = 1; round <= rounds; round++) {
      for (Measurement<?> measurement : all) {
        measure(measurement, round);
      }
    }
    if (samples.isEmpty() && obstacles.isEmpty()) {
      throw new IllegalArgumentException(
          "No comparison matches '"
              + chosen
              + "'. There are: "
              + all.stream()
                  .flatMap(measurement -> measurement.comparisons().stream())
                  .map(Comparison::id)
                  .toList());
    }
    return all.stream()
        .flatMap(measurement -> measurement.comparisons().stream())
        .filter(each -> samples.containsKey(each) || obstacles.containsKey(each))
        .map(each -> new Summary(each, samples.getOrDefault(each, List.of()), obstacles.get(each)))
        .toList();
  }

  private <A> void measure(Measurement<A> measurement, int round) {
    List<Comparison<A>> comparisons =
        measurement.comparisons().stream()
            .filter(each -> chosen.matcher(each.id()).matches())
            .toList();
    if (comparisons.isEmpty() || obstacles.containsKey(comparisons.get(0))) {
      return;
    }
    String obstacle = measurement.obstacle().orElse(null);
    if (obstacle == null) {
      try {
        tell(round, comparisons, measurement.measure(arms(comparisons, round), databases, effort));
        return;
      } catch (Exception e) {
        failures.add(e);
        obstacle = "failed in round " + round + ": " + e;
      }
    }
    for (Comparison<A> each : comparisons) {
      obstacles.put(each, obstacle);
      System.out.println(round + "/" + rounds + " " + each.id() + ": " + obstacle);
    }
  }

  private static <A> List<A> arms(List<Comparison<A>> comparisons, int round) {
    Set<A> arms = new LinkedHashSet<>();
    for (Comparison<A> each : comparisons) {
      A baseline = each.baseline();
      if (baseline != null) {
        arms.add(baseline);
      }
      arms.add(each.subject());
    }
    List<A> order = new ArrayList<>(arms);
    Collections.rotate(order, round);
    return order;
  }

  private <A> void tell(int round, List<Comparison<A>> comparisons, Map<A, Cost> costs) {
    for (Comparison<A> each : comparisons) {
      A baseline = each.baseline();
      Sample sample =
          Sample.of(cost(costs, each.subject()), baseline == null ? null : cost(costs, baseline));
      samples.computeIfAbsent(each, one -> new ArrayList<>()).add(sample);
      System.out.printf(
          Locale.ROOT,
          "%d/%d %-27s %,14.1f ns against %,14.1f ns: %.3f%n",
          round,
          rounds,
          each.id(),
          sample.subjectNanos(),
          sample.baselineNanos(),
          sample.speed());
    }
  }

  private static <A> Cost cost(Map<A, Cost> costs, A arm) {
    Cost cost = costs.get(arm);
    if (cost == null) {
      throw new IllegalStateException("Not measured: " + arm);
    }
    return cost;
  }

  private void throwFailures() throws Exception {
    if (!failures.isEmpty()) {
      Exception first = failures.get(0);
      failures.stream().skip(1).forEach(first::addSuppressed);
      throw first;
    }
  }
}
