package io.sqlassist.session;

import io.sqlassist.engine.TransientFailureException;
import java.util.function.Consumer;
import org.hibernate.SessionEventListener;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that one thread at a time uses a unit of work, and none after its end.
 *
 * <p>Which thread is "using" it: the one inside of a container's method, or inside of one of the
 * regions of its sessions that Hibernate reports (acquiring a connection, preparing, executing,
 * flushing). Between those a hand-over to another thread is nobody's business.
 */
final class UseGuard implements SessionEventListener {

  private static final long serialVersionUID = 1L;

  private final transient UnitOrigin origin;
  private transient @Nullable Thread user;
  private transient @Nullable Thread closer;
  private int depth;
  private boolean ended;
  private boolean committing;
  private boolean acquiring;
  private transient volatile @Nullable Stop stop;
  private transient @Nullable TimeLimit limit;
  private long lastUseNanos;

  /** How many threads are cancelling what the user runs. */
  private int cancelling;

  UseGuard(UnitOrigin origin) {
    this.origin = origin;
  }

  /** Begins a use by this thread. A use that is refused must not be ended. */
  synchronized void enter() {
    check();
    user = Thread.currentThread();
    depth++;
  }

  /**
   * Begins a region whose end Hibernate reports also when its beginning threw. Inside of another
   * region that end must not be taken for the outer one's: the thread would pass for gone while it
   * still is on its way out.
   */
  private synchronized void enterRegion() {
    try {
      check();
    } catch (IllegalStateException | TransientFailureException e) {
      if (user == Thread.currentThread()) {
        depth++;
      }
      throw e;
    }
    user = Thread.currentThread();
    depth++;
  }

  /** Throws whatever a use by this thread would be refused with at this moment. */
  synchronized void check() {
    Thread me = Thread.currentThread();
    if (committing && user == me) {
      return;
    }
    if (ended && closer != me) {
      throw new UnitEndedException(origin.label());
    }
    Stop by = stop;
    if (by != null && closer != me) {
      throw by.exception();
    }
    for (TimeLimit each = limit; each != null; each = each.outer()) {
      if (each.isOver()) {
        throw each.exception();
      }
    }
    if (user != null && user != me) {
      throw new ConcurrentUnitException(origin.label(), user.getName(), me.getName());
    }
  }

  /**
   * Ends a use by this thread, once nobody cancels it any more. Does nothing if another thread's
   * use was refused.
   */
  synchronized void exit() {
    if (user == Thread.currentThread()) {
      awaitCancellations();
      if (--depth <= 0) {
        depth = 0;
        user = null;
        if (ended) {
          lastUseNanos = System.nanoTime(); // whoever closes an abandoned unit waits for quiet
        }
      }
    }
  }

  /**
   * A cancellation that comes late must not meet the next statement of the connection: after a
   * statement some engines give it back, and then that statement is another unit's.
   */
  private void awaitCancellations() {
    boolean interrupted = false;
    while (cancelling > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Ends the unit for everybody but this thread, which is going to close it.
   *
   * @return false if another thread is using the unit, or has ended it already
   */
  synchronized boolean beginClosing() {
    Thread me = Thread.currentThread();
    if (ended || (user != null && user != me)) {
      return false;
    }
    ended = true;
    closer = me;
    return true;
  }

  /** Ends the unit for everybody, at once; the sessions are closed later by {@link #takeOver}. */
  synchronized boolean abandon() {
    if (ended) {
      return false;
    }
    ended = true;
    lastUseNanos = System.nanoTime();
    return true;
  }

  /**
   * Lets this thread close an abandoned unit, once nobody has used it for a while.
   *
   * @param quietNanos how long nobody must have used it
   * @return false if somebody uses it, or has just used it
   */
  synchronized boolean takeOver(long quietNanos) {
    if (user != null || System.nanoTime() - lastUseNanos < quietNanos) {
      return false;
    }
    closer = Thread.currentThread();
    return true;
  }

  /**
   * From now on every use is refused, except to the thread that closes.
   *
   * @return false if the unit has ended already
   */
  synchronized boolean stop(Stop by) {
    if (ended || stop != null) {
      return false;
    }
    stop = by;
    return true;
  }

  @Nullable Stop stop() {
    return stop;
  }

  /** From now on no use begins after the end of this limit or of an outer one. */
  synchronized void limit(@Nullable TimeLimit innermost) {
    limit = innermost;
  }

  /**
   * Lets the use by this thread run to its end even if the unit is ended meanwhile: an interruption
   * between two commits would leave one engine's work without the other's.
   *
   * @throws UnitEndedException if the unit was ended before
   */
  synchronized void beginCommitting() {
    check();
    committing = true;
  }

  /** From here on what this thread does is stopped again when the unit ends. */
  synchronized void endCommitting() {
    committing = false;
  }

  /** Whether a commit is on its way, that no end of the unit stops. */
  synchronized boolean isCommitting() {
    return committing;
  }

  /** Whether a thread uses the unit, and may be interrupted in it. */
  synchronized boolean isInterruptible() {
    return user != null && !committing;
  }

  /** Does something to the thread that uses the unit, which can't stop using it meanwhile. */
  synchronized void toInterruptible(Consumer<Thread> action) {
    Thread using = user;
    if (using != null && !committing) {
      action.accept(using);
    }
  }

  /**
   * Cancels what the user of the unit runs, which does not come out of it meanwhile. May wait for a
   * database; other threads are not kept waiting.
   */
  void cancel(Runnable cancellation) {
    synchronized (this) {
      if (user == null || committing) {
        return;
      }
      cancelling++;
    }
    try {
      cancellation.run();
    } finally {
      synchronized (this) {
        cancelling--;
        notifyAll();
      }
    }
  }

  /** Does something that must not meet a commit. */
  synchronized void unlessCommitting(Runnable action) {
    if (!committing) {
      action.run();
    }
  }

  /** Does something that only the user of the unit may do, unless that is another thread. */
  synchronized void unlessInUse(Runnable action) {
    if (!ended && (user == null || user == Thread.currentThread())) {
      action.run();
    }
  }

  UnitEndedException endedException() {
    return new UnitEndedException(origin.label());
  }

  synchronized boolean isEnded() {
    return ended;
  }

  synchronized void closed() {
    closer = null;
  }

  /** Whether this thread is acquiring a connection for a session of the unit. */
  synchronized boolean isAcquiringHere() {
    return acquiring && user == Thread.currentThread();
  }

  private synchronized void acquiring(boolean begins) {
    if (begins || user == Thread.currentThread()) {
      acquiring = begins;
    }
  }

  @Override
  public void jdbcConnectionAcquisitionStart() {
    enter();
    acquiring(true);
  }

  @Override
  public void jdbcConnectionAcquisitionEnd() {
    acquiring(false);
    exit();
  }

  @Override
  public void jdbcPrepareStatementStart() {
    enterRegion();
  }

  @Override
  public void jdbcPrepareStatementEnd() {
    exit();
  }

  @Override
  public void jdbcExecuteStatementStart() {
    enterRegion();
  }

  @Override
  public void jdbcExecuteStatementEnd() {
    exit();
  }

  @Override
  public void jdbcExecuteBatchStart() {
    enterRegion();
  }

  @Override
  public void jdbcExecuteBatchEnd() {
    exit();
  }

  @Override
  public void flushStart() {
    enter();
  }

  @Override
  public void flushEnd(int numberOfEntities, int numberOfCollections) {
    exit();
  }
}
