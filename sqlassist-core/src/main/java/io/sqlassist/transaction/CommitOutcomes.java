package io.sqlassist.transaction;

import jakarta.persistence.PersistenceException;
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
    SQLException sqlFailure = cause(failure, SQLException.class);
    if (sqlFailure != null) {
      return databaseRefused(sqlFailure) ? Outcome.ROLLED_BACK : Outcome.UNKNOWN;
    }
    // Hibernate's own refusals, of a version check for one, come before the COMMIT is sent; what a
    // driver or a wrapper of it throws unchecked may come after.
    return rootOf(failure) instanceof PersistenceException ? Outcome.ROLLED_BACK : Outcome.UNKNOWN;
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

  private static <T> @Nullable T cause(Throwable failure, Class<T> type) {
    Set<Throwable> seen = new HashSet<>();
    for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }

  private static Throwable rootOf(Throwable failure) {
    Set<Throwable> seen = new HashSet<>();
    Throwable root = failure;
    while (root.getCause() != null && seen.add(root)) {
      root = root.getCause();
    }
    return root;
  }
}
