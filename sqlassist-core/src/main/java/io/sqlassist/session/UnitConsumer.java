package io.sqlassist.session;

/**
 * Work in a unit of work that returns nothing.
 *
 * <p>Called once, on the thread that asked for it.
 *
 * @param <X> what it may throw; {@link RuntimeException} where it declares nothing
 */
@FunctionalInterface
public interface UnitConsumer<X extends Exception> {

  /**
   * Does the work.
   *
   * @param db the sessions of this unit
   * @throws X if the work failed; the unit rolls back
   */
  void accept(DbSessionsContainer db) throws X;
}
