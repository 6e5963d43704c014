package io.sqlassist.testing;

import io.sqlassist.engine.EngineRegistry;

/**
 * Where a test finds its engines. Has to have a constructor without parameters if {@link
 * SqlAssistTest#registry} names it.
 *
 * <p>Asked by the thread of each test.
 */
@FunctionalInterface
public interface RegistrySource {

  /**
   * The registry, with its engines.
   *
   * @return the registry
   * @throws Exception if there is none; the test fails with it
   */
  EngineRegistry registry() throws Exception;
}
