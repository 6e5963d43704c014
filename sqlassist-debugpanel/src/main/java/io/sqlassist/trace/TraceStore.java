package io.sqlassist.trace;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The finished traces, in memory. Holds so many and so much; the oldest that is not pinned leaves
 * first.
 *
 * <p>Thread-safe.
 */
public final class TraceStore {

  /** What recordings reserve at once, so that they seldom have to ask. */
  static final int CHUNK = 8 * 1024;

  private final RecorderSettings settings;
  private final Consumer<Throwable> failed;
  private final List<Consumer<? super Supplier<TraceSummary>>> listeners =
      new CopyOnWriteArrayList<>();

  /** The memory of a recording. Guarded by the store. */
  static final class Account {
    private long bytes;
    private boolean closed;
  }

  /** Gives memory back of a recording that nobody finished and nobody knows any more. */
  private static final class Lease extends WeakReference<Recording> {
    private final Account account;

    Lease(Recording recording, Account account, ReferenceQueue<Recording> lost) {
      super(recording, lost);
      this.account = account;
    }
  }

  private final ReferenceQueue<Recording> lost = new ReferenceQueue<>();

  // Guarded by this.
  private final Map<Account, Lease> running = new HashMap<>();
  private final Deque<Recording> kept = new ArrayDeque<>();
  private long used;
  private long sequence;
  private int pinned;

  TraceStore(RecorderSettings settings, Consumer<Throwable> failed) {
    this.settings = settings;
    this.failed = failed;
  }

  /**
   * The finished traces, in short.
   *
   * @return newest first
   */
  public List<TraceSummary> list() {
    List<Recording> all;
    synchronized (this) {
      all = new ArrayList<>(kept);
    }
    List<TraceSummary> summaries = new ArrayList<>(all.size());
    for (int i = all.size() - 1; i >= 0; i--) {
      summaries.add(summarized(all.get(i)));
    }
    return List.copyOf(summaries);
  }

  private TraceSummary summarized(Recording recording) {
    boolean isPinned;
    long number;
    synchronized (this) {
      isPinned = recording.pinned;
      number = recording.sequence;
    }
    return recording.summary(isPinned, number);
  }

  /**
   * A finished trace.
   *
   * @param id its id; case matters
   * @return the trace as it is now; empty if there is none, or none any more
   */
  public Optional<Trace> find(String id) {
    return Optional.ofNullable(recording(id)).map(Recording::snapshot);
  }

  private synchronized @Nullable Recording recording(String id) {
    for (Recording each : kept) {
      if (each.id().equals(id)) {
        return each;
      }
    }
    return null;
  }

  /**
   * Keeps a trace until it is unpinned.
   *
   * @param id its id
   * @return false if there is no such trace, or too many are pinned
   */
  public synchronized boolean pin(String id) {
    Recording found = recording(id);
    if (found == null || (!found.pinned && pinned >= settings.pinned())) {
      return false;
    }
    pinned += found.pinned ? 0 : 1;
    found.pinned = true;
    return true;
  }

  /**
   * Lets a trace leave when it is old.
   *
   * @param id its id
   * @return false if there is no such trace
   */
  public synchronized boolean unpin(String id) {
    Recording found = recording(id);
    if (found == null) {
      return false;
    }
    pinned -= found.pinned ? 1 : 0;
    found.pinned = false;
    return true;
  }

  /** Removes all traces that are not pinned. */
  public synchronized void clear() {
    for (Iterator<Recording> all = kept.iterator(); all.hasNext(); ) {
      Recording each = all.next();
      if (!each.pinned) {
        all.remove();
        close(each.account());
      }
    }
  }

  /**
   * How many traces are kept.
   *
   * @return their number
   */
  public synchronized int size() {
    return kept.size();
  }

  /**
   * The memory that all traces take, those that are being recorded included.
   *
   * @return in bytes, by estimation
   */
  public synchronized long bytes() {
    return used;
  }

  /**
   * The number of the oldest trace that is kept.
   *
   * @return its sequence, or 0 if there is none
   */
  public synchronized long oldestSequence() {
    return kept.isEmpty() ? 0 : kept.getFirst().sequence;
  }

  /**
   * Has a listener told of each trace when it is finished, on the thread that finishes it. What the
   * listener throws is counted and otherwise ignored.
   *
   * @param listener told of new traces; the summary is made when it is asked for, on any thread
   * @return stops telling it
   */
  public Runnable listen(Consumer<? super Supplier<TraceSummary>> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  synchronized void begun(Recording recording) {
    closeLost();
    running.put(recording.account(), new Lease(recording, recording.account(), lost));
  }

  void add(Recording recording) {
    long unused = recording.takeCredit();
    synchronized (this) {
      running.remove(recording.account());
      recording.sequence = ++sequence;
      give(recording.account(), unused);
      kept.addLast(recording);
      while (kept.size() > settings.requests() && evictOldest()) {
        // until they are few enough
      }
    }
    for (Consumer<? super Supplier<TraceSummary>> listener : listeners) {
      try {
        listener.accept((Supplier<TraceSummary>) () -> summarized(recording));
      } catch (RuntimeException | Error e) {
        failed.accept(e);
      }
    }
  }

  synchronized long sequenceOf(Recording recording) {
    return recording.sequence;
  }

  synchronized boolean reserve(Account account, long size) {
    if (account.closed) {
      return false;
    }
    used += size;
    account.bytes += size;
    if (used > settings.bytes()) {
      closeLost();
    }
    while (used > settings.bytes() && evictOldest()) {
      // until there is room
    }
    if (used > settings.bytes() || account.closed) {
      give(account, size);
      return false;
    }
    return true;
  }

  private void give(Account account, long size) {
    if (!account.closed) {
      used -= size;
      account.bytes -= size;
    }
  }

  private boolean evictOldest() {
    for (Iterator<Recording> all = kept.iterator(); all.hasNext(); ) {
      Recording each = all.next();
      if (!each.pinned) {
        all.remove();
        close(each.account());
        return true;
      }
    }
    return false;
  }

  private void closeLost() {
    for (Reference<? extends Recording> each = lost.poll(); each != null; each = lost.poll()) {
      if (each instanceof Lease lease && running.remove(lease.account) != null) {
        close(lease.account);
      }
    }
  }

  /** What is written from now on to a recording that is gone is not kept. */
  private void close(Account account) {
    used -= account.bytes;
    account.bytes = 0;
    account.closed = true;
  }
}
