package io.sqlassist.transaction;

import java.util.Map;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/**
 * What the application wants to happen at the beginning and the ends of every unit of work of a
 * registry. Every method does nothing by default.
 *
 * <p>Thread-safe: one object serves all units of work at once. Unlike an observer it takes part:
 * what {@link #beforeCommit} throws stops the commit, and what {@link #beforeOpening} throws keeps
 * an engine from being used.
 */
public interface UnitHooks {

  /**
   * Before a unit opens its session of an engine: once for each engine that it uses, and again
   * after {@code on(engine).close()}. Must not use the unit.
   *
   * @param engine name of the engine
   * @throws RuntimeException to refuse the session; reaches whoever asked for it
   */
  default void beforeOpening(String engine) {}

  /**
   * Before any engine is flushed or committed, on every way to commit: at the end of a request or
   * of {@code inUnit}, explicit, of one engine, of an atomic block.
   *
   * @param sessions the open sessions, by the names of their engines; may be written to
   * @throws RuntimeException to stop the commit: everything is rolled back, and the exception
   *     reaches whoever asked for the commit
   */
  default void beforeCommit(Map<String, Session> sessions) {}

  /**
   * After all engines of a unit have committed. Not called after the commit of one engine alone.
   * What it throws is told to the observers and changes nothing: the work is durable.
   *
   * @param report the outcome of each engine
   */
  default void afterCommit(CommitReport report) {}

  /**
   * After a unit was rolled back, as asked or because a commit failed; not for one engine alone.
   * What it throws is told to the observers.
   *
   * @param cause why, as far as known
   */
  default void afterRollback(@Nullable Throwable cause) {}

  /**
   * After every session is closed and every connection given back; in a unit that was abandoned, on
   * another thread. What it throws is told to the observers.
   */
  default void onClose() {}
}
