package io.sqlassist.trace;

import io.sqlassist.observe.UnitInfo;
import io.sqlassist.trace.Entries.Acquisition;
import io.sqlassist.trace.Entries.Executed;
import io.sqlassist.trace.Entries.OfConnection;
import io.sqlassist.trace.Entries.OfEngine;
import io.sqlassist.trace.Entries.OfSession;
import io.sqlassist.trace.Entries.OfStatement;
import io.sqlassist.trace.Entries.OfTransaction;
import io.sqlassist.trace.Entries.OfUnit;
import io.sqlassist.trace.TransactionTrace.Ending;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one request, one test or the background does, while it is written down. Bounded: of many
 * statements only the first are kept, and totals of all.
 *
 * <p>Thread-safe: several threads may work for one request. What others see of it are snapshots.
 */
public final class Recording implements AutoCloseable {

  private static final int MAX_PARTS = 1_000;

  // Rough sizes in bytes, by measurement; the strings that only one object has come on top.
  private static final int BYTES_SELF = 2_000;
  private static final int BYTES_STATEMENT = 300;
  private static final int BYTES_BIND = 80;
  private static final int BYTES_FRAME = 8;
  private static final int BYTES_PART = 160;
  private static final int BYTES_FINGERPRINT = 600;

  private final Recorder recorder;
  private final TraceStore store;
  private final RecorderSettings settings;
  private final String id;
  private final String title;
  private final boolean ring;
  private final boolean captures;
  private final TraceStore.Account account = new TraceStore.Account();
  private final Instant anchor = Instant.now();
  private final long origin = System.nanoTime();

  // Guarded by this.
  private final Map<String, OfEngine> engines = new LinkedHashMap<>();
  private final Bounded<OfUnit> units;
  private final Bounded<OfSession> sessions;
  private final Bounded<OfConnection> connections;
  private final Bounded<OfTransaction> transactions;
  private final Bounded<OfStatement> statements;
  private final Bounded<FlushTrace> flushes;
  private final Bounded<Mark> marks;
  private final List<OfConnection> held = new ArrayList<>(2);
  private final Map<String, Evidence.Tally> slowAcquires = new LinkedHashMap<>(2);
  private final Map<String, Evidence.Tally> heldIdle = new LinkedHashMap<>(2);
  private final Map<String, Evidence.Tally> nested = new LinkedHashMap<>(2);
  private final Map<String, Evidence.Tally> toggled = new LinkedHashMap<>(2);
  private final Evidence evidence;
  private @Nullable RequestInfo request;
  private int sessionCount;
  private int connectionCount;
  private int transactionCount;
  private int statementCount;
  private long detailsDropped;
  private long statementsDropped;
  private long othersDropped;
  private boolean memoryRanOut;
  private long commits;
  private long rollbacks;
  private long finishedAt = Entries.OPEN;
  private long changes;
  private long summarizedChanges = -1;
  private @Nullable TraceSummary summary;

  // Guarded by the store.
  boolean pinned;
  long sequence;

  // Guarded by this: reserved with the store, and not used yet.
  private long credit;

  Recording(Recorder recorder, String id, String title, boolean ring, boolean captures) {
    this.recorder = recorder;
    this.store = recorder.store();
    this.settings = recorder.settings();
    this.id = id;
    this.title = title;
    this.ring = ring;
    this.captures = captures;
    this.units = new Bounded<>(ring ? 50 : MAX_PARTS, ring);
    this.sessions = new Bounded<>(ring ? 100 : MAX_PARTS, ring);
    this.connections = new Bounded<>(ring ? 200 : MAX_PARTS, ring);
    this.transactions = new Bounded<>(ring ? 200 : MAX_PARTS, ring);
    this.statements = new Bounded<>(ring ? Recorder.BACKGROUND : settings.listedStatements(), ring);
    this.flushes = new Bounded<>(ring ? 50 : MAX_PARTS, ring);
    this.marks = new Bounded<>(ring ? 200 : 2 * MAX_PARTS, ring);
    this.evidence = new Evidence(settings, ring, recorder::mayShareDatabase);
    if (!ring && captures) {
      store.begun(this);
      pay(BYTES_SELF);
    }
  }

  TraceStore.Account account() {
    return account;
  }

  /**
   * The name under which the trace will be found.
   *
   * @return 32 hexadecimal digits, random
   */
  public String id() {
    return id;
  }

  /**
   * What is recorded.
   *
   * @return the title it began with
   */
  public String title() {
    return title;
  }

  /**
   * Adds what is known of the request; replaces what was known before.
   *
   * @param known the request
   */
  public synchronized void describe(RequestInfo known) {
    changes++;
    request = known;
  }

  /**
   * Makes this recording get what happens on this thread outside of units of work that belong to a
   * request: units without a request, sessions without a unit, connections without a session.
   *
   * @return to be closed on this thread
   */
  public Attachment attach() {
    return recorder.attach(this);
  }

  /**
   * The numbers so far. Cheap, for headers that are sent before the end.
   *
   * @return the totals
   */
  public synchronized Totals totals() {
    long count = 0;
    long failures = 0;
    long nanos = 0;
    long rows = 0;
    long acquisitions = 0;
    for (OfEngine engine : engines.values()) {
      count += engine.statements;
      failures += engine.failures;
      nanos += engine.sqlNanos;
      rows += engine.rows;
      acquisitions += engine.acquisitions;
    }
    return new Totals(
        count,
        evidence.distinct(),
        evidence.duplicates(),
        failures,
        nanos,
        rows,
        acquisitions,
        commits,
        rollbacks);
  }

  /**
   * What each engine had to do so far. Cheap, for headers that are sent before the end.
   *
   * @return all engines, also those that were not used
   */
  public List<EngineUse> engines() {
    List<String> known = recorder.engineNames();
    synchronized (this) {
      List<EngineUse> all = new ArrayList<>();
      for (String name : known) {
        OfEngine used = engines.get(name);
        all.add((used == null ? new OfEngine(name) : used).toTrace());
      }
      for (OfEngine used : engines.values()) {
        if (!known.contains(used.engine)) {
          all.add(used.toTrace());
        }
      }
      return List.copyOf(all);
    }
  }

  /**
   * What should be looked at so far.
   *
   * @return findings, the worst first
   */
  public List<Finding> findings() {
    synchronized (this) {
      return Detectors.run(view(), settings);
    }
  }

  /**
   * Everything so far.
   *
   * @return an immutable copy
   */
  public Trace snapshot() {
    List<EngineUse> use = engines();
    long number = store.sequenceOf(this);
    synchronized (this) {
      boolean finished = finishedAt != Entries.OPEN;
      return new Trace(
          id,
          number,
          title,
          anchor,
          (finished ? finishedAt : System.nanoTime()) - origin,
          finished,
          request,
          totals(),
          use,
          copy(units, each -> each.toTrace(origin)),
          copy(sessions, each -> each.toTrace(origin)),
          copy(connections, each -> each.toTrace(origin)),
          copy(transactions, each -> each.toTrace(origin)),
          copy(statements, each -> each.toTrace(origin)),
          evidence.fingerprints().stream()
              .map(Evidence.OfFingerprint::toTrace)
              .sorted(Comparator.comparingLong(FingerprintTotal::totalNanos).reversed())
              .toList(),
          copy(flushes, each -> each),
          copy(marks, each -> each),
          dropped(),
          Detectors.run(view(), settings));
    }
  }

  private static <E, T> List<T> copy(Bounded<E> from, Function<E, T> toTrace) {
    List<T> copied = new ArrayList<>(from.size());
    for (E each : from) {
      copied.add(toTrace.apply(each));
    }
    return List.copyOf(copied);
  }

  private Dropped dropped() {
    List<String> reasons = new ArrayList<>();
    if (detailsDropped > 0) {
      reasons.add(
          "only the first "
              + settings.detailedStatements()
              + " statements are kept with binds and call stack");
    }
    if (statementsDropped > 0) {
      reasons.add(
          ring
              ? "only the last " + Recorder.BACKGROUND + " statements are kept"
              : "only the first " + settings.listedStatements() + " statements are listed");
    }
    if (memoryRanOut) {
      reasons.add("the memory for traces, " + settings.bytes() + " bytes, was used up");
    }
    if (evidence.unlisted() > 0) {
      reasons.add("only the first 1000 different statements are told apart");
    }
    if (othersDropped > 0) {
      reasons.add("only the first " + MAX_PARTS + " sessions, connections and the like are listed");
    }
    return new Dropped(
        detailsDropped,
        statementsDropped,
        evidence.unlisted(),
        othersDropped,
        String.join("; ", reasons));
  }

  /**
   * Ends the recording and puts it into the store. What is still open then is a finding; what
   * happens later is added all the same. A second call changes nothing.
   *
   * @return everything
   */
  public Trace finish() {
    end();
    return snapshot();
  }

  private void end() {
    boolean first;
    synchronized (this) {
      first = finishedAt == Entries.OPEN;
      if (first) {
        finishedAt = System.nanoTime();
        changes++;
      }
    }
    if (first && captures) {
      store.add(this);
    }
  }

  /** As {@link #finish()}, for who does not need everything now. */
  @Override
  public void close() {
    end();
  }

  TraceSummary summary(boolean isPinned, long number) {
    List<EngineUse> use = engines();
    synchronized (this) {
      TraceSummary current = summary;
      if (current == null || summarizedChanges != changes || current.pinned() != isPinned) {
        current =
            new TraceSummary(
                id,
                number,
                title,
                anchor,
                (finishedAt == Entries.OPEN ? System.nanoTime() : finishedAt) - origin,
                request,
                totals(),
                use,
                Detectors.run(view(), settings),
                isPinned);
        summary = current;
        summarizedChanges = changes;
      }
      return current;
    }
  }

  /** What the detectors look at, valid while the lock is held. */
  private Detectors.View view() {
    return new Detectors.View(
        evidence,
        sessions,
        connections,
        units,
        slowAcquires,
        heldIdle,
        nested,
        toggled,
        finishedAt);
  }

  boolean captures() {
    return captures;
  }

  boolean isBackground() {
    return ring;
  }

  /** Whether the next statement is kept with binds and frames. A guess, made without the lock. */
  @SuppressWarnings("GuardedBy")
  boolean wantsDetails() {
    return captures && (ring || (statementCount < settings.detailedStatements() && !memoryRanOut));
  }

  // What the instruments call. Moments are those of System.nanoTime().

  synchronized OfUnit unitStarted(UnitInfo unit) {
    changes++;
    OfUnit added = new OfUnit(this, unit.id(), unit.label(), System.nanoTime());
    keep(units, added, BYTES_PART + 2 * unit.label().length());
    return added;
  }

  synchronized void unitEnded(OfUnit unit) {
    changes++;
    unit.end = System.nanoTime();
  }

  synchronized void unitCommitted(OfUnit unit, Map<String, String> outcomes) {
    changes++;
    unit.commits++;
    unit.outcomes = outcomes;
    addMark(Mark.Kind.UNIT_COMMITTED, "", null, System.nanoTime(), 0, outcomes.toString(), null);
  }

  synchronized void unitRolledBack(OfUnit unit) {
    changes++;
    unit.rollbacks++;
    addMark(Mark.Kind.UNIT_ROLLED_BACK, "", null, System.nanoTime(), 0, unit.label, null);
  }

  synchronized void unitFailed(Mark.Kind kind, String engine, String detail, Failure failure) {
    changes++;
    addMark(kind, engine, null, System.nanoTime(), 0, detail, failure);
  }

  synchronized OfSession sessionOpened(@Nullable OfUnit unit, String engine, String sessionId) {
    changes++;
    OfSession added =
        new OfSession(this, ++sessionCount, engine, unit, sessionId, System.nanoTime());
    OfEngine of = engine(engine);
    of.sessionsOpened++;
    of.openSessions++;
    keep(sessions, added, BYTES_PART + 100);
    return added;
  }

  synchronized void sessionClosed(OfSession session) {
    if (session.closed == Entries.OPEN) {
      changes++;
      session.closed = System.nanoTime();
      engine(session.engine).openSessions--;
    }
  }

  synchronized void answeredByCache(OfSession session) {
    session.answeredByCache = true;
  }

  synchronized void flushed(
      OfSession session, long start, long end, boolean auto, int entities, int collections) {
    changes++;
    session.flushes++;
    session.entities = entities;
    session.collections = collections;
    if (auto) {
      session.autoFlushes++;
      session.autoFlushNanos += end - start;
    }
    if (flushes.hasRoom()) {
      keep(
          flushes,
          new FlushTrace(
              session.engine,
              session.number,
              start - origin,
              end - start,
              auto,
              entities,
              collections),
          BYTES_PART);
    } else {
      othersDropped++;
    }
  }

  synchronized OfConnection acquired(
      String engineName, @Nullable OfSession session, Acquisition acquisition) {
    changes++;
    OfConnection added =
        new OfConnection(this, ++connectionCount, engineName, session, acquisition);
    OfEngine of = engine(engineName);
    long waited = acquisition.acquired() - acquisition.requested();
    of.acquisitions++;
    of.acquireNanos += waited;
    if (session != null) {
      session.acquisitions++;
    }
    Frame frame = acquisition.frames().isEmpty() ? null : acquisition.frames().get(0);
    if (waited >= settings.slowAcquireNanos()) {
      tally(slowAcquires, engineName).add(added.number, waited, waited, frame);
    }
    keep(connections, added, BYTES_PART + 100 + BYTES_FRAME * acquisition.frames().size());
    if (acquisition.failure() != null) {
      added.released = acquisition.acquired();
      return added;
    }
    of.openConnections++;
    if (!ring) {
      for (OfConnection other : held) {
        // What other threads hold, those of concurrently() for instance, waits for nobody here.
        if (other.acquisition.poolNumber() == acquisition.poolNumber()
            && other.thread == added.thread) {
          tally(nested, engineName).add(added.number, 0, held.size() + 1L, frame);
          break;
        }
      }
      held.add(added);
    }
    return added;
  }

  synchronized void released(OfConnection connection) {
    if (connection.released != Entries.OPEN) {
      return;
    }
    changes++;
    long now = System.nanoTime();
    endTransaction(
        connection, now, hasBranches(connection.engine) ? Ending.DISTRIBUTED : Ending.ABANDONED);
    connection.released = now;
    held.remove(connection);
    long heldNanos = now - connection.acquisition.acquired();
    OfEngine of = engine(connection.engine);
    of.openConnections--;
    of.heldNanos += heldNanos;
    if (Detectors.isHeldIdle(heldNanos, connection.busyNanos, settings)) {
      List<Frame> frames = connection.acquisition.frames();
      tally(heldIdle, connection.engine)
          .add(
              connection.number,
              heldNanos - connection.busyNanos,
              heldNanos,
              frames.isEmpty() ? null : frames.get(0));
    }
  }

  private boolean hasBranches(String engine) {
    for (Mark mark : marks) {
      if (mark.kind() == Mark.Kind.XA_START && mark.engine().equals(engine)) {
        return true;
      }
    }
    return false;
  }

  /** Null if it is not kept. */
  synchronized @Nullable OfStatement executed(OfConnection connection, Executed executed) {
    changes++;
    int index = ++statementCount;
    OfEngine of = engine(connection.engine);
    of.statements++;
    of.sqlNanos += executed.nanos();
    if (executed.failure() != null) {
      of.failures++;
    }
    connection.statements++;
    connection.busyNanos += executed.nanos();
    if (connection.session != null) {
      connection.session.statements++;
    }
    OfTransaction transaction = transaction(connection, executed);
    boolean mayGrow = ring || !memoryRanOut;
    int distinct = evidence.distinct();
    Evidence.OfFingerprint fingerprint =
        evidence.of(connection.engine, executed.shape(), index, mayGrow);
    if (evidence.distinct() > distinct) {
      pay(
          BYTES_FINGERPRINT
              + 2L * executed.shape().normalized().length()
              + 2L * executed.shape().text().length());
    }
    evidence.executed(fingerprint, index, executed, scope(connection, transaction), mayGrow);
    long grown = evidence.takeGrowth();
    if (grown > 0) {
      pay(grown);
    }
    if (executed.updateCount() > 0) {
      of.rows += executed.updateCount();
      fingerprint.rows += executed.updateCount();
    }
    return keep(connection, executed, index, transaction, fingerprint);
  }

  private @Nullable OfStatement keep(
      OfConnection connection,
      Executed executed,
      int index,
      @Nullable OfTransaction transaction,
      Evidence.OfFingerprint fingerprint) {
    boolean detailed = ring || index <= settings.detailedStatements();
    if (!statements.hasRoom() || !pay(size(executed, detailed, fingerprint))) {
      statementsDropped++;
      return null;
    }
    if (!detailed) {
      detailsDropped++;
    }
    if (ring && statements.size() >= Recorder.BACKGROUND) {
      statementsDropped++;
    }
    OfStatement added =
        new OfStatement(
            index,
            connection,
            transaction == null ? 0 : transaction.number,
            detailed ? executed : executed.withoutDetails(),
            fingerprint,
            detailed);
    statements.add(added);
    return added;
  }

  @SuppressWarnings("ReferenceEquality") // whether it is shared
  private static long size(
      Executed executed, boolean detailed, Evidence.OfFingerprint fingerprint) {
    long size = BYTES_STATEMENT;
    if (executed.shape() != fingerprint.shape) {
      size += 200 + 2L * executed.shape().text().length();
    }
    if (detailed) {
      size += 40 + (long) BYTES_FRAME * executed.frames().size();
      size += size(executed.binds());
      for (List<Bind> row : executed.batchBinds()) {
        size += size(row);
      }
    }
    return size;
  }

  private static long size(List<Bind> binds) {
    long size = 40;
    for (Bind bind : binds) {
      size += BYTES_BIND + 2L * bind.value().length();
    }
    return size;
  }

  /** Where the answer to a question is known: within a transaction, else within a session. */
  private static long scope(OfConnection connection, @Nullable OfTransaction transaction) {
    if (transaction != null) {
      return transaction.number;
    }
    return connection.session == null
        ? -connection.number
        : -1_000_000L - connection.session.number;
  }

  private @Nullable OfTransaction transaction(OfConnection connection, Executed executed) {
    if (connection.autoCommit) {
      return null;
    }
    OfTransaction open = connection.transaction;
    if (open == null) {
      open = new OfTransaction(++transactionCount, connection, executed.start());
      connection.transaction = open;
      keep(transactions, open, BYTES_PART);
    }
    open.statements++;
    if (executed.shape().kind().mayWrite()) {
      open.writes++;
    }
    return open;
  }

  /**
   * Rows were read, or it turned out that there are none.
   *
   * @param nanos what that took
   */
  synchronized void rowsRead(
      OfConnection connection, @Nullable OfStatement statement, long more, long nanos) {
    connection.busyNanos += nanos;
    if (statement == null) {
      changes++;
      engine(connection.engine).rows += more;
    } else {
      rowsRead(statement, more);
    }
  }

  private void rowsRead(OfStatement statement, long more) {
    if (more <= 0 && statement.rows >= 0) {
      return;
    }
    changes++;
    statement.rows = Math.max(0, statement.rows) + more;
    engine(statement.connection.engine).rows += more;
    boolean large = statement.rows >= settings.largeResult();
    evidence.rows(
        statement.fingerprint, statement.index, more, statement.rows, large && !statement.large);
    statement.large |= large;
  }

  synchronized void marked(
      Mark.Kind kind,
      OfConnection connection,
      long start,
      long end,
      String detail,
      @Nullable Failure failure) {
    changes++;
    int transaction = connection.transactionNumber();
    switch (kind) {
      case COMMIT -> {
        commits++;
        committed(connection, end, failure);
      }
      case ROLLBACK -> {
        rollbacks++;
        forgetIfWritten(connection);
        endTransaction(connection, end, Ending.ROLLED_BACK);
      }
      case AUTOCOMMIT_ON, AUTOCOMMIT_OFF -> {
        if (failure == null) {
          connection.autoCommit = kind == Mark.Kind.AUTOCOMMIT_ON;
          if (connection.autoCommit) {
            endTransaction(connection, end, Ending.COMMITTED);
          }
        }
        connection.autoCommitSwitches++;
        tally(toggled, connection.engine)
            .add(connection.number, end - start, connection.autoCommitSwitches, null);
      }
      case SAVEPOINT_ROLLBACK -> forgetIfWritten(connection);
      case ISOLATION -> connection.isolation = detail;
      case READ_ONLY -> connection.readOnly = Boolean.parseBoolean(detail);
      default -> {
        // Other savepoints, and branches, only leave a mark.
      }
    }
    addMark(kind, connection.engine, connection, start, end - start, detail, failure, transaction);
  }

  /** Others, and other engines, see now what they did not see before, or not any more. */
  private void forgetIfWritten(OfConnection connection) {
    OfTransaction open = connection.transaction;
    if (open != null && open.writes > 0) {
      evidence.forget(connection.engine);
    }
  }

  private void committed(OfConnection connection, long end, @Nullable Failure failure) {
    forgetIfWritten(connection);
    OfTransaction open = connection.transaction;
    OfUnit unit = connection.session == null ? null : connection.session.unit;
    if (failure == null && open != null && open.writes > 0 && unit != null) {
      unit.written.merge(connection.engine, 1, Integer::sum);
    }
    endTransaction(connection, end, failure == null ? Ending.COMMITTED : Ending.COMMIT_FAILED);
  }

  private static void endTransaction(OfConnection connection, long end, Ending ending) {
    OfTransaction open = connection.transaction;
    if (open != null) {
      open.end = end;
      open.ending = ending;
      connection.transaction = null;
    }
  }

  /** A step of a distributed transaction. */
  synchronized void branch(
      Mark.Kind kind,
      String engine,
      int session,
      long start,
      long end,
      String detail,
      @Nullable Failure failure) {
    changes++;
    if (kind == Mark.Kind.XA_COMMIT) {
      commits++;
      evidence.forget(engine);
    } else if (kind == Mark.Kind.XA_ROLLBACK) {
      rollbacks++;
      evidence.forget(engine);
    }
    addMark(new Mark(kind, engine, session, 0, 0, start - origin, end - start, detail, failure));
  }

  private void addMark(
      Mark.Kind kind,
      String engine,
      @Nullable OfConnection connection,
      long start,
      long nanos,
      String detail,
      @Nullable Failure failure) {
    addMark(kind, engine, connection, start, nanos, detail, failure, 0);
  }

  private void addMark(
      Mark.Kind kind,
      String engine,
      @Nullable OfConnection connection,
      long start,
      long nanos,
      String detail,
      @Nullable Failure failure,
      int transaction) {
    addMark(
        new Mark(
            kind,
            engine,
            connection == null ? 0 : connection.sessionNumber(),
            connection == null ? 0 : connection.number,
            transaction,
            start - origin,
            nanos,
            detail,
            failure));
  }

  private void addMark(Mark mark) {
    keep(marks, mark, BYTES_PART + 2 * mark.detail().length());
  }

  private <E> void keep(Bounded<E> list, E part, int size) {
    if (!list.hasRoom() || !pay(size) || !list.add(part)) {
      othersDropped++;
    }
  }

  private OfEngine engine(String name) {
    OfEngine found = engines.get(name);
    if (found == null) {
      found = new OfEngine(name);
      engines.put(name, found);
    }
    return found;
  }

  private static Evidence.Tally tally(Map<String, Evidence.Tally> of, String engine) {
    return of.computeIfAbsent(engine, name -> new Evidence.Tally());
  }

  /** Takes memory out of the store's; false when there is none left. */
  private boolean pay(long size) {
    if (ring) {
      return true;
    }
    if (memoryRanOut) {
      return false;
    }
    if (credit < size) {
      long wanted = Math.max(size, TraceStore.CHUNK);
      if (!store.reserve(account, wanted)) {
        memoryRanOut = true;
        return false;
      }
      credit += wanted;
    }
    credit -= size;
    return true;
  }

  /** Hands back what was reserved and not used. */
  synchronized long takeCredit() {
    long unused = credit;
    credit = 0;
    return unused;
  }
}
