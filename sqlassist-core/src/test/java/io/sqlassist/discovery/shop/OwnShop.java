package io.sqlassist.discovery.shop;

import io.sqlassist.SqlAssist;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.EngineSettings;
import javax.sql.DataSource;

/** An application that declares no entities. */
public final class OwnShop {

  private OwnShop() {}

  public static Engine start(EngineRegistry registry, DataSource dataSource) {
    return registry.initializeEngine(
        "shop", dataSource, c -> c.property("hibernate.hbm2ddl.auto", "create"));
  }

  public static Engine startStatically(DataSource dataSource) {
    return SqlAssist.initializeEngine("shop", dataSource);
  }

  public static Engine startFromText(EngineRegistry registry, EngineSettings settings) {
    return registry.initializeEngines(settings).get(0);
  }

  public static Engine startStaticallyFromText(EngineSettings settings) {
    return SqlAssist.initializeEngines(settings).get(0);
  }
}
