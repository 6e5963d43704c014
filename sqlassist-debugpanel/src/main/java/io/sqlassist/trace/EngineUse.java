package io.sqlassist.trace;

/**
 * What one engine had to do. Exact, also where details were dropped.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param engine name of the engine
 * @param state whether it was used
 * @param statements executions
 * @param failures executions that failed
 * @param sqlNanos time of all executions
 * @param rows rows read and changed
 * @param acquisitions how many times a connection was acquired
 * @param acquireNanos time spent waiting for connections
 * @param heldNanos time for which connections were held
 */
public record EngineUse(
    String engine,
    State state,
    long statements,
    long failures,
    long sqlNanos,
    long rows,
    long acquisitions,
    long acquireNanos,
    long heldNanos) {

  /** The states of an engine in a request. */
  public enum State {
    /** Not used. */
    INIT,
    /** A session or a connection is open. */
    START,
    /** Used, and everything is closed. */
    END
  }
}
