package io.sqlassist.transaction;

import java.io.Serial;

/**
 * A commit that failed after some engine had committed, or that may have succeeded without anybody
 * knowing: not everything is rolled back. The report says what became of each engine.
 *
 * <p>Without a coordinator no library can make the commits of two databases one; engines that must
 * agree belong under one {@link TransactionPolicy} (two-phase commit). Immutable; may be shared
 * between threads.
 */
public final class PartialCommitException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a record of strings and enums; the map it holds is serializable
  private final CommitReport report;

  /**
   * Creates the exception.
   *
   * @param report the outcome of each engine, in commit order
   * @param cause why the commit stopped
   */
  public PartialCommitException(CommitReport report, Throwable cause) {
    super(
        "The commit is not complete: "
            + report
            + ". COMMITTED work stays and must be compensated by the application, UNKNOWN work must"
            + " be looked up in its database. Cause: "
            + cause.getMessage(),
        cause);
    this.report = report;
  }

  /**
   * What became of each engine.
   *
   * @return the outcomes, in commit order
   */
  public CommitReport report() {
    return report;
  }
}
