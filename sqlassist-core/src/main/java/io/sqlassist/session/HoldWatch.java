package io.sqlassist.session;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.PoolNotices;
import io.sqlassist.engine.PoolOptions;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.hibernate.Session;
import org.hibernate.SessionEventListener;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;
import org.jspecify.annotations.Nullable;

/**
 * Holds the time for which a session keeps its connection against the budgets of its engine. Looks
 * while the connection is kept, and so also sees a thread that never gives it back.
 */
final class HoldWatch implements SessionEventListener {

  private static final long serialVersionUID = 1L;

  private static final int MOST_LOOKS_IN_VAIN = 3;

  private final transient Unit unit;
  private final transient Engine engine;
  private final transient PoolNotices notices;
  private final transient LogicalConnectionImplementor connection;
  private final transient Budget hold;
  private final transient Budget idle;

  private transient @Nullable Future<?> timer;
  private transient @Nullable Thread user;
  private boolean held;
  private boolean running;
  private int looksInVain;
  private String acquiredAt = "";
  private String label = "";

  /** A time that begins again and again, and how much of it there may be. */
  private static final class Budget {
    private final String setting;
    private final long nanos;
    private long beginNanos;
    private boolean open;

    Budget(String setting, long nanos) {
      this.setting = setting;
      this.nanos = nanos;
    }

    /** Never over where there is no such budget. */
    static Budget of(String setting, @Nullable Duration most) {
      return new Budget(
          setting, most == null ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.convert(most));
    }

    void begin(long now) {
      beginNanos = now;
      open = nanos != Long.MAX_VALUE;
    }

    long spent(long now) {
      return now - beginNanos;
    }

    long left(long now) {
      return open ? nanos - spent(now) : Long.MAX_VALUE;
    }
  }

  private HoldWatch(EngineSlot slot, Session session, PoolOptions options) {
    this.unit = slot.unit();
    this.engine = slot.engine();
    this.notices = slot.hostInUse().notices();
    this.connection = Cancellation.connectionOf(session);
    this.hold = Budget.of("holdBudget", options.holdBudget().orElse(null));
    this.idle =
        Budget.of("idleInTransactionBudget", options.idleInTransactionBudget().orElse(null));
  }

  /** Watches a session whose engine has budgets; null for all others. */
  static @Nullable HoldWatch over(EngineSlot slot, Session session) {
    PoolOptions options = slot.engine().options().pool();
    if (options.holdBudget().isEmpty() && options.idleInTransactionBudget().isEmpty()) {
      return null;
    }
    HoldWatch watch = new HoldWatch(slot, session, options);
    session.addEventListeners(watch);
    return watch;
  }

  @Override
  public void jdbcConnectionAcquisitionEnd() {
    String site = CallSite.here();
    String unitLabel = unit.label();
    synchronized (this) {
      long now = System.nanoTime();
      held = true;
      running = false;
      looksInVain = 0;
      acquiredAt = site;
      label = unitLabel;
      user = Thread.currentThread();
      hold.begin(now);
      idle.begin(now);
      lookAfter(Math.min(hold.left(now), idle.left(now)));
    }
  }

  @Override
  public synchronized void jdbcConnectionReleaseEnd() {
    held = false;
    user = null;
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private synchronized void statementBegins() {
    running = true;
    user = Thread.currentThread();
  }

  /** Hibernate reports the end also of a statement whose beginning was refused. */
  private synchronized void statementEnds() {
    running = false;
    if (idle.open) {
      idle.begin(System.nanoTime());
    }
  }

  private void lookAfter(long nanos) {
    if (timer != null) {
      timer.cancel(false);
    }
    timer = Watch.after(Duration.ofNanos(nanos), this::look);
  }

  private void look() {
    Budget exceeded = null;
    long spent = 0;
    Thread thread;
    String site;
    String unitLabel;
    synchronized (this) {
      thread = user;
      if (!held || thread == null) {
        return;
      }
      if (!connection.isPhysicallyConnected()) {
        // Failed, or Hibernate is about to set it: it reports both in the same way.
        if (++looksInVain < MOST_LOOKS_IN_VAIN) {
          lookAfter(Math.min(hold.nanos, idle.nanos));
        }
        return;
      }
      long now = System.nanoTime();
      if (running) {
        idle.beginNanos = now;
      }
      if (hold.left(now) <= 0) {
        exceeded = hold;
      } else if (idle.left(now) <= 0) {
        exceeded = idle;
      }
      if (exceeded != null) {
        spent = exceeded.spent(now);
        exceeded.open = false; // once for each time that a connection is held
      }
      site = acquiredAt;
      unitLabel = label;
      long next = Math.min(hold.left(now), idle.left(now));
      if (next != Long.MAX_VALUE) {
        lookAfter(Math.max(next, 0));
      }
    }
    if (exceeded != null && notices.isFirst(exceeded.setting + engine.name() + site)) {
      warn(exceeded, spent, thread, site, unitLabel);
    }
  }

  private void warn(Budget exceeded, long spent, Thread thread, String site, String unitLabel) {
    unit.warn(
        engine.name(),
        "a connection has been "
            + (exceeded == hold ? "held" : "held without running a statement")
            + " for "
            + TimeUnit.NANOSECONDS.toMillis(spent)
            + " ms, longer than the "
            + exceeded.setting
            + " of "
            + TimeUnit.NANOSECONDS.toMillis(exceeded.nanos)
            + " ms: in '"
            + unitLabel
            + "' by thread '"
            + (thread.getName().isEmpty() ? thread.toString() : thread.getName())
            + "', acquired at "
            + site
            + ", now at "
            + CallSite.of(thread)
            + ". Commit, roll back or close before slow work that needs no database.");
  }

  @Override
  public void jdbcPrepareStatementStart() {
    statementBegins();
  }

  @Override
  public void jdbcPrepareStatementEnd() {
    statementEnds();
  }

  @Override
  public void jdbcExecuteStatementStart() {
    statementBegins();
  }

  @Override
  public void jdbcExecuteStatementEnd() {
    statementEnds();
  }

  @Override
  public void jdbcExecuteBatchStart() {
    statementBegins();
  }

  @Override
  public void jdbcExecuteBatchEnd() {
    statementEnds();
  }
}
