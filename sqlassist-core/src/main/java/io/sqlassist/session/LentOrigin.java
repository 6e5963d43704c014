package io.sqlassist.session;

import io.sqlassist.engine.LentConnections;
import java.util.Optional;

/**
 * Where a unit of work comes from that is joined to transactions of somebody else; in everything
 * else it comes from where it would come without.
 */
record LentOrigin(UnitOrigin origin, LentConnections lent) implements UnitOrigin {

  @Override
  public String label() {
    return origin.label();
  }

  @Override
  public Optional<Object> attribute(String name) {
    return origin.attribute(name);
  }

  @Override
  public Optional<DbSessionsContainer> around() {
    return origin.around();
  }

  @Override
  public boolean yields() {
    return origin.yields();
  }

  @Override
  public void beforeOpening() {
    origin.beforeOpening();
  }
}
