package io.sqlassist.session;

import java.util.ArrayList;
import java.util.List;

/**
 * The attempts at work that fills a unit of work from here to its end, for integrations with
 * frameworks that can do such work again: a request's handler. Work on one engine is repeated by
 * {@link EngineScope#retries}.
 *
 * <p>Each attempt has fresh sessions, the first one too: entities that were loaded before are
 * detached in it. What an attempt writes to an autocommit engine stays.
 *
 * <p>Used by one thread at a time, like the container.
 */
public final class Attempts {

  private final DbSessionsContainer db;
  private final Unit unit;
  private final int repetitions;
  private final int commitsBefore;
  private final List<Throwable> failures = new ArrayList<>(1);

  /**
   * Begins the first attempt.
   *
   * @param db the unit of work
   * @param repetitions how often the work may be repeated
   * @param whenOpen what to do with work that is under way; it can't be joined
   * @throws IllegalStateException if work is under way and is to be refused, or joined
   * @throws UnitEndedException if the unit of work has ended
   * @throws RuntimeException as {@link DbSessionsContainer#commit()}, if that fails
   */
  public Attempts(DbSessionsContainer db, int repetitions, WhenOpen whenOpen) {
    BlockSettings.DEFAULT.withRetries(repetitions);
    this.db = db;
    this.repetitions = repetitions;
    unit = db.unit();
    unit.beginAttempt(whenOpen);
    commitsBefore = unit.commits();
  }

  /**
   * Whether the work may succeed when it is done again: a serialization failure, a deadlock or a
   * failed version check, in work of which nothing is committed, on whichever engine.
   *
   * @param failure how the attempt failed
   * @return false if not, or if the work has been repeated often enough, or the unit is doomed or
   *     has ended
   */
  public boolean isRepeatable(Throwable failure) {
    return failures.size() < repetitions
        && !db.isEnded()
        && !db.isDoomed()
        && unit.commits() == commitsBefore
        && RetryRule.canBeRepeated(failure);
  }

  /**
   * Undoes the attempt, closes its sessions, and waits a little, longer each time, without holding
   * a connection. What the attempt registered with the unit of work is forgotten; before that its
   * {@code afterRollback} and {@code onClose} hooks are called.
   *
   * @param failure how the attempt failed
   * @return true if the work is to be done again; false if the attempt could not be undone or the
   *     thread was interrupted
   */
  public boolean repeat(Throwable failure) {
    Throwable notUndone = CleanUp.attempt(() -> unit.undoAttempt(failure), null);
    if (notUndone != null) {
      CleanUp.add(failure, notUndone);
      return false;
    }
    if (!RetryRule.pause(failures.size())) {
      return false;
    }
    failures.add(failure);
    return true;
  }

  /**
   * Ends the attempts without success.
   *
   * @param failure the last failure, which the earlier ones are added to as suppressed
   */
  public void giveUp(Throwable failure) {
    failures.forEach(previous -> CleanUp.add(failure, previous));
    failures.clear();
    unit.endAttempt();
  }
}
