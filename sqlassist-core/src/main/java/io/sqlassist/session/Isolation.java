package io.sqlassist.session;

import java.sql.Connection;

/**
 * Isolation level of a transaction, in the words of the SQL standard. What a level means differs
 * from database to database; PostgreSQL, for one, runs {@link #READ_UNCOMMITTED} as {@link
 * #READ_COMMITTED}.
 *
 * <p>Immutable; may be shared between threads.
 */
public enum Isolation {
  /** May see what others have not committed. */
  READ_UNCOMMITTED(Connection.TRANSACTION_READ_UNCOMMITTED),
  /** Each statement sees what was committed before it began. */
  READ_COMMITTED(Connection.TRANSACTION_READ_COMMITTED),
  /** A row that was read does not change until the end. */
  REPEATABLE_READ(Connection.TRANSACTION_REPEATABLE_READ),
  /** As if transactions ran one after another; one that can't is refused, so add retries. */
  SERIALIZABLE(Connection.TRANSACTION_SERIALIZABLE);

  private final int jdbcLevel;

  Isolation(int jdbcLevel) {
    this.jdbcLevel = jdbcLevel;
  }

  int jdbcLevel() {
    return jdbcLevel;
  }
}
