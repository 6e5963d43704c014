package io.sqlassist.discovery.bare;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
import javax.sql.DataSource;

/** An application without entities. */
public final class BareShop {

  private BareShop() {}

  public static Engine start(EngineRegistry registry, DataSource dataSource) {
    return registry.initializeEngine("shop", dataSource);
  }
}
