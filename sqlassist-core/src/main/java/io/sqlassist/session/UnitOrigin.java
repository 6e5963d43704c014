package io.sqlassist.session;

import io.sqlassist.engine.LentConnections;
import java.util.Optional;

/**
 * Where a unit of work comes from: what it is called in logs, and what it can be asked for.
 *
 * <p>Used by the thread that uses the unit.
 */
public interface UnitOrigin {

  /** A unit of work that was not started by a request. */
  UnitOrigin NONE = () -> "unit of work";

  /**
   * What the unit of work is about, for logs. Asked only when somebody wants to know.
   *
   * @return a short text without secrets, for example {@code POST /books/{id}/orders}
   */
  String label();

  /**
   * Something the unit of work belongs to.
   *
   * @param name what is asked for; {@code "request"} is the web framework's request, {@code
   *     "tenant"} the name of the tenant that the unit is for, {@code "route"} the template of the
   *     request's route, or the name of another kind of work of which there are few, for SQL
   *     comments. A unit that is begun inside of another one over the same registry has that one's
   *     attributes
   * @return the object, or empty
   */
  default Optional<Object> attribute(String name) {
    return Optional.empty();
  }

  /**
   * The unit of work around this one, which goes on only when this one is over.
   *
   * @return the outer unit; empty for a unit of its own
   */
  default Optional<DbSessionsContainer> around() {
    return Optional.empty();
  }

  /**
   * Connections that somebody else owns, whose transactions this unit, and those inside of it, take
   * part in. Default: none, and every engine uses its pool.
   *
   * @return the connections, the same ones at every call
   */
  default LentConnections lent() {
    return LentConnections.NONE;
  }

  /**
   * Whether this unit gives way on a connection that somebody else owns, when a unit that was not
   * begun inside of it wants to work there, and would have to wait for this one to end. What this
   * one has done so far is part of the owner's transaction from then on, as if it had committed; a
   * rollback undoes what comes after. For tests, which call the application and look at what it has
   * done, in turn. A unit with an open savepoint block does not give way.
   *
   * @return default: false, others wait
   */
  default boolean yields() {
    return false;
  }

  /**
   * Called before a session of the unit is opened; may refuse that by throwing.
   *
   * @throws IllegalStateException if the unit can't be used at this place; says what to do instead
   */
  default void beforeOpening() {}
}
