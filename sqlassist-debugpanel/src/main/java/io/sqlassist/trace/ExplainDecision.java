package io.sqlassist.trace;

/**
 * Whether a statement may be explained.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param allowed whether it may
 * @param reason why not, for people; empty if it may
 */
public record ExplainDecision(boolean allowed, String reason) {

  static final ExplainDecision ALLOWED = new ExplainDecision(true, "");

  static ExplainDecision no(String reason) {
    return new ExplainDecision(false, reason);
  }
}
