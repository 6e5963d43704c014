package io.sqlassist.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What has been said about a pool already, so that it is said once. The sessions of all engines on
 * the same data source share one; applications have no use for it.
 *
 * <p>Thread-safe.
 */
public final class PoolNotices {

  private static final int TRACED_SESSIONS = 1000;
  private static final int MOST_NOTICES = 200;

  private final AtomicInteger traces = new AtomicInteger(TRACED_SESSIONS);
  private final Set<String> given = ConcurrentHashMap.newKeySet();

  PoolNotices() {}

  /**
   * Whether to note where the session was opened that is being opened now. Looking costs too much
   * to do it for all of them.
   *
   * @return true for the first 1,000 sessions, and for as many after each {@link #traceAgain()}
   */
  public boolean traceNext() {
    return traces.get() > 0 && traces.decrementAndGet() >= 0;
  }

  /** Lets the next sessions be traced, since the trace of an earlier one was missed. */
  public void traceAgain() {
    traces.set(TRACED_SESSIONS);
  }

  /**
   * Whether something is to be said now.
   *
   * @param notice what tells it from everything else there is to say
   * @return true the first time; false also when far too much has been said already
   */
  public boolean isFirst(String notice) {
    return given.size() < MOST_NOTICES && given.add(notice);
  }

  /**
   * Whether something has been said.
   *
   * @param notice as in {@link #isFirst(String)}
   * @return true if it has
   */
  public boolean wasGiven(String notice) {
    return given.contains(notice);
  }
}
