package io.sqlassist.trace;

/**
 * What is looked for in a trace. The {@link #key()} is stable and may be linked to.
 *
 * <p>Immutable; may be shared between threads.
 */
public enum Detector {
  /** One lazy association or entity was initialised again and again, one statement each. */
  N_PLUS_ONE("n-plus-one"),
  /** One statement was executed again and again from one place with different binds. */
  REPEATED_STATEMENT("repeated-statement"),
  /** The same question was asked twice, and nothing was written in between. */
  DUPLICATE_STATEMENT("duplicate-statement"),
  /** A statement took long. */
  SLOW_STATEMENT("slow-statement"),
  /** A connection was waited for. */
  SLOW_ACQUIRE("slow-acquire"),
  /** A statement returned many rows, and they were read. */
  LARGE_RESULT("large-result"),
  /** A statement failed. */
  FAILED_STATEMENT("failed-statement"),
  /** A session was open when the request had ended. */
  SESSION_LEFT_OPEN("session-left-open"),
  /** A connection was held when the request had ended. */
  CONNECTION_NOT_RELEASED("connection-not-released"),
  /** A session was opened and nothing was done with it. */
  UNUSED_SESSION("unused-session"),
  /** A connection was held for long while the database did nothing. */
  CONNECTION_HELD_IDLE("connection-held-idle"),
  /** Two connections of one pool were held at once. */
  NESTED_ACQUISITION("nested-acquisition"),
  /** Several engines committed, each on its own. */
  NOT_ATOMIC("not-atomic"),
  /** Autocommit was switched off and on again around transactions. */
  AUTOCOMMIT_TOGGLING("autocommit-toggling"),
  /** A session was flushed before query after query. */
  FLUSH_STORM("flush-storm");

  private final String key;

  Detector(String key) {
    this.key = key;
  }

  /**
   * The name in links, exports and documentation.
   *
   * @return lower-case words joined by hyphens
   */
  public String key() {
    return key;
  }
}
