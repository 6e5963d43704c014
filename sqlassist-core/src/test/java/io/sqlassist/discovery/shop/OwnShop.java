package io.sqlassist.discovery.shop;

import io.sqlassist.SqlAssist;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
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
}
