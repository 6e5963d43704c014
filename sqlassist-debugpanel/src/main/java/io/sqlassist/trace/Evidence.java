package io.sqlassist.trace;

import io.sqlassist.trace.Entries.Executed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What the detectors need to know of every statement, also of those that are not kept. Guarded by
 * the lock of its recording.
 */
final class Evidence {

  static final int MAX_NUMBERS = 100;
  private static final int MAX_FINGERPRINTS = 1_000;
  private static final int MAX_GROUPS = 2_000;
  private static final int MAX_QUESTIONS = 5_000;

  private static final int BYTES_QUESTION = 130;
  private static final int BYTES_GROUP = 350;

  /** How often something happened, what it cost, and which statements show it. */
  static final class Tally {
    long count;
    long nanos;
    long largest;
    final List<Integer> numbers = new ArrayList<>(2);
    @Nullable Frame frame;

    void add(int number, long cost, long size, @Nullable Frame place) {
      count++;
      nanos += cost;
      largest = Math.max(largest, size);
      if (numbers.size() < MAX_NUMBERS) {
        numbers.add(number);
      }
      if (frame == null) {
        frame = place;
      }
    }
  }

  /** All executions of one fingerprint on one engine. */
  static final class OfFingerprint {
    final String engine;
    final SqlShape shape;
    final int first;
    long count;
    long failures;
    long totalNanos;
    long maxNanos;
    long rows;
    @Nullable Failure lastFailure;
    @Nullable Tally slow;
    @Nullable Tally large;
    @Nullable Tally failed;
    @Nullable Tally duplicate;

    /** By the lazy cause, else by the first frame; null where nothing is known. */
    final Map<Object, Group> groups = new HashMap<>(2);

    long unplaced;

    OfFingerprint(String engine, SqlShape shape, int first) {
      this.engine = engine;
      this.shape = shape;
      this.first = first;
    }

    FingerprintTotal toTrace() {
      return new FingerprintTotal(
          shape.fingerprintText(),
          engine,
          shape.normalized(),
          shape.kind(),
          count,
          failures,
          totalNanos,
          maxNanos,
          rows,
          first);
    }
  }

  /** Executions of one fingerprint with one lazy cause, or from one place. */
  static final class Group {
    final Tally tally = new Tally();
    final long firstBindHash;
    boolean bindsDiffer;

    Group(long firstBindHash) {
      this.firstBindHash = firstBindHash;
    }
  }

  /** A statement with its values, in one transaction or session. */
  private record Question(long scope, long fingerprint, long text, long binds) {}

  private final Map<String, Map<Long, OfFingerprint>> fingerprints = new LinkedHashMap<>(4);
  private final Map<String, Map<Question, Integer>> questions = new HashMap<>(4);
  private final RecorderSettings settings;
  private final boolean ring;
  private final BiPredicate<String, String> mayShareDatabase;
  private int fingerprintCount;
  private int groupCount;
  private int questionCount;
  private long growth;
  private long unlisted;
  private long duplicates;

  /**
   * Nothing yet.
   *
   * @param mayShareDatabase whether what is written by way of one engine may be read by another
   */
  Evidence(RecorderSettings settings, boolean ring, BiPredicate<String, String> mayShareDatabase) {
    this.settings = settings;
    this.ring = ring;
    this.mayShareDatabase = mayShareDatabase;
  }

  /** About how many bytes more it takes than when it was asked last. */
  long takeGrowth() {
    long grown = growth;
    growth = 0;
    return grown;
  }

  long unlisted() {
    return unlisted;
  }

  long duplicates() {
    return duplicates;
  }

  int distinct() {
    return fingerprintCount;
  }

  List<OfFingerprint> fingerprints() {
    List<OfFingerprint> all = new ArrayList<>(fingerprintCount);
    fingerprints.values().forEach(each -> all.addAll(each.values()));
    return all;
  }

  /**
   * The place of a statement.
   *
   * @param mayGrow whether there is memory for a new one
   */
  OfFingerprint of(String engine, SqlShape shape, int number, boolean mayGrow) {
    Map<Long, OfFingerprint> ofEngine =
        fingerprints.computeIfAbsent(engine, name -> new LinkedHashMap<>());
    OfFingerprint found = ofEngine.get(shape.fingerprint());
    if (found != null) {
      return found;
    }
    OfFingerprint added = new OfFingerprint(engine, shape, number);
    if (ring && fingerprintCount >= MAX_FINGERPRINTS) {
      Iterator<OfFingerprint> oldest = ofEngine.values().iterator();
      if (oldest.hasNext()) {
        oldest.next();
        oldest.remove();
        fingerprintCount--;
      }
    }
    if (fingerprintCount < MAX_FINGERPRINTS && mayGrow) {
      fingerprintCount++;
      ofEngine.put(shape.fingerprint(), added);
    } else {
      unlisted++;
    }
    return added;
  }

  void executed(OfFingerprint of, int number, Executed executed, long scope, boolean mayGrow) {
    long nanos = executed.nanos();
    of.count++;
    of.totalNanos += nanos;
    of.maxNanos = Math.max(of.maxNanos, nanos);
    Frame frame = executed.frames().isEmpty() ? null : executed.frames().get(0);
    if (executed.failure() != null) {
      of.failures++;
      of.lastFailure = executed.failure();
      of.failed = tally(of.failed);
      of.failed.add(number, nanos, 0, frame);
    }
    if (nanos >= settings.slowStatementNanos()) {
      of.slow = tally(of.slow);
      of.slow.add(number, nanos, nanos, frame);
    }
    group(of, number, executed, frame, mayGrow);
    if (!ring) {
      ask(of, number, executed, scope, frame, mayGrow);
    }
  }

  private void group(
      OfFingerprint of, int number, Executed executed, @Nullable Frame frame, boolean mayGrow) {
    Cause cause = executed.cause();
    Object key = cause != null && cause.kind().isLazy() ? cause : frame;
    if (key == null) {
      of.unplaced++;
      return;
    }
    Group group = of.groups.get(key);
    if (group == null) {
      if (groupCount >= MAX_GROUPS || !mayGrow) {
        of.unplaced++;
        return;
      }
      groupCount++;
      growth += BYTES_GROUP;
      group = new Group(executed.bindHash());
      of.groups.put(key, group);
    }
    group.bindsDiffer |= group.firstBindHash != executed.bindHash();
    group.tally.add(number, executed.nanos(), 0, frame);
  }

  private void ask(
      OfFingerprint of,
      int number,
      Executed executed,
      long scope,
      @Nullable Frame frame,
      boolean mayGrow) {
    if (of.shape.kind().mayWrite()) {
      forget(of.engine);
      return;
    }
    if (!executed.comparable() || executed.failure() != null || executed.batchSize() > 0) {
      return;
    }
    Question question =
        new Question(
            scope,
            executed.shape().fingerprint(),
            executed.shape().textHash(),
            executed.bindHash());
    Map<Question, Integer> asked = questions.computeIfAbsent(of.engine, e -> new HashMap<>());
    Integer earlier = asked.get(question);
    if (earlier != null) {
      duplicates++;
      boolean first = of.duplicate == null;
      of.duplicate = tally(of.duplicate);
      if (first) {
        of.duplicate.numbers.add(earlier);
      }
      of.duplicate.add(number, executed.nanos(), 0, frame);
    } else if (questionCount < MAX_QUESTIONS && mayGrow) {
      questionCount++;
      growth += BYTES_QUESTION;
      asked.put(question, number);
    }
  }

  /** Something was written by way of that engine, or what was written was committed or undone. */
  void forget(String engine) {
    questions
        .entrySet()
        .removeIf(
            each -> {
              boolean gone = mayShareDatabase.test(each.getKey(), engine);
              questionCount -= gone ? each.getValue().size() : 0;
              return gone;
            });
  }

  void rows(OfFingerprint of, int number, long more, long total, boolean firstTime) {
    of.rows += more;
    if (total >= settings.largeResult() && firstTime) {
      of.large = tally(of.large);
      of.large.add(number, 0, total, null);
    } else if (of.large != null) {
      of.large.largest = Math.max(of.large.largest, total);
    }
  }

  private static Tally tally(@Nullable Tally existing) {
    return existing == null ? new Tally() : existing;
  }
}
