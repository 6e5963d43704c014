package io.sqlassist.example;

import io.javalin.http.Context;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.javalin.SqlAssistPlugin;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import org.hibernate.Session;

/** The sessions of one request, with a name for the engine that only this shop has. */
final class ShopSessions extends DbSessionsContainer {

  ShopSessions(EngineRegistry registry, UnitOrigin origin) {
    super(registry, origin);
  }

  static ShopSessions of(Context ctx) {
    return (ShopSessions) ctx.with(SqlAssistPlugin.class);
  }

  Session ledger() {
    return session("ledger");
  }
}
