package io.sqlassist.session;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.PoolFigures;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The connections that units of work hold while they wait: for each the engine it came from.
 * Several engines may have one pool.
 */
record HeldConnections(List<Engine> engines) {

  static final HeldConnections NONE = new HeldConnections(List.of());

  /** How many pieces run at once where no pool tells its size: what a small pool can bear. */
  private static final int PIECES_ON_UNKNOWN_POOLS = 4;

  /** What those units hold themselves. */
  static HeldConnections of(Collection<DbSessionsContainer> units) {
    List<Engine> engines = new ArrayList<>();
    units.forEach(unit -> engines.addAll(unit.enginesWithConnection()));
    return engines.isEmpty() ? NONE : new HeldConnections(engines);
  }

  HeldConnections and(HeldConnections more) {
    if (more.engines.isEmpty()) {
      return this;
    }
    List<Engine> both = new ArrayList<>(engines);
    both.addAll(more.engines);
    return new HeldConnections(both);
  }

  int of(DataSource pool) {
    int held = 0;
    for (Engine engine : engines) {
      if (engine.dataSource() == pool) {
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
