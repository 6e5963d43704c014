package io.sqlassist.session;

/**
 * What {@link EngineScope#atomic} does with work that is already under way on its engine:
 * statements that have run in the open transaction, or changes that are not flushed yet.
 *
 * <p>Immutable; may be shared between threads.
 */
public enum WhenOpen {
  /** Commits it, then begins the block's own transaction. The default. */
  COMMIT,
  /** Rolls it back, then begins the block's own transaction. */
  ROLLBACK,
  /** Goes on in it: the block's end commits both, its failure rolls back both. */
  JOIN,
  /** Refuses the block with an {@link IllegalStateException}, and leaves the work as it is. */
  REFUSE
}
