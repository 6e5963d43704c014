package io.sqlassist.jta;

import java.time.Instant;
import java.util.List;

/**
 * What recovery knows of transactions that are neither committed nor rolled back everywhere.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param branches prepared work that waits for recovery: it holds locks in its database
 * @param heuristics transactions of which some database decided by itself against the others
 * @param unreachable JTA engines that could not be reached at the last scan
 * @param lastScan when recovery last looked at everything; {@link Instant#EPOCH} before the first
 *     time
 */
public record InDoubt(
    List<Branch> branches, List<Heuristic> heuristics, List<String> unreachable, Instant lastScan) {

  /**
   * Copies the lists.
   *
   * @param branches prepared work that waits
   * @param heuristics transactions with heuristic outcomes
   * @param unreachable engines that could not be reached
   * @param lastScan when recovery last looked
   */
  public InDoubt {
    branches = List.copyOf(branches);
    heuristics = List.copyOf(heuristics);
    unreachable = List.copyOf(unreachable);
  }

  /**
   * Whether everything is as it should be.
   *
   * @return true if nothing is in doubt, nothing heuristic, and every engine was reached
   */
  public boolean isEmpty() {
    return branches.isEmpty() && heuristics.isEmpty() && unreachable.isEmpty();
  }

  /**
   * One engine's part of a transaction in doubt. Immutable; may be shared between threads.
   *
   * @param transaction the transaction's id
   * @param engine the engine's name, as the log or the database knows it
   * @param since when it was logged, or first seen by this process
   * @param decided true if the decision to commit is in the log; false for work without a decision,
   *     which is rolled back when it is old enough
   */
  public record Branch(String transaction, String engine, Instant since, boolean decided) {}

  /**
   * A transaction that did not end the same everywhere: somebody, a database or its administrator,
   * ended a prepared branch on his own. Stays in the log until it is forgotten deliberately, with
   * {@link JtaCoordinator#forgetHeuristic}. Immutable; may be shared between threads.
   *
   * @param transaction the transaction's id
   * @param engines the engines of which the outcome must be looked up
   * @param since when it was logged, or first seen by this process
   */
  public record Heuristic(String transaction, List<String> engines, Instant since) {

    /**
     * Copies the list.
     *
     * @param transaction the transaction's id
     * @param engines the engines
     * @param since when it was first seen
     */
    public Heuristic {
      engines = List.copyOf(engines);
    }
  }
}
