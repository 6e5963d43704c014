package io.sqlassist.session;

/**
 * What a unit of work has done with an engine.
 *
 * <p>Immutable; may be shared between threads.
 */
public enum EngineStatus {
  /** Not used. */
  INIT,
  /** In use: a session is open. */
  START,
  /** Used and released. */
  END
}
