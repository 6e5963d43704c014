package io.sqlassist.observe;

import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.hibernate.SessionFactory;

/**
 * Watches an engine registry: its engines, and each unit of work that opens a session. Every method
 * does nothing by default.
 *
 * <p>Thread-safe: one observer serves all engines and all units of work at once. What it throws is
 * contained and never reaches the application, except from {@link #instrument} and {@link
 * #instrumentXa}, where it refuses the engine.
 *
 * <p>The shape, an object per unit made by a factory and a constant that does nothing, is that of
 * OkHttp's event listeners.
 */
public interface Observer {

  /** Watches nothing. */
  Observer NONE = new Observer() {};

  /**
   * A unit of work opens its first session. Not called for units that use nothing.
   *
   * @param unit which one
   * @return the observer of this unit; {@link UnitObserver#NONE} to ignore it
   */
  default UnitObserver unitStarted(UnitInfo unit) {
    return UnitObserver.NONE;
  }

  /**
   * As {@link #unitStarted(UnitInfo)}, for observers that want to know what the unit belongs to.
   * This is the method that is called; by default it calls the other.
   *
   * @param unit which one
   * @param attributes answers what the unit belongs to, while this method runs: {@code "request"}
   *     is the web framework's request, also for a unit that was begun inside of the request's
   *     unit. Don't keep what it returns longer than the request lasts
   * @return the observer of this unit; {@link UnitObserver#NONE} to ignore it
   */
  default UnitObserver unitStarted(UnitInfo unit, Function<String, Optional<Object>> attributes) {
    return unitStarted(unit);
  }

  /**
   * Lets the observer stand between an engine and its connections. Called before the engine starts,
   * and again for each data source that replaces the first.
   *
   * @param engine name of the engine
   * @param dataSource where its connections come from
   * @return the same object, or one that wraps it and can be unwrapped
   */
  default DataSource instrument(String engine, DataSource dataSource) {
    return dataSource;
  }

  /**
   * Lets the observer stand between a transaction manager and the branches of an engine: an {@link
   * javax.transaction.xa.XAResource} of a wrapped source tells of start, end, prepare, commit and
   * rollback. Called by who sets up two-phase commit, before the pool is made; what comes out of
   * that pool goes through {@link #instrument} as any other does.
   *
   * @param engine name of the engine
   * @param dataSource where the pool gets its connections
   * @return the same object, or one that wraps it and can be unwrapped
   */
  default XADataSource instrumentXa(String engine, XADataSource dataSource) {
    return dataSource;
  }

  /**
   * Watches the connections of an engine. Asked once, before the engine starts.
   *
   * @param engine name of the engine
   * @return the observer of its connections; {@link ConnectionObserver#NONE} to ignore them, which
   *     costs nothing
   */
  default ConnectionObserver connections(String engine) {
    return ConnectionObserver.NONE;
  }

  /**
   * An engine's factory is built, and nobody has opened a session yet. The place to add listeners
   * for Hibernate's events.
   *
   * @param engine name of the engine
   * @param sessionFactory its factory
   */
  default void factoryBuilt(String engine, SessionFactory sessionFactory) {}

  /**
   * An engine is ready.
   *
   * @param engine its name
   * @param description kind, entities and database, in one line without secrets
   */
  default void engineStarted(String engine, String description) {}

  /**
   * An engine works, but a setting should be changed.
   *
   * @param engine its name
   * @param warning the setting, its effect and the fix, in one line without secrets
   */
  default void engineWarning(String engine, String warning) {}

  /**
   * An engine goes on with something replaced: its data source, or the connections of its pool.
   *
   * @param engine its name
   * @param change what has changed, in one line without secrets that begins with a verb
   */
  default void engineChanged(String engine, String change) {}

  /**
   * An engine was closed.
   *
   * @param engine its name
   */
  default void engineStopped(String engine) {}

  /**
   * Many observers as one. Each is told everything; one that fails stops no other.
   *
   * @param observers any number, told in this order
   * @return the one observer
   */
  static Observer all(Observer... observers) {
    return switch (observers.length) {
      case 0 -> NONE;
      case 1 -> Observers.contained(observers[0]);
      default -> Observers.of(observers);
    };
  }
}
