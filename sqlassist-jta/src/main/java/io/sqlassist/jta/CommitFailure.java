package io.sqlassist.jta;

import java.io.Serial;
import javax.transaction.xa.XAException;

/** Carries the coordinator's refusal through Hibernate's commit. */
final class CommitFailure extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  CommitFailure(Throwable reason) {
    super(reason.getMessage(), reason);
  }

  /** The database's own words, where there are any. */
  Throwable reason() {
    Throwable refusal = getCause() == null ? this : getCause();
    Throwable[] suppressed = refusal.getSuppressed();
    Throwable reason = suppressed.length > 0 ? suppressed[0] : refusal;
    return reason instanceof XAException xa && xa.getMessage() == null
        ? new IllegalStateException("the database answered with XA error " + xa.errorCode, xa)
        : reason;
  }
}
