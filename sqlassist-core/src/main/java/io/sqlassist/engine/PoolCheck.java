package io.sqlassist.engine;

import io.sqlassist.observe.Observer;

/** Holds the settings of a pool that was handed in against the kind of its engine. */
final class PoolCheck {

  private PoolCheck() {}

  /**
   * Refuses a pool with which the engine could not do its work, and warns of one with which it does
   * its work slower than it should.
   */
  static void check(String engine, EngineKind kind, KnownPool pool, Observer observer) {
    if (pool.readOnly() && !kind.usesReadOnly()) {
      throw new IllegalArgumentException(
          "Engine '"
              + engine
              + "' is "
              + kind
              + ", but its pool '"
              + pool.name()
              + "' has readOnly=true: the database would refuse every write. Make the engine"
              + " readOnly(), or set readOnly=false on the pool.");
    }
    if (pool.autoCommit() != kind.usesAutoCommit()) {
      observer.engineWarning(
          engine,
          "pool '"
              + pool.name()
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
              + pool.name()
              + "' has readOnly=false, but the engine is READ_ONLY: every connection is switched over"
              + " and back. Set readOnly=true on the pool.");
    }
  }

  /** As {@link #check}, for what was said of the number of connections and the time to wait. */
  static void check(String engine, PoolOptions options, KnownPool pool, Observer observer) {
    int max = options.maxConnections().orElse(1);
    if (max > pool.maximumSize()) {
      throw new IllegalArgumentException(
          "Engine '"
              + engine
              + "' has maxConnections("
              + max
              + "), but its pool '"
              + pool.name()
              + "' has no more than "
              + pool.maximumSize()
              + ". Make the pool larger with maximumPoolSize, or leave maxConnections(...) out: the"
              + " size of the pool is the limit then.");
    }
    options
        .acquireTimeout()
        .ifPresent(longest -> checkWait(engine, longest.toMillis(), pool, observer));
  }

  private static void checkWait(String engine, long longest, KnownPool pool, Observer observer) {
    long poolsOwn = pool.connectionTimeout().toMillis();
    if (poolsOwn > Math.max(longest, HikariPools.SHORTEST_TIMEOUT_MILLIS)) {
      observer.engineWarning(
          engine,
          "acquireTimeout is "
              + longest
              + " ms, but pool '"
              + pool.name()
              + "' has connectionTimeout="
              + poolsOwn
              + " ms: where others use the pool too, or the database is down, a caller waits that"
              + " long. Set connectionTimeout="
              + Math.max(longest, HikariPools.SHORTEST_TIMEOUT_MILLIS)
              + " on the pool.");
    }
  }
}
