package io.sqlassist.session;

import io.sqlassist.engine.EngineHost;
import io.sqlassist.engine.HostUsers;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/**
 * The units of work that stay on a host while their engine moves to another one. They are found
 * where they are known anyway, by their open sessions: as long as nothing moves that costs nothing.
 */
final class UnitHosts implements HostUsers {

  static final UnitHosts INSTANCE = new UnitHosts();

  /** Those that have closed their session, and may open another one on the same host. */
  private final Set<EngineSlot> withoutSession = ConcurrentHashMap.newKeySet();

  private UnitHosts() {}

  /** To be called before the session is closed: there must be no moment in which nobody knows. */
  void keep(EngineSlot slot) {
    withoutSession.add(slot);
  }

  void forget(EngineSlot slot) {
    withoutSession.remove(slot);
  }

  @Override
  public Optional<EngineHost> boundHere(String engine) {
    EngineHost current = null;
    for (CurrentUnit.Frame frame = CurrentUnit.innermost(); frame != null; frame = frame.outer()) {
      Unit unit = frame.container().unitIfUsed();
      EngineHost host = unit == null ? null : hostOf(unit, engine);
      if (host != null && unit != null && unit.guard().isAcquiringHere()) {
        return Optional.of(host);
      }
      if (current == null) {
        current = host;
      }
    }
    // A unit may be in use where it is not current.
    for (DbSessionsContainer container : SessionOwners.all()) {
      Unit unit = container.unitIfUsed();
      EngineHost host = unit == null ? null : hostOf(unit, engine);
      if (host != null && unit != null && unit.guard().isAcquiringHere()) {
        return Optional.of(host);
      }
    }
    // A session that the application has opened by itself stays with the unit it is used in.
    return Optional.ofNullable(current);
  }

  private static @Nullable EngineHost hostOf(Unit unit, String engine) {
    EngineSlot slot = unit.slot(engine);
    return slot == null ? null : slot.host();
  }

  @Override
  public boolean use(EngineHost host) {
    return anyOpen(slot -> slot.host() == host)
        || withoutSession.stream().anyMatch(slot -> slot.host() == host);
  }

  private static boolean anyOpen(Predicate<EngineSlot> isMeant) {
    for (DbSessionsContainer container : SessionOwners.all()) {
      Unit unit = container.unitIfUsed();
      if (unit != null && unit.slots().stream().anyMatch(isMeant)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean isCommitting(EngineHost host) {
    for (DbSessionsContainer container : SessionOwners.all()) {
      Unit unit = container.unitIfUsed();
      if (unit != null
          && unit.guard().isCommitting()
          && unit.slots().stream().anyMatch(slot -> slot.host() == host)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void cutOff(
      EngineHost host, Supplier<? extends RuntimeException> reason, boolean byForce) {
    for (DbSessionsContainer container : SessionOwners.all()) {
      Unit unit = container.unitIfUsed();
      if (unit == null) {
        continue;
      }
      for (EngineSlot slot : unit.slots()) {
        if (slot.host() == host && isConnected(slot)) {
          unit.stop(reason);
          if (byForce) {
            unit.guard().unlessCommitting(() -> cut(unit, slot));
          }
        }
      }
    }
  }

  private static void cut(Unit unit, EngineSlot slot) {
    Session session = slot.openSession();
    if (session != null) {
      Cancellation.byForce(session, unit.observer());
    }
  }

  private static boolean isConnected(EngineSlot slot) {
    Session session = slot.openSession();
    try {
      return session != null && Cancellation.holdsConnectionOfPool(session);
    } catch (RuntimeException e) {
      return false; // its own thread is closing it
    }
  }
}
