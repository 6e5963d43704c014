package io.sqlassist.transaction;

/**
 * How an engine's work becomes durable. Engines that share one policy <em>object</em> share one
 * {@link UnitTransaction} in each unit of work, and so end together.
 *
 * <p>Thread-safe: one policy serves all units of work.
 */
@FunctionalInterface
public interface TransactionPolicy {

  /**
   * Begins a transaction for one unit of work. Called when the first session of the engines with
   * this policy is opened; acquires nothing.
   *
   * @return a new transaction
   */
  UnitTransaction begin();

  /**
   * One plain database transaction per engine, begun with its session. The policy of ordinary
   * engines.
   *
   * @return a new policy object, to be used for one engine
   */
  static TransactionPolicy local() {
    return new LocalPolicy();
  }

  /**
   * No transaction: what is flushed is durable at once, and what is left is flushed at the end,
   * whether the unit of work succeeded or failed. The policy of autocommit engines.
   *
   * @return a new policy object, to be used for one engine
   */
  static TransactionPolicy autocommit() {
    return new AutocommitPolicy();
  }
}
