package io.sqlassist.session;

import io.sqlassist.engine.LentConnections;
import java.util.Optional;

/**
 * Where the unit of a piece of work comes from: from wherever the unit around it does, and for the
 * same tenant.
 *
 * @param outer the unit that waits for the piece
 * @param number of the piece, counted from 1
 * @param count how many pieces there are
 * @param held the connections in use by the units that wait for the piece, directly or not
 */
record PieceOrigin(DbSessionsContainer outer, int number, int count, HeldConnections held)
    implements UnitOrigin {

  @Override
  public String label() {
    return outer.origin().label() + " (" + number + " of " + count + ")";
  }

  @Override
  public Optional<Object> attribute(String name) {
    return name.equals("tenant")
        ? outer.tenant().map(Object.class::cast)
        : outer.origin().attribute(name);
  }

  @Override
  public void beforeOpening() {
    outer.origin().beforeOpening();
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
