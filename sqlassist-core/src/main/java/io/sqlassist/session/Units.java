package io.sqlassist.session;

import io.sqlassist.engine.EngineMovedException;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.LentConnections;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Starts units of work over a registry, and tells which one is current on a thread. {@code
 * SqlAssist} offers the same for the shared registry.
 *
 * <p>Thread-safe: without state of its own, apart from the current unit of each thread.
 */
public final class Units {

  private Units() {}

  /**
   * Runs work in a new unit of work: commits when it returns, rolls back when it throws, closes in
   * any case. Inside, the unit is the current one of this thread; an outer one is restored
   * afterwards, and its sessions are not touched.
   *
   * @param registry the engines
   * @param work the work
   * @param <T> what it returns
   * @param <X> what it may throw
   * @return what the work returned
   * @throws X what the work threw
   * @throws UnitEndedException if another thread has ended the unit before the work returned
   * @throws RuntimeException as {@link DbSessionsContainer#commit()}, if the commit fails
   */
  public static <T extends @Nullable Object, X extends Exception> T inUnit(
      EngineRegistry registry, UnitFunction<? extends T, X> work) throws X {
    return Units.<T, X>inUnit(openUnit(registry), work);
  }

  /**
   * Runs work in a new unit of work that is joined to transactions which somebody else owns: a
   * test, or a batch job. As {@link #inUnit(EngineRegistry, UnitFunction)}, with the difference
   * that a commit makes the work part of those transactions, and no more: it is visible on the
   * connections, and their owner commits it or rolls it back. A rollback undoes what this unit did,
   * and nothing else.
   *
   * @param registry the engines
   * @param connections engine name to connection, as for {@link LentConnections#of}; engines that
   *     are not named use their pools
   * @param work the work
   * @param <T> what it returns
   * @param <X> what it may throw
   * @return what the work returned
   * @throws X what the work threw
   * @throws IllegalArgumentException as {@link LentConnections#of}
   * @throws UnsupportedOperationException as {@link LentConnections#of}
   * @throws IllegalStateException if the owner's whole transaction is lost together with the unit:
   *     the database has rolled it back, as MariaDB does after a deadlock, or the connection is
   *     broken. The owner has to begin again, on a new connection; this one can't be lent any more.
   *     The cause is what went wrong in the unit
   * @throws RuntimeException as {@link DbSessionsContainer#commit()}, if the commit fails
   */
  public static <T extends @Nullable Object, X extends Exception> T inUnit(
      EngineRegistry registry,
      Map<String, Connection> connections,
      UnitFunction<? extends T, X> work)
      throws X {
    LentConnections lent = LentConnections.of(registry, connections);
    UnitFunction<T, X> checked =
        db -> {
          T result = work.apply(db);
          lent.refuseSpoiled(); // also when it was a unit inside, and its failure was caught
          return result;
        };
    try {
      return Units.<T, X>inUnit(
          openUnit(registry, new LentOrigin(origin(registry), lent)), checked);
    } catch (Exception e) {
      lostWith(lent, e);
      throw e;
    }
  }

  /** More is lost than the unit's own work, which its owner has to be told first of all. */
  private static void lostWith(LentConnections lent, Exception cause) {
    try {
      lent.refuseSpoiled();
    } catch (IllegalStateException lost) {
      if (!String.valueOf(lost.getMessage()).equals(cause.getMessage())) {
        throw new IllegalStateException(lost.getMessage(), cause);
      }
    }
  }

  /** Runs work in a new unit that is current on this thread, and ends the unit. */
  static <T extends @Nullable Object, X extends Exception> T inUnit(
      DbSessionsContainer db, UnitFunction<? extends T, X> work) throws X {
    try {
      T result = work.apply(db);
      if (db.isEndedElsewhere()) {
        db.checkNotEnded(); // what this work did was not committed
      } else if (db.isDoomed()) {
        db.close();
      } else if (!db.isEnded()) {
        db.commitAndClose();
      }
      return result;
    } catch (Throwable t) {
      RuntimeException cutOff = cutOffBehind(db, t);
      if (cutOff != null) {
        db.closeBecause(cutOff);
        throw cutOff;
      }
      db.closeBecause(t);
      throw t;
    }
  }

  /** What is behind the failure of a statement that was cancelled because its engine has moved. */
  private static @Nullable RuntimeException cutOffBehind(
      DbSessionsContainer db, Throwable failure) {
    boolean mayComeOfIt =
        failure instanceof PersistenceException
            || failure instanceof SQLException
            || failure.getClass() == IllegalStateException.class; // of a session that is closed
    EngineMovedException cutOff = mayComeOfIt ? db.cutOff().orElse(null) : null;
    if (cutOff != null) {
      cutOff.initCause(failure);
    }
    return cutOff;
  }

  /**
   * As {@link #inUnit}, for work that returns nothing.
   *
   * @param registry the engines
   * @param work the work
   * @param <X> what it may throw
   * @throws X what the work threw
   * @throws RuntimeException as {@link DbSessionsContainer#commit()}, if the commit fails
   */
  public static <X extends Exception> void useUnit(EngineRegistry registry, UnitConsumer<X> work)
      throws X {
    Units.<Boolean, X>inUnit(
        registry,
        db -> {
          work.accept(db);
          return Boolean.TRUE;
        });
  }

  /**
   * Runs work in the current unit of work of this thread, if there is one over the same registry;
   * else in a new one, as {@link #inUnit}. A unit that is joined stays its owner's: the end of the
   * work does not commit, roll back or close it, and an exception passes through to the owner.
   *
   * @param registry the engines
   * @param work the work
   * @param <T> what it returns
   * @param <X> what it may throw
   * @return what the work returned
   * @throws X what the work threw
   */
  public static <T extends @Nullable Object, X extends Exception> T joinUnit(
      EngineRegistry registry, UnitFunction<? extends T, X> work) throws X {
    DbSessionsContainer current = CurrentUnit.get();
    if (current != null && current.isOver(registry)) {
      return work.apply(current);
    }
    return Units.<T, X>inUnit(registry, work);
  }

  /**
   * Opens a unit of work that the caller ends. It is the current one of this thread until it is
   * closed; closing it without a commit rolls back.
   *
   * @param registry the engines
   * @return the unit's sessions, to be closed by the caller
   */
  public static DbSessionsContainer openUnit(EngineRegistry registry) {
    return openUnit(registry, origin(registry));
  }

  /**
   * Opens a unit of work that is joined to transactions which somebody else owns, and that the
   * caller ends; as {@link #openUnit(EngineRegistry)} and {@link #inUnit(EngineRegistry, Map,
   * UnitFunction)}. Units begun inside of it, by {@code inUnit} or {@code concurrently}, are joined
   * to the same connections; pieces of {@code concurrently} then run one after the other.
   *
   * @param registry the engines
   * @param connections engine name to connection, as for {@link LentConnections#of}; engines that
   *     are not named use their pools
   * @return the unit's sessions, to be closed by the caller; the connections stay open
   * @throws IllegalArgumentException as {@link LentConnections#of}
   * @throws UnsupportedOperationException as {@link LentConnections#of}
   * @throws IllegalStateException as {@link LentConnections#of}; the loss itself is not told by the
   *     unit's {@code close()}, which throws nothing, but to the observers
   */
  public static DbSessionsContainer openUnit(
      EngineRegistry registry, Map<String, Connection> connections) {
    return openUnit(
        registry, new LentOrigin(origin(registry), LentConnections.of(registry, connections)));
  }

  private static DbSessionsContainer openUnit(EngineRegistry registry, UnitOrigin origin) {
    DbSessionsContainer db = new DbSessionsContainer(registry, origin);
    enter(db);
    return db;
  }

  private static UnitOrigin origin(EngineRegistry registry) {
    DbSessionsContainer outer = CurrentUnit.get();
    return outer != null && outer.isOver(registry) ? new InnerOrigin(outer) : UnitOrigin.NONE;
  }

  /**
   * The current unit of work of this thread.
   *
   * @return its sessions
   * @throws NoCurrentUnitException if there is none
   */
  public static DbSessionsContainer current() {
    DbSessionsContainer current = CurrentUnit.get();
    if (current == null) {
      throw new NoCurrentUnitException(Thread.currentThread().getName());
    }
    return current;
  }

  /**
   * The current unit of work of this thread, if there is one.
   *
   * @return its sessions, or empty
   */
  public static Optional<DbSessionsContainer> findCurrent() {
    return Optional.ofNullable(CurrentUnit.get());
  }

  /**
   * Makes a unit of work the current one of this thread. For integrations with frameworks; whoever
   * calls this calls {@link #leave} on the same thread, or closes the unit there.
   *
   * @param unit the unit
   */
  public static void enter(DbSessionsContainer unit) {
    CurrentUnit.enter(unit);
  }

  /**
   * Ends what {@link #enter} began: the unit that was current before is current again. Does nothing
   * if the unit is not current on this thread.
   *
   * @param unit the unit
   */
  public static void leave(DbSessionsContainer unit) {
    CurrentUnit.leave(unit);
  }
}
