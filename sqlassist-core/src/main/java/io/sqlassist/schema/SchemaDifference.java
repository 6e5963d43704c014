package io.sqlassist.schema;

import java.io.Serializable;

/**
 * One thing in which a database is not as the mapping expects it.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param kind what it is
 * @param table the table, or the sequence
 * @param message a sentence about it
 */
public record SchemaDifference(Kind kind, String table, String message) implements Serializable {

  /**
   * What can differ.
   *
   * <p>Immutable; may be shared between threads.
   */
  public enum Kind {
    /** The table is not there. */
    MISSING_TABLE,
    /** The sequence is not there. */
    MISSING_SEQUENCE,
    /** The column is not there. */
    MISSING_COLUMN,
    /** The column has a type that the mapping's does not fit. */
    COLUMN_TYPE,
    /** The column may hold null, and should not; or the other way round. */
    COLUMN_NULLABILITY,
    /** A column that nobody maps must have a value and has no default: inserts will fail. */
    UNMAPPED_REQUIRED_COLUMN,
    /** The table has no primary key, or one of other columns. */
    PRIMARY_KEY,
    /** No unique index or constraint has just these columns. */
    MISSING_UNIQUE,
    /** No index begins with these columns. */
    MISSING_INDEX,
    /** No foreign key leads from these columns to that table. */
    MISSING_FOREIGN_KEY
  }
}
