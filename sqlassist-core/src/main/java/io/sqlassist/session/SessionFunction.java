package io.sqlassist.session;

import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/**
 * Work with one session that returns something.
 *
 * <p>Called on the thread that asked for it; more than once where retries were asked for.
 *
 * @param <T> what it returns
 * @param <X> what it may throw; {@link RuntimeException} where it declares nothing
 */
@FunctionalInterface
public interface SessionFunction<T extends @Nullable Object, X extends Exception> {

  /**
   * Does the work.
   *
   * @param session the session to use; not to be kept
   * @return the result
   * @throws X if the work failed; what the block covers is rolled back
   */
  T apply(Session session) throws X;
}
