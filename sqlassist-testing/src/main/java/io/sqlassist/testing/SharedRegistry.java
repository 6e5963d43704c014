package io.sqlassist.testing;

import io.sqlassist.SqlAssist;
import io.sqlassist.engine.EngineRegistry;

/**
 * The shared registry of {@link SqlAssist}.
 *
 * <p>Stateless and thread-safe.
 */
public final class SharedRegistry implements RegistrySource {

  /** Creates the source. */
  public SharedRegistry() {}

  @Override
  public EngineRegistry registry() {
    return SqlAssist.registry();
  }
}
