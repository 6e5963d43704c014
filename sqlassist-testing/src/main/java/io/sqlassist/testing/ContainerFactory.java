package io.sqlassist.testing;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;

/**
 * Makes the container of a test's unit of work: {@code ShopSessions::new}, for example.
 *
 * <p>Called by the thread of each test.
 */
@FunctionalInterface
public interface ContainerFactory {

  /**
   * Makes a container, and opens nothing.
   *
   * @param registry the engines of the test
   * @param origin where the unit of work comes from
   * @return a new container
   */
  DbSessionsContainer create(EngineRegistry registry, UnitOrigin origin);
}
