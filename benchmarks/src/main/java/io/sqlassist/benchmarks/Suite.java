package io.sqlassist.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Runs the comparisons in rounds: every round measures each of them once, both arms right after
 * each other, so that what changes on the machine in the meantime changes both.
 *
 * <p>System properties: {@code rounds}, {@code benchmarks} (a regular expression for the names of
 * comparisons). A run of all of them renews {@code docs/performance.md}; any other writes below
 * {@code benchmarks/target}. Run by one thread.
 */
public final class Suite {

  private Suite() {}

  public static void main(String[] args) throws Exception {
    int rounds = Integer.getInteger("rounds", 5);
    String filter = System.getProperty("benchmarks", ".*");
    Pattern chosen = Pattern.compile(filter);
    List<Comparison> comparisons =
        Comparisons.all().stream().filter(each -> chosen.matcher(each.id()).matches()).toList();
    if (comparisons.isEmpty()) {
      throw new IllegalArgumentException(
          "No comparison matches '"
              + filter
              + "'. There are: "
              + Comparisons.all().stream().map(Comparison::id).toList());
    }
    List<Summary> summaries = run(comparisons, rounds, Effort.FULL);
    Path directory = Path.of(filter.equals(".*") ? "docs" : "benchmarks/target");
    new Report(summaries, rounds).write(directory);
    System.out.println("Written: " + directory.resolve("performance.md"));
  }

  static List<Summary> run(List<Comparison> comparisons, int rounds, Effort effort)
      throws Exception {
    Databases databases = new Databases();
    Map<Comparison, List<Sample>> samples = new LinkedHashMap<>();
    for (int round = 1; round <= rounds; round++) {
      for (Comparison comparison : comparisons) {
        Sample sample = comparison.measure(databases, round % 2 == 1, effort);
        samples.computeIfAbsent(comparison, each -> new ArrayList<>()).add(sample);
        System.out.printf(
            Locale.ROOT,
            "%d/%d %-24s %,12.1f ns against %,12.1f ns: %.3f%n",
            round,
            rounds,
            comparison.id(),
            sample.subjectNanos(),
            sample.baselineNanos(),
            sample.speed());
      }
    }
    List<Summary> summaries = new ArrayList<>();
    samples.forEach((comparison, all) -> summaries.add(new Summary(comparison, all)));
    return summaries;
  }
}
