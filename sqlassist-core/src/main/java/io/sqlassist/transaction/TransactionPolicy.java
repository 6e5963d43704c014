package io.sqlassist.transaction;

import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
   * Whether a coordinator ends the transaction, and not each engine's connection. What a
   * coordinator decides is committed before the plain transactions of the same unit of work, and
   * its transactions have neither savepoints nor an isolation level that a block may choose.
   *
   * @return false for a policy of plain transactions, which is the default
   */
  default boolean isCoordinated() {
    return false;
  }

  /**
   * What Hibernate must be told so that this policy works. Asked when an engine is initialised.
   *
   * @param engine the engine's name
   * @return settings that stand above those of SqlAssist and of the application; none by default
   * @throws IllegalArgumentException if this policy is not meant for that engine
   */
  default Map<String, Object> hibernateSettings(String engine) {
    return Map.of();
  }

  /**
   * Ends a thread's waiting, because the work that it waits for is over: for a policy whose
   * transactions wait for something of their own, such as a place among those under way. Called by
   * any thread; does nothing by default.
   *
   * @param thread the thread; it may wait somewhere else, or not at all
   * @param reason gives the exception that the thread gets, on that thread
   */
  default void stopWaiting(Thread thread, Supplier<? extends RuntimeException> reason) {}

  /**
   * How many connections an engine of this policy may have at once, where the policy has made its
   * pool.
   *
   * @param engine the engine's name
   * @return the number; empty if the policy does not know, which is the default
   */
  default OptionalInt poolSize(String engine) {
    return OptionalInt.empty();
  }

  /**
   * The branch that a connection is in which this thread is acquiring for a session. Asked only
   * where listeners or observers take an interest in the connections of an engine.
   *
   * @param engine the engine's name
   * @return the branch; null for a connection whose transaction is its own, which is the default:
   *     also a coordinator has some, for sessions outside of units of work
   */
  default @Nullable ConnectionBranch branch(String engine) {
    return null;
  }

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
