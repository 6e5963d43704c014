package io.sqlassist.session;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.hibernate.Session;

/**
 * Makes a thread leave a unit of work that it may no longer use: by cancellation, then by force.
 */
final class Interruption {

  /** When a cancelled statement still runs after this time its connection is cut. */
  private static final long CUT_AFTER_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Unit unit;
  private final Supplier<? extends RuntimeException> reason;
  private final long begunNanos = System.nanoTime();
  private final Set<Session> cut = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * Creates an interruption.
   *
   * @param reason gives the exception for a thread that waits for a connection
   */
  Interruption(Unit unit, Supplier<? extends RuntimeException> reason) {
    this.unit = unit;
    this.reason = reason;
  }

  /** To be repeated: before, the thread may have been on its way to the statement. */
  void attempt() {
    unit.interrupt(reason, this::interrupt);
  }

  private void interrupt(Session session) {
    if (System.nanoTime() - begunNanos < CUT_AFTER_NANOS) {
      Cancellation.of(session, unit.observer());
    } else if (cut.add(session)) {
      Cancellation.byForce(session, unit.observer());
    }
  }
}
