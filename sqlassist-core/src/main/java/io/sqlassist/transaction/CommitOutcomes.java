package io.sqlassist.transaction;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.jspecify.annotations.Nullable;

/** Reads from a failed commit what the database can have done. */
final class CommitOutcomes {

  private CommitOutcomes() {}

  /**
   * A failure counts as rolled back only where the database itself said so, or was never asked.
   * Everything else is unknown: a wrong "rolled back" makes somebody do the work twice.
   */
  static Outcome after(RuntimeException failure, TransactionStatus status) {
    if (status == TransactionStatus.COMMITTED) {
      return Outcome.COMMITTED; // only the way back of the connection failed
    }
    SQLException sqlFailure = sqlFailure(failure);
    if (sqlFailure == null || databaseRefused(sqlFailure)) {
      return Outcome.ROLLED_BACK;
    }
    return Outcome.UNKNOWN;
  }

  /**
   * SQLSTATE classes in which a server answers a COMMIT with a refusal: 23 integrity constraint, 25
   * invalid transaction state, 27 triggered data change, 40 transaction rollback (but not 40003,
   * statement completion unknown), 44 with check option, 53 insufficient resources, P0 raised by a
   * deferred trigger.
   */
  private static boolean databaseRefused(SQLException failure) {
    String state = failure.getSQLState();
    if (state == null || state.length() != 5 || state.equals("40003")) {
      return false;
    }
    return switch (state.substring(0, 2)) {
      case "23", "25", "27", "40", "44", "53", "P0" -> true;
      default -> false;
    };
  }

  private static @Nullable SQLException sqlFailure(Throwable failure) {
    Set<Throwable> seen = new HashSet<>();
    for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
      if (cause instanceof SQLException sqlFailure) {
        return sqlFailure;
      }
    }
    return null;
  }
}
