package io.sqlassist.docs;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import org.hibernate.Session;

/** A container with a name for one engine more. */
// tag::shop-sessions[]
public class ShopSessions extends DbSessionsContainer {

  public ShopSessions(EngineRegistry registry, UnitOrigin origin) {
    super(registry, origin);
  }

  public Session ledger() {
    return session("ledger");
  }
}
// end::shop-sessions[]
