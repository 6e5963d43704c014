package io.sqlassist.javalin;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;

/**
 * Makes the container of a request, such as {@code ShopSessions::new}.
 *
 * <p>Called for every request, so it must be thread-safe and cheap.
 */
@FunctionalInterface
public interface ContainerFactory {

  /**
   * Makes a new container.
   *
   * @param registry the engines
   * @param origin the request
   * @return a container that nobody else uses
   */
  DbSessionsContainer create(EngineRegistry registry, UnitOrigin origin);
}
