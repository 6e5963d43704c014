package io.sqlassist.transaction;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What became of each engine in one commit, in the order in which the engines were committed.
 *
 * <p>Only engines whose work becomes durable by a commit appear: read-only and autocommit engines
 * have nothing to commit. Immutable; may be shared between threads.
 *
 * @param outcomes engine name to outcome, in commit order; unmodifiable
 */
public record CommitReport(Map<String, Outcome> outcomes) {

  /** The report of a unit of work that had nothing to commit. */
  public static final CommitReport EMPTY = new CommitReport(Map.of());

  /**
   * Copies the outcomes, keeping their order.
   *
   * @param outcomes engine name to outcome, in commit order
   */
  public CommitReport {
    outcomes = Collections.unmodifiableMap(new LinkedHashMap<>(outcomes));
  }

  /**
   * The report of a single engine.
   *
   * @param engine the engine's name
   * @param outcome what became of it
   * @return a report with that one entry
   */
  public static CommitReport of(String engine, Outcome outcome) {
    return new CommitReport(Map.of(engine, outcome));
  }

  /** This one, followed by what was committed later. */
  CommitReport and(CommitReport later) {
    if (outcomes.isEmpty()) {
      return later;
    }
    Map<String, Outcome> both = new LinkedHashMap<>(outcomes);
    both.putAll(later.outcomes);
    return new CommitReport(both);
  }

  /**
   * Whether every engine's work is durable.
   *
   * @return true when every outcome is {@link Outcome#COMMITTED} or {@link Outcome#DECIDED}; also
   *     for an empty report
   */
  public boolean isComplete() {
    return outcomes.values().stream()
        .allMatch(outcome -> outcome == Outcome.COMMITTED || outcome == Outcome.DECIDED);
  }

  @Override
  public String toString() {
    return outcomes.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
