package io.sqlassist.session;

import io.sqlassist.engine.LentConnections;
import java.util.Optional;

/**
 * Where a unit of work comes from that is begun inside of another one: it is for its tenant, and
 * belongs to what that one belongs to.
 */
record InnerOrigin(DbSessionsContainer outer) implements UnitOrigin {

  @Override
  public String label() {
    return NONE.label();
  }

  @Override
  public Optional<Object> attribute(String name) {
    return name.equals("tenant") ? outer.tenant().map(Object.class::cast) : outer.attribute(name);
  }

  @Override
  public Optional<DbSessionsContainer> around() {
    return Optional.of(outer);
  }

  @Override
  public LentConnections lent() {
    return outer.origin().lent();
  }
}
