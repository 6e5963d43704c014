package io.sqlassist.session;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineHost;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.LentConnection;
import java.sql.SQLException;
import java.util.Objects;
import org.hibernate.HibernateException;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;
import org.jspecify.annotations.Nullable;

/** The place of one engine in one unit of work: what is open there, and what became of it. */
final class EngineSlot {

  private final Unit unit;
  private final Engine engine;
  private @Nullable EngineScope scope;
  private volatile @Nullable ScopedSession current;
  private volatile @Nullable EngineHost host;

  /** Whether a session was closed. Set before it is gone from where other threads look. */
  private boolean closedOne;

  /** Until the first session can be found by who looks for those on a host. */
  private boolean binding;

  private boolean keepsHost;
  private @Nullable String openedAt;
  private @Nullable HoldWatch holdWatch;
  private @Nullable DoubleHold doubleHold;

  EngineSlot(Unit unit, Engine engine) {
    this.unit = unit;
    this.engine = engine;
  }

  String name() {
    return engine.name();
  }

  Engine engine() {
    return engine;
  }

  Unit unit() {
    return unit;
  }

  /** Whether its work is committed or rolled back. */
  boolean isTransactional() {
    return engine.options().kind() == EngineKind.READ_WRITE;
  }

  /** What the application sees of this place. */
  EngineScope scope() {
    EngineScope known = scope;
    if (known == null) {
      known = new EngineScope(this, BlockSettings.DEFAULT);
      scope = known;
    }
    return known;
  }

  EngineStatus status() {
    if (current != null) {
      return EngineStatus.START;
    }
    return closedOne ? EngineStatus.END : EngineStatus.INIT;
  }

  Session session() {
    unit.guard().enter();
    try {
      return scopedSession().session();
    } finally {
      unit.guard().exit();
    }
  }

  StatelessSession statelessSession() {
    unit.guard().enter();
    try {
      return scopedSession().statelessSession();
    } finally {
      unit.guard().exit();
    }
  }

  Object repository(RepositoryPlan plan) {
    unit.guard().enter();
    try {
      plan.check(this);
      return scopedSession().repository(plan);
    } finally {
      unit.guard().exit();
    }
  }

  /** Whether that class is an entity of the engine. */
  boolean maps(Class<?> entity) {
    return engine
        .sessionFactory()
        .unwrap(SessionFactoryImplementor.class)
        .getMappingMetamodel()
        .isEntityClass(entity);
  }

  /** Called by the user of the unit. */
  ScopedSession scopedSession() {
    ScopedSession open = current;
    if (open == null) {
      engine.beforeSession();
      EngineHost bound = bind();
      openedAt = bound.notices().traceNext() ? CallSite.here() : null;
      open = new ScopedSession(unit.open(this), null);
      current = open;
      holdWatch = HoldWatch.over(this, open.session());
      doubleHold = null;
      DoubleHold.lookOut(this);
    }
    return open;
  }

  /** To the host of this moment, and for the rest of the unit of work. */
  private EngineHost bind() {
    EngineHost bound = host;
    if (bound == null) {
      bound = engine.host(UnitHosts.INSTANCE);
      host = bound;
      binding = true;
    }
    return bound;
  }

  /** From here on the session can be found, and with it the host. */
  void opened(Session session) {
    SessionOwners.put(session, unit.container());
    while (binding && engine.host(UnitHosts.INSTANCE) != host) {
      host = engine.host(UnitHosts.INSTANCE); // the engine has moved before that was to be seen
    }
    binding = false;
  }

  /** The host on which this unit of work is; null before its first session. */
  @Nullable EngineHost host() {
    return host;
  }

  /** The host of the session that is open. */
  EngineHost hostInUse() {
    return Objects.requireNonNull(host);
  }

  /** The unit of work is over. */
  void leaveHost() {
    if (keepsHost) {
      keepsHost = false;
      UnitHosts.INSTANCE.forget(this);
    }
  }

  /** Where the session was opened; null if nobody looked. */
  @Nullable String openedAt() {
    return openedAt;
  }

  /** What listens to the session, if there is another one on the same pool. */
  @Nullable DoubleHold doubleHold() {
    return doubleHold;
  }

  void doubleHold(DoubleHold listener) {
    doubleHold = listener;
  }

  void release() {
    if (current != null) {
      if (!keepsHost) {
        keepsHost = true;
        UnitHosts.INSTANCE.keep(this);
      }
      unit.release(this);
      unit.container().forget(engine.options().role());
    }
  }

  /** Whether a transaction of the database has begun, or changes wait to be flushed. */
  boolean isUnderWay() {
    Session open = openSession();
    return open != null && (Cancellation.isUnderWay(open) || open.isDirty());
  }

  /** Refuses the end of a transaction of a lent connection, if one is open inside of it. */
  void refuseUnlessInnermost() {
    Session open = openSession();
    if (open != null && open.isOpen()) {
      Cancellation.lentConnectionOf(open).ifPresent(LentConnection.Use::refuseUnlessInnermost);
    }
  }

  /** Sets the isolation level of the transaction that is about to begin. Acquires a connection. */
  void isolate(Isolation level) {
    unit.guard().enter();
    try {
      LogicalConnectionImplementor connection =
          Cancellation.connectionOf(scopedSession().session());
      engine.isolate(connection.getPhysicalConnection(), level.jdbcLevel());
    } catch (SQLException e) {
      throw new HibernateException(
          "Engine '" + name() + "': the isolation level " + level + " could not be set", e);
    } finally {
      unit.guard().exit();
    }
  }

  SavepointBlock beginSavepoint() {
    unit.guard().enter();
    try {
      ScopedSession outer = scopedSession();
      SavepointBlock block = SavepointBlock.begin(engine, outer.session(), unit);
      outer.suspend(name());
      if (holdWatch != null) {
        block.session().addEventListeners(holdWatch); // it runs statements on the same connection
      }
      current = new ScopedSession(block.session(), outer);
      SessionOwners.put(block.session(), unit.container());
      unit.container().forget(engine.options().role());
      return block;
    } finally {
      unit.guard().exit();
    }
  }

  /** The outer session takes over first: a release may have to reload what it holds. */
  void endSavepoint(Runnable end) {
    unit.guard().enter();
    try {
      ScopedSession inner = current;
      ScopedSession outer = inner == null ? null : inner.outer();
      if (outer != null) {
        outer.resume();
      }
      try {
        end.run();
      } catch (RuntimeException | Error e) {
        if (outer != null && inner != null && inner.session().isOpen()) {
          outer.suspend(name());
        }
        throw e;
      } finally {
        if (inner != null && !inner.session().isOpen()) {
          SessionOwners.remove(inner.session());
          current = outer;
          unit.container().forget(engine.options().role());
        }
      }
    } finally {
      unit.guard().exit();
    }
  }

  /** False once the block has been ended, by a release or by the end of the unit of work. */
  boolean isInnermost(SavepointBlock block) {
    return openSession() == block.session();
  }

  boolean hasOpenSavepoint() {
    ScopedSession innermost = current;
    return innermost != null && innermost.outer() != null;
  }

  @Nullable Session openSession() {
    ScopedSession open = current;
    return open == null ? null : open.session();
  }

  /** Closes what is open. Called by the unit, which has ended the transaction before. */
  void closeSessions() {
    ScopedSession open = current;
    if (open == null) {
      return;
    }
    closedOne = true;
    current = null;
    Throwable failure = null;
    for (ScopedSession each = open; each != null; each = each.outer()) {
      failure = each.close(failure);
    }
    CleanUp.throwIfAny(failure);
  }
}
