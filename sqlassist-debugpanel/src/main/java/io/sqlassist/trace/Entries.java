package io.sqlassist.trace;

import io.sqlassist.trace.TransactionTrace.Ending;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts of a recording while they change. Guarded by the lock of their recording. */
final class Entries {

  private Entries() {}

  static final long OPEN = Long.MIN_VALUE;

  /** Sums of one engine. */
  static final class OfEngine {
    final String engine;
    long statements;
    long failures;
    long sqlNanos;
    long rows;
    long acquisitions;
    long acquireNanos;
    long heldNanos;
    int sessionsOpened;
    int openSessions;
    int openConnections;

    OfEngine(String engine) {
      this.engine = engine;
    }

    EngineUse toTrace() {
      boolean used = sessionsOpened > 0 || acquisitions > 0;
      boolean open = openSessions > 0 || openConnections > 0;
      EngineUse.State state =
          open ? EngineUse.State.START : used ? EngineUse.State.END : EngineUse.State.INIT;
      return new EngineUse(
          engine,
          state,
          statements,
          failures,
          sqlNanos,
          rows,
          acquisitions,
          acquireNanos,
          heldNanos);
    }
  }

  /** A unit of work. */
  static final class OfUnit {
    final Recording recording;
    final long id;
    final String label;
    final long start;
    long end = OPEN;
    int commits;
    int rollbacks;
    Map<String, String> outcomes = Map.of();

    /** Engines on which a transaction that may have written was committed by JDBC. */
    final Map<String, Integer> written = new LinkedHashMap<>(2);

    OfUnit(Recording recording, long id, String label, long start) {
      this.recording = recording;
      this.id = id;
      this.label = label;
      this.start = start;
    }

    UnitTrace toTrace(long origin) {
      return new UnitTrace(
          id, label, start - origin, since(end, origin), commits, rollbacks, outcomes);
    }
  }

  /** A session. */
  static final class OfSession {
    final Recording recording;
    final int number;
    final String engine;
    final @Nullable OfUnit unit;
    final String id;
    final long opened;
    long closed = OPEN;
    int acquisitions;
    long statements;
    int flushes;
    int autoFlushes;
    long autoFlushNanos;
    int entities = -1;
    int collections;
    boolean answeredByCache;

    OfSession(
        Recording recording,
        int number,
        String engine,
        @Nullable OfUnit unit,
        String id,
        long opened) {
      this.recording = recording;
      this.number = number;
      this.engine = engine;
      this.unit = unit;
      this.id = id;
      this.opened = opened;
    }

    SessionTrace toTrace(long origin) {
      return new SessionTrace(
          number,
          engine,
          unit == null ? 0 : unit.id,
          id,
          opened - origin,
          since(closed, origin),
          acquisitions,
          statements,
          flushes,
          autoFlushes,
          entities,
          collections);
    }
  }

  /** A connection in use. */
  static final class OfConnection {
    final Recording recording;
    final int number;
    final String engine;
    final @Nullable OfSession session;
    final Acquisition acquisition;
    long released = OPEN;
    boolean autoCommit;
    boolean readOnly;
    String isolation = "";
    long statements;
    long busyNanos;
    int autoCommitSwitches;

    /** The one that acquired it. */
    final long thread = Thread.currentThread().getId();

    @Nullable OfTransaction transaction;

    OfConnection(
        Recording recording,
        int number,
        String engine,
        @Nullable OfSession session,
        Acquisition acquisition) {
      this.recording = recording;
      this.number = number;
      this.engine = engine;
      this.session = session;
      this.acquisition = acquisition;
      this.autoCommit = acquisition.autoCommit();
      this.readOnly = acquisition.readOnly();
    }

    int sessionNumber() {
      return session == null ? 0 : session.number;
    }

    int transactionNumber() {
      return transaction == null ? 0 : transaction.number;
    }

    ConnectionTrace toTrace(long origin) {
      return new ConnectionTrace(
          number,
          engine,
          sessionNumber(),
          acquisition.physicalId(),
          acquisition.pool(),
          acquisition.requested() - origin,
          acquisition.acquired() - origin,
          since(released, origin),
          autoCommit,
          readOnly,
          isolation,
          statements,
          busyNanos,
          acquisition.thread(),
          acquisition.frames(),
          acquisition.failure());
    }
  }

  /** What is known of a connection when it is handed out. */
  record Acquisition(
      String pool,
      int poolNumber,
      String physicalId,
      long requested,
      long acquired,
      boolean autoCommit,
      boolean readOnly,
      String thread,
      List<Frame> frames,
      @Nullable Failure failure) {

    /** One that ends now without a connection. */
    static Acquisition failed(Pool pool, long requested, List<Frame> frames, Failure failure) {
      return new Acquisition(
          pool.name(),
          pool.number(),
          "",
          requested,
          System.nanoTime(),
          true,
          false,
          Thread.currentThread().getName(),
          frames,
          failure);
    }
  }

  /** A transaction. */
  static final class OfTransaction {
    final int number;
    final OfConnection connection;
    final long start;
    long end = OPEN;
    Ending ending = Ending.OPEN;
    long statements;
    long writes;

    OfTransaction(int number, OfConnection connection, long start) {
      this.number = number;
      this.connection = connection;
      this.start = start;
    }

    TransactionTrace toTrace(long origin) {
      return new TransactionTrace(
          number,
          connection.engine,
          connection.sessionNumber(),
          connection.number,
          start - origin,
          since(end, origin),
          ending,
          statements,
          writes);
    }
  }

  /** What is known of an execution when it is over. */
  record Executed(
      SqlShape shape,
      long start,
      long end,
      List<Bind> binds,
      int bindCount,
      long bindHash,
      boolean comparable,
      int batchSize,
      List<List<Bind>> batchBinds,
      long updateCount,
      @Nullable Cause cause,
      List<Frame> frames,
      String thread,
      @Nullable Failure failure) {

    long nanos() {
      return end - start;
    }

    Executed withoutDetails() {
      return new Executed(
          shape,
          start,
          end,
          List.of(),
          bindCount,
          bindHash,
          comparable,
          batchSize,
          List.of(),
          updateCount,
          cause,
          List.of(),
          thread,
          failure);
    }
  }

  /** An execution, whose rows are read after it. */
  static final class OfStatement {
    final int index;
    final OfConnection connection;
    final int transaction;
    final Executed executed;
    final Evidence.OfFingerprint fingerprint;
    final boolean detailed;
    long rows = -1;
    boolean large;

    OfStatement(
        int index,
        OfConnection connection,
        int transaction,
        Executed executed,
        Evidence.OfFingerprint fingerprint,
        boolean detailed) {
      this.index = index;
      this.connection = connection;
      this.transaction = transaction;
      this.executed = executed;
      this.fingerprint = fingerprint;
      this.detailed = detailed;
    }

    StatementTrace toTrace(long origin) {
      return new StatementTrace(
          index,
          connection.engine,
          connection.sessionNumber(),
          connection.number,
          transaction,
          executed.start() - origin,
          executed.nanos(),
          executed.shape().text(),
          executed.shape().truncated(),
          executed.shape().fingerprintText(),
          executed.shape().kind(),
          detailed ? executed.binds() : List.of(),
          executed.bindCount(),
          executed.batchSize(),
          detailed ? executed.batchBinds() : List.of(),
          rows,
          executed.updateCount(),
          executed.cause(),
          detailed ? executed.frames() : List.of(),
          executed.thread(),
          executed.failure());
    }
  }

  static long since(long moment, long origin) {
    return moment == OPEN ? -1 : moment - origin;
  }
}
