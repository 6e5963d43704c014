package io.sqlassist.trace;

/**
 * How much a finding matters.
 *
 * <p>Immutable; may be shared between threads.
 */
public enum Severity {
  /** Worth knowing. */
  INFO,
  /** Costs time or connections, and there is evidence for it. */
  WARNING,
  /** Wrong: data or connections are at risk, or a statement failed. */
  ERROR
}
