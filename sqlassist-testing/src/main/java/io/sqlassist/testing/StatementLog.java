package io.sqlassist.testing;

import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What runs on the engines of a registry, as long as somebody wants to know.
 *
 * <p>Thread-safe.
 */
final class StatementLog {

  /**
   * One that was executed. The unit only tells units apart; it is not used. What gets ids for
   * entities that are to be stored can't be fetched with anything.
   */
  record Entry(ExecutedStatement statement, @Nullable DbSessionsContainer unit, boolean getsIds) {}

  /** What one reader wants to know: everything since it began. */
  static final class Recording {
    private final List<Entry> entries = new ArrayList<>();
    private final List<String> acquisitions = new ArrayList<>();

    synchronized void add(Entry entry) {
      entries.add(entry);
    }

    synchronized void acquired(String engine) {
      acquisitions.add(engine);
    }

    synchronized void clear() {
      entries.clear();
      acquisitions.clear();
    }

    synchronized List<Entry> entries() {
      return List.copyOf(entries);
    }

    synchronized List<String> acquisitions() {
      return List.copyOf(acquisitions);
    }
  }

  private volatile List<Recording> recordings = List.of();

  synchronized Recording begin() {
    Recording begun = new Recording();
    List<Recording> more = new ArrayList<>(recordings);
    more.add(begun);
    recordings = List.copyOf(more);
    return begun;
  }

  synchronized void end(Recording ended) {
    List<Recording> fewer = new ArrayList<>(recordings);
    fewer.remove(ended);
    recordings = List.copyOf(fewer);
  }

  /** Whether somebody wants to know. */
  boolean isWanted() {
    return !recordings.isEmpty();
  }

  void executed(String engine, String sql, int rows, boolean failed) {
    if (!isWanted()) {
      return;
    }
    Entry entry =
        new Entry(
            new ExecutedStatement(
                engine, sql, rows, failed, Thread.currentThread().getName(), CallSites.here()),
            Units.findCurrent().orElse(null),
            CallSites.areInIdGenerator());
    recordings.forEach(recording -> recording.add(entry));
  }

  void acquired(String engine) {
    recordings.forEach(recording -> recording.acquired(engine));
  }
}
