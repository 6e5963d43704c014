package io.sqlassist.session;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineHost;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.PoolFigures;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The connections that units of work hold while they wait: for each the host it came from. Several
 * engines may have one pool.
 */
record HeldConnections(List<EngineHost> hosts) {

  static final HeldConnections NONE = new HeldConnections(List.of());

  /** How many pieces run at once where no pool tells its size: what a small pool can bear. */
  private static final int PIECES_ON_UNKNOWN_POOLS = 4;

  /** What those units hold themselves. */
  static HeldConnections of(Collection<DbSessionsContainer> units) {
    List<EngineHost> hosts = new ArrayList<>();
    units.forEach(unit -> hosts.addAll(unit.hostsWithConnection()));
    return hosts.isEmpty() ? NONE : new HeldConnections(hosts);
  }

  HeldConnections and(HeldConnections more) {
    if (more.hosts.isEmpty()) {
      return this;
    }
    List<EngineHost> both = new ArrayList<>(hosts);
    both.addAll(more.hosts);
    return new HeldConnections(both);
  }

  int of(DataSource pool) {
    int held = 0;
    for (EngineHost host : hosts) {
      if (host.dataSource() == pool) {
        held++;
      }
    }
    return held;
  }

  /** How many pieces can each have a connection of every pool, beside these; at least one. */
  int piecesAtOnce(EngineRegistry registry) {
    int most = Integer.MAX_VALUE;
    for (String name : registry.names()) {
      Optional<Engine> engine = registry.find(name);
      Optional<PoolFigures> pool = engine.flatMap(Engine::pool);
      if (engine.isPresent() && pool.isPresent()) {
        most = Math.min(most, pool.get().max() - of(engine.get().dataSource()));
      }
    }
    return most == Integer.MAX_VALUE ? PIECES_ON_UNKNOWN_POOLS : Math.max(1, most);
  }
}
