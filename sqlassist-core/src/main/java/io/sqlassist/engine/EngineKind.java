package io.sqlassist.engine;

/**
 * What an engine's sessions are for, and so how its connections behave.
 *
 * <p>Immutable; may be shared between threads.
 */
public enum EngineKind {
  /**
   * Sessions run in a transaction. The first statement acquires a connection, commit or rollback
   * gives it back. The default.
   */
  READ_WRITE(false, false),
  /**
   * Sessions only read, without a transaction: each query is one round trip and holds a connection
   * only while it runs. A write is refused before it reaches the database.
   */
  READ_ONLY(true, true),
  /**
   * Sessions write without a transaction: what is flushed is durable at once and never rolled back.
   * For logs.
   */
  AUTOCOMMIT(true, false);

  private final boolean autoCommit;
  private final boolean readOnly;

  EngineKind(boolean autoCommit, boolean readOnly) {
    this.autoCommit = autoCommit;
    this.readOnly = readOnly;
  }

  /** The JDBC autocommit mode of a connection in use by such an engine. */
  boolean usesAutoCommit() {
    return autoCommit;
  }

  /** The JDBC read-only mode of a connection in use by such an engine. */
  boolean usesReadOnly() {
    return readOnly;
  }
}
