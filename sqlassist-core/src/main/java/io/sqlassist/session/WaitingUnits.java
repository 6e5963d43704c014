package io.sqlassist.session;

import io.sqlassist.engine.EngineBusyException;
import io.sqlassist.engine.EngineHost;
import io.sqlassist.engine.PoolFigures;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connections of each pool that are held by units which wait for pieces of work. If those were
 * all of them, no piece could ever have one.
 */
final class WaitingUnits {

  /** Pools are the same for all registries. */
  private static final Map<DataSource, Integer> HELD = new IdentityHashMap<>();

  private WaitingUnits() {}

  /**
   * Begins to wait; whoever is let in calls {@link #leave}.
   *
   * @param own what the unit holds, and those around it on its thread
   * @param around what units hold that wait already for the piece in which this happens
   * @throws EngineBusyException if the last connection of a pool would be held by a waiting unit
   * @throws IllegalStateException if that is so without any other unit
   */
  static void enter(HeldConnections own, HeldConnections around) {
    synchronized (HELD) {
      for (EngineHost host : own.hosts()) {
        host.pool().ifPresent(pool -> check(host, pool, own, around));
      }
      own.hosts().forEach(host -> HELD.merge(host.dataSource(), 1, Integer::sum));
    }
  }

  static void leave(HeldConnections own) {
    synchronized (HELD) {
      own.hosts().forEach(host -> HELD.computeIfPresent(host.dataSource(), WaitingUnits::less));
    }
  }

  private static @Nullable Integer less(DataSource pool, int held) {
    return held == 1 ? null : held - 1;
  }

  private static void check(
      EngineHost host, PoolFigures pool, HeldConnections own, HeldConnections around) {
    DataSource dataSource = host.dataSource();
    int others = HELD.getOrDefault(dataSource, 0);
    int mine = own.of(dataSource);
    if (others + mine < pool.max()) {
      return;
    }
    if (mine + around.of(dataSource) >= pool.max()) {
      throw new IllegalStateException(
          "This unit of work can't wait in concurrently(...): with those it is inside of it holds "
              + "all connections of engine '"
              + host.engine()
              + "' (pool: "
              + pool
              + "), and leaves none to the pieces of work. Commit or roll back before the call, or"
              + " make the pool larger.");
    }
    throw new EngineBusyException(
        host.engine(),
        Duration.ZERO,
        pool,
        "Units of work that wait in concurrently(...) would hold all of them, and leave none to"
            + " their pieces of work: commit or roll back before the call.",
        null);
  }
}
