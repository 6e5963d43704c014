package io.sqlassist.observe;

import javax.sql.DataSource;

/**
 * Watches an engine registry: its engines, and each unit of work that opens a session. Every method
 * does nothing by default.
 *
 * <p>Thread-safe: one observer serves all engines and all units of work at once. What it throws is
 * contained and never reaches the application, except from {@link #instrument}, where it refuses
 * the engine.
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
   * Lets the observer stand between an engine and its connections. Called once, before the engine
   * starts.
   *
   * @param engine name of the engine
   * @param dataSource where its connections come from
   * @return the same object, or one that wraps it
   */
  default DataSource instrument(String engine, DataSource dataSource) {
    return dataSource;
  }

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
