package io.sqlassist.observe;

import io.sqlassist.transaction.CommitReport;
import java.util.List;
import org.hibernate.Session;

/**
 * Watches one unit of work. Every method does nothing by default.
 *
 * <p>An observer object belongs to one unit of work, so its state can be plain fields: calls come
 * one at a time, though not always from the same thread. What it throws is contained and never
 * reaches the application. It must not use the sessions of the unit, only hang listeners on them.
 */
public interface UnitObserver {

  /** Watches nothing. Stateless, so it may be shared between units and threads. */
  UnitObserver NONE = new UnitObserver() {};

  /**
   * A session was opened. No connection has been acquired for it yet.
   *
   * @param engine name of its engine
   */
  default void sessionOpened(String engine) {}

  /**
   * As {@link #sessionOpened(String)}, for observers that hang listeners on the session. This is
   * the method that is called; by default it calls the other.
   *
   * @param engine name of its engine
   * @param session the session, which the observer must not use otherwise; not to be kept after
   *     {@link #sessionClosed}
   */
  default void sessionOpened(String engine, Session session) {
    sessionOpened(engine);
  }

  /**
   * A commit succeeded on every engine that had something to commit.
   *
   * @param report the outcome of each engine
   */
  default void committed(CommitReport report) {}

  /**
   * A commit failed. What could be rolled back has been.
   *
   * @param cause why; a {@link io.sqlassist.transaction.PartialCommitException} when not everything
   *     is rolled back
   */
  default void commitFailed(Throwable cause) {}

  /**
   * As {@link #commitFailed(Throwable)}, for observers that count by engine. This is the method
   * that is called; by default it calls the other.
   *
   * @param cause why
   * @param engines the transactional engines that were to be committed, in the order of first use,
   *     or all, if the failure kept the commit from beginning; what became of each is rolled back,
   *     unless the cause is a {@link io.sqlassist.transaction.PartialCommitException} that says
   *     otherwise
   */
  default void commitFailed(Throwable cause, List<String> engines) {
    commitFailed(cause);
  }

  /** The work of the transactional engines was rolled back, as asked. */
  default void rolledBack() {}

  /**
   * As {@link #rolledBack()}, for observers that count by engine. This is the method that is
   * called; by default it calls the other.
   *
   * @param engines the transactional engines that took part, in the order of first use
   */
  default void rolledBack(List<String> engines) {
    rolledBack();
  }

  /**
   * Something failed on the way out, where nobody could be handed the exception without turning a
   * decided outcome into another one: a rollback, the close of a session, a cancelled statement.
   *
   * @param engine name of the engine, or empty where no single engine is concerned
   * @param action what was being done, for example {@code close}
   * @param failure why it failed
   */
  default void cleanupFailed(String engine, String action, Throwable failure) {}

  /**
   * A session was closed.
   *
   * @param engine name of its engine
   */
  default void sessionClosed(String engine) {}

  /** The unit of work is over; every connection has been given back. The last call. */
  default void ended() {}
}
