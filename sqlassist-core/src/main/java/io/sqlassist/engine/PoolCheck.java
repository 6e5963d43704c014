package io.sqlassist.engine;

import io.sqlassist.engine.HikariPools.PoolFacts;
import io.sqlassist.observe.Observer;

/** Holds the settings of a pool that was handed in against the kind of its engine. */
final class PoolCheck {

  private PoolCheck() {}

  /**
   * Refuses a pool with which the engine could not do its work, and warns of one with which it does
   * its work slower than it should.
   */
  static void check(String engine, EngineKind kind, PoolFacts pool, Observer observer) {
    if (pool.readOnly() && !kind.usesReadOnly()) {
      throw new IllegalArgumentException(
          "Engine '"
              + engine
              + "' is "
              + kind
              + ", but its pool '"
              + pool.poolName()
              + "' has readOnly=true: the database would refuse every write. Make the engine"
              + " readOnly(), or set readOnly=false on the pool.");
    }
    if (pool.autoCommit() != kind.usesAutoCommit()) {
      observer.engineWarning(
          engine,
          "pool '"
              + pool.poolName()
              + "' has autoCommit="
              + pool.autoCommit()
              + ", but the engine is "
              + kind
              + ": every connection is switched over and back, which costs round trips on some"
              + " databases. Set autoCommit="
              + kind.usesAutoCommit()
              + " on the pool.");
    }
    if (!pool.readOnly() && kind.usesReadOnly()) {
      observer.engineWarning(
          engine,
          "pool '"
              + pool.poolName()
              + "' has readOnly=false, but the engine is READ_ONLY: every connection is switched over"
              + " and back. Set readOnly=true on the pool.");
    }
  }
}
