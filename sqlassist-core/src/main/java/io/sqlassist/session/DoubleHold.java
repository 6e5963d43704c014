package io.sqlassist.session;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineHost;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.PoolFigures;
import io.sqlassist.engine.PoolNotices;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hibernate.Session;
import org.hibernate.SessionEventListener;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;
import org.jspecify.annotations.Nullable;

/**
 * Foretells the deadlock of a pool: threads that hold one of its connections and wait for another.
 * It comes on the day when there are as many of them as connections; what leads to it can be seen
 * from the first of them.
 *
 * <p>Listens to one of two sessions on the same pool, which are open on one thread at once. There
 * are none in most applications, and then this costs a comparison for each session.
 */
final class DoubleHold implements SessionEventListener {

  private static final long serialVersionUID = 1L;

  private static final String WARNING = "two connections at once";
  private static final String MISSED = "two connections at once, the first of them not traced";

  private final transient EngineSlot mine;

  /** Those that are open. Few, since each new one drops those that are closed. */
  private final transient List<Other> others = new ArrayList<>();

  /** The other one of two, as one of them sees it. */
  private record Other(
      String engine,
      Session session,
      LogicalConnectionImplementor connection,
      @Nullable String openedAt) {}

  private DoubleHold(EngineSlot mine) {
    this.mine = mine;
  }

  /** Looks whether a session that was just opened may become the second of two. */
  static void lookOut(EngineSlot opened) {
    for (EngineSlot each : opened.unit().slots()) {
      lookOut(opened, each);
    }
    for (CurrentUnit.Frame frame = CurrentUnit.innermost(); frame != null; frame = frame.outer()) {
      Unit current = frame.container().unitIfUsed();
      if (current != null && current != opened.unit()) {
        for (EngineSlot each : current.slots()) {
          lookOut(opened, each);
        }
      }
    }
  }

  private static void lookOut(EngineSlot opened, EngineSlot earlier) {
    if (earlier == opened || !isOnSamePool(earlier, opened)) {
      return;
    }
    Session second = opened.openSession();
    Session first = earlier.openSession();
    if (first == null
        || second == null
        || !first.isOpen()
        || !(keepsConnection(opened.engine()) || keepsConnection(earlier.engine()))
        || opened.hostInUse().notices().wasGiven(WARNING)) {
      return;
    }
    String openedAt = opened.openedAt();
    of(opened, second).add(earlier, first, earlier.openedAt());
    String here = openedAt == null ? CallSite.here() : openedAt;
    // An outer unit may be current on several threads, by wrap(...), and in use on one of them.
    earlier.unit().guard().unlessInUse(() -> of(earlier, first).add(opened, second, here));
  }

  private static boolean isOnSamePool(EngineSlot one, EngineSlot other) {
    EngineHost first = one.host();
    EngineHost second = other.host();
    return first != null && second != null && first.dataSource() == second.dataSource();
  }

  /** The one that listens to the session that is open there. */
  private static DoubleHold of(EngineSlot slot, Session session) {
    DoubleHold listener = slot.doubleHold();
    if (listener == null) {
      listener = new DoubleHold(slot);
      slot.doubleHold(listener);
      session.addEventListeners(listener);
    }
    return listener;
  }

  private void add(EngineSlot slot, Session session, @Nullable String openedAt) {
    others.removeIf(each -> !each.session.isOpen());
    others.add(new Other(slot.name(), session, Cancellation.connectionOf(session), openedAt));
  }

  /** The others give theirs back after each statement, and can only be the second one to want. */
  private static boolean keepsConnection(Engine engine) {
    return engine.options().kind() == EngineKind.READ_WRITE;
  }

  /** At the start: the end may never come. */
  @Override
  public void jdbcConnectionAcquisitionStart() {
    for (Other each : others) {
      if (each.connection.isPhysicallyConnected()) {
        foretell(each);
        return;
      }
    }
  }

  private void foretell(Other other) {
    PoolNotices notices = mine.hostInUse().notices();
    if (other.openedAt == null && notices.isFirst(MISSED)) {
      notices.traceAgain(); // the next time both places will be known
    } else if (notices.isFirst(WARNING)) {
      mine.unit().warn(mine.name(), warning(other));
    }
  }

  private String warning(Other other) {
    return "one thread holds a connection of a pool and needs a second one of the same pool: the"
        + " first by engine '"
        + other.engine
        + "', opened at "
        + (other.openedAt == null ? "a place that was not traced" : other.openedAt)
        + ", the second by engine '"
        + mine.name()
        + "' at "
        + CallSite.here()
        + ". Threads that do this can wait for each other for ever, unless pool size >= threads x"
        + " (connections per unit - 1) + 1"
        + forThisPool(mine.hostInUse().pool())
        + ". Make the pool larger, end the first unit before, or give one of the engines a pool of"
        + " its own.";
  }

  private static String forThisPool(Optional<PoolFigures> pool) {
    return pool.map(
            figures ->
                ": with 2 connections per unit the "
                    + figures.max()
                    + " of this pool are enough for "
                    + (figures.max() - 1)
                    + (figures.max() == 2 ? " such thread at once" : " such threads at once"))
        .orElse("");
  }
}
