package io.sqlassist.trace;

/**
 * What a database said about a statement.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param outcome what became of the question
 * @param text the plan; or why there is none, for people
 * @param truncated whether the plan is longer than the 256 KiB that are here
 * @param nanos how long it took
 */
public record ExplainResult(Outcome outcome, String text, boolean truncated, long nanos) {

  /** What can become of the question. */
  public enum Outcome {
    /** There is a plan. */
    PLAN,
    /** The statement may not be explained. */
    REFUSED,
    /** The pool has no connection to spare, or another plan is being made: try again. */
    BUSY,
    /** The database gave an error. */
    FAILED
  }
}
