package io.sqlassist.observe;

/**
 * Watches how an engine comes by its connections, and how long it keeps them. Every method does
 * nothing by default.
 *
 * <p>Thread-safe: one object serves all units of work of an engine, and the sessions that belong to
 * none. It is called on the thread that needs the connection, so it must be quick. What it throws
 * is contained and never reaches the application.
 */
public interface ConnectionObserver {

  /** Watches nothing: then no time is taken, and nothing is kept. */
  ConnectionObserver NONE = new ConnectionObserver() {};

  /**
   * A session has got a connection.
   *
   * @param waitedNanos how long that took: waiting for a free one, and its set-up
   */
  default void acquired(long waitedNanos) {}

  /**
   * A session got no connection, since all of them were in use for as long as a caller may wait.
   *
   * @param waitedNanos how long it waited
   */
  default void busy(long waitedNanos) {}

  /**
   * A session got no connection for another reason: the database is down, a listener failed, the
   * thread was interrupted.
   *
   * @param waitedNanos how long it tried
   */
  default void failed(long waitedNanos) {}

  /** A connection was not good enough for a listener, and was closed for good. */
  default void rejected() {}

  /**
   * A connection is about to go back to its pool, or was found broken.
   *
   * @param heldNanos how long the session had it
   */
  default void released(long heldNanos) {}
}
