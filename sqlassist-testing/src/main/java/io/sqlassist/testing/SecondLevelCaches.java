package io.sqlassist.testing;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.EngineState;

/** The second-level caches of engines, which know nothing of what is undone behind their backs. */
final class SecondLevelCaches {

  private SecondLevelCaches() {}

  /** Empties the caches of all engines: also of those that read what others have written. */
  static void forget(EngineRegistry registry) {
    for (String name : registry.names()) {
      registry.find(name).filter(SecondLevelCaches::isUp).ifPresent(SecondLevelCaches::forget);
    }
  }

  private static boolean isUp(Engine engine) {
    return engine.state().status() == EngineState.Status.UP;
  }

  private static void forget(Engine engine) {
    if (engine.sessionFactory().isOpen()) {
      engine.sessionFactory().getCache().evictAllRegions();
    }
  }
}
