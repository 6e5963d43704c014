package io.sqlassist.session;

import org.jspecify.annotations.Nullable;

/**
 * Work in a unit of work that returns something.
 *
 * <p>Called once, on the thread that asked for it.
 *
 * @param <T> what it returns
 * @param <X> what it may throw; {@link RuntimeException} where it declares nothing
 */
@FunctionalInterface
public interface UnitFunction<T extends @Nullable Object, X extends Exception> {

  /**
   * Does the work.
   *
   * @param db the sessions of this unit
   * @return the result
   * @throws X if the work failed; the unit rolls back
   */
  T apply(DbSessionsContainer db) throws X;
}
