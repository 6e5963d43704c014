package io.sqlassist.jta;

import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionImple;
import io.agroal.api.transaction.TransactionAware;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitTimeoutException;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.ConnectionBranch;
import io.sqlassist.transaction.Outcome;
import io.sqlassist.transaction.PartialCommitException;
import io.sqlassist.transaction.TransactionPolicy;
import io.sqlassist.transaction.UnitTransaction;
import jakarta.persistence.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.transaction.xa.XAResource;
import org.hibernate.Session;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;
import org.jspecify.annotations.Nullable;

/**
 * The one transaction of all JTA engines in a unit of work, begun by the first statement.
 *
 * <p>It is no thread's: a thread has it only while a connection is taken into it and while it ends,
 * and so it follows its unit from thread to thread.
 */
final class JtaTransaction implements UnitTransaction {

  /** A statement that won't be cancelled loses its connection. */
  private static final Duration CUT_AFTER = Duration.ofSeconds(5);

  private static final Duration PAUSE = Duration.ofMillis(50);

  private record Member(String engine, Session session, CoordinatedSession coordinated) {}

  private final Transactions transactions;

  /** What each session does by itself: flush, forget, release. */
  private final UnitTransaction sessions = TransactionPolicy.local().begin();

  private final List<Member> members = new ArrayList<>(2);
  private final Map<String, TransactionAware> connections = new LinkedHashMap<>(4);
  private final Map<String, Participant> participants = new LinkedHashMap<>(4);

  /** While the sessions give their connections back: those that can be used after the end. */
  private final Map<String, Connection> settled = new ConcurrentHashMap<>(4);

  private volatile @Nullable Transaction transaction;
  private volatile @Nullable UnitTimeoutException timeout;
  private volatile @Nullable DbSessionsContainer unit;

  /** How many threads are stopping the statements of this transaction. */
  private int stopping;

  private @Nullable Runnable stopTimer;
  private long endNanos;
  private boolean ending;
  private volatile boolean ended;
  private boolean cut;

  JtaTransaction(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public void join(String engine, Session session) {
    CoordinatedSession coordinated = CoordinatedSession.of(session);
    sessions.join(engine, session);
    coordinated.join(this, engine, session);
    synchronized (this) {
      members.add(new Member(engine, session, coordinated));
    }
  }

  /** The unit of work that this is the transaction of; null for sessions of no unit. */
  @Nullable DbSessionsContainer unit() {
    DbSessionsContainer known = unit;
    if (known == null) {
      Session first;
      synchronized (this) {
        first = members.get(0).session();
      }
      known = DbSessionsContainer.of(first).orElse(null); // not known yet when it joins
      unit = known;
    }
    return known;
  }

  @Override
  public List<String> engines() {
    return sessions.engines();
  }

  /** Called by libraries that ask for the transaction before any connection is wanted. */
  void begin() {
    Member first;
    synchronized (this) {
      first = members.get(0);
    }
    begin(first.engine(), transactions.longestWait(first.engine()));
  }

  /** Called when an engine's first connection is wanted. */
  void begin(String engine, Duration longestWait) {
    refuseAfterTimeout();
    if (ended) {
      throw new IllegalStateException("The transaction of this unit of work has ended.");
    }
    if (transaction != null) {
      return;
    }
    transactions.admission().enter(this, engine, longestWait);
    try {
      transaction = transactions.begin();
    } catch (RuntimeException | Error e) {
      transactions.admission().leave(this);
      throw e;
    }
    synchronized (this) {
      endNanos = System.nanoTime() + transactions.timeout().toNanos();
      stopTimer = transactions.after(transactions.timeout(), this::timeOut);
    }
  }

  /** For libraries that ask for it; null as long as nobody has used a connection. */
  @Nullable Transaction transaction() {
    return transaction;
  }

  @Nullable TransactionAware connectionOf(String engine) {
    return connections.get(engine);
  }

  /** What the connection of an engine is part of, for who looks after connections. */
  ConnectionBranch branch(String engine) {
    return new ConnectionBranch() {
      @Override
      public boolean isUnderWay() {
        return !ended;
      }

      @Override
      public @Nullable Connection settled() {
        return settled.get(engine);
      }

      @Override
      public boolean isCommitted() {
        Participant participant = participants.get(engine);
        return participant != null && participant.outcome() == Outcome.COMMITTED;
      }
    };
  }

  /** Takes a connection in. It stays in until the end, also if this fails. */
  void enlist(String engine, TransactionAware connection, Participant participant)
      throws SQLException {
    Transaction begun = transaction;
    if (begun == null) {
      throw new SQLException("Engine '" + engine + "': the transaction has not begun");
    }
    connections.put(engine, connection);
    try {
      if (begun.enlistResource((XAResource) participant)) {
        participants.put(engine, participant);
        return;
      }
    } catch (jakarta.transaction.RollbackException | SystemException | RuntimeException | Error e) {
      connection.setFlushOnly();
      throw new SQLException(
          "Engine '" + engine + "' can't take part in the transaction of this unit of work: " + e,
          e);
    }
    connection.setFlushOnly();
    throw new SQLException(
        "Engine '"
            + engine
            + "' can't take part in the transaction of this unit of work: its database refused, or"
            + " another last resource is in it already.");
  }

  /** Whether the connections still belong to this transaction. */
  boolean isUnderWay() {
    return !ended;
  }

  @Override
  public void flush() {
    refuseCommitAfterTimeout();
    refuseIfRollbackOnly();
    sessions.flush();
    refuseIfRollbackOnly();
  }

  /** Asked for through the transaction manager, since a session has a mark of its own. */
  private void refuseIfRollbackOnly() {
    Transaction begun = transaction;
    try {
      int status = begun == null ? Status.STATUS_ACTIVE : begun.getStatus();
      if (status == Status.STATUS_MARKED_ROLLBACK) {
        throw new RollbackException(
            "The JTA transaction of this unit of work can't commit: it is marked rollback-only."
                + " Call rollback() and do the work again.");
      }
      if (status != Status.STATUS_ACTIVE) {
        throw new RollbackException(
            "The JTA transaction of this unit of work can't commit: it was ended by somebody else."
                + " Call rollback() and do the work again.");
      }
    } catch (SystemException e) {
      throw new IllegalStateException("The JTA transaction does not tell its status", e);
    }
  }

  @Override
  public CommitReport commit() {
    beginCommitting();
    members.forEach(member -> member.coordinated().beginEnding());
    List<String> committed =
        members.stream()
            .filter(member -> member.coordinated().isUnderWay())
            .map(Member::engine)
            .toList();
    try {
      commitFrom(0);
    } catch (RuntimeException e) {
      throw failed(e);
    } finally {
      release();
    }
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    for (String engine : committed) {
      Participant participant = participants.get(engine);
      // Who has used no connection has nothing that could fail.
      Outcome outcome = participant == null ? Outcome.COMMITTED : participant.outcome();
      outcomes.put(engine, outcome == null ? Outcome.UNKNOWN : outcome);
    }
    refuseIfIncomplete(new CommitReport(outcomes));
    wakeRecovery(outcomes);
    return new CommitReport(outcomes);
  }

  private void wakeRecovery(Map<String, Outcome> outcomes) {
    outcomes.forEach(
        (engine, outcome) -> {
          if (outcome == Outcome.DECIDED) {
            transactions.recovery().isLeftInDoubt(engine);
          }
        });
  }

  /** The transaction manager's own word is not enough: it takes some failures for successes. */
  private static void refuseIfIncomplete(CommitReport report) {
    if (!report.isComplete()) {
      throw new PartialCommitException(
          report,
          new IllegalStateException(
              "a database failed while it committed, in a way that tells nobody what it did"));
    }
  }

  /**
   * Commits each session inside of the commit of the one before, and the transaction inside of the
   * last: so every session has done what it does before a commit when the transaction commits, and
   * learns what became of that.
   */
  private void commitFrom(int index) {
    if (index == members.size()) {
      commitBranches();
      return;
    }
    Member member = members.get(index);
    if (member.coordinated().isUnderWay()) {
      member.coordinated().commit(member.session(), () -> commitFrom(index + 1));
    } else {
      commitFrom(index + 1);
    }
  }

  private void commitBranches() {
    Transaction begun = transaction;
    if (begun == null) {
      return; // no session has used a connection
    }
    if (ended) {
      throw new RollbackException(
          "The JTA transaction over "
              + connections.keySet()
              + " was rolled back before its commit.");
    }
    String lost = transactions.recovery().whyLogIsLost();
    if (lost != null && participants.size() > 1) {
      throw new RollbackException(
          "The JTA transaction over " + connections.keySet() + " can't prepare: " + lost);
    }
    connections.values().forEach(connection -> connection.transactionBeforeCompletion(true));
    try {
      transactions.commit(begun);
    } finally {
      endConnections();
    }
  }

  /** Called also by a session that fails before its commit. Does nothing a second time. */
  void rollbackBranches() {
    Transaction begun = transaction;
    if (begun == null || ended) {
      return;
    }
    try {
      transactions.rollback(begun);
    } finally {
      endConnections();
    }
  }

  /**
   * In three steps, since the sessions give their connections back when the branches have ended,
   * and before the pool may hand them out again: what was set for this unit can be taken back then.
   */
  private void endConnections() {
    ended = true;
    List<Throwable> failures = new ArrayList<>();
    connections.forEach(
        (engine, connection) -> attempt(() -> settle(engine, connection), failures));
    members.forEach(member -> attempt(member.coordinated()::disconnect, failures));
    connections.forEach(
        (engine, connection) -> attempt(() -> giveBack(engine, connection), failures));
    if (!failures.isEmpty()) {
      transactions.warn(
          String.join(", ", connections.keySet()),
          "a connection could not be given back after the end of its transaction: "
              + failures.stream().map(String::valueOf).collect(Collectors.joining("; ")));
    }
  }

  private interface Step {
    void run() throws SQLException;
  }

  private static void attempt(Step step, List<Throwable> failures) {
    try {
      step.run();
    } catch (SQLException | RuntimeException | Error e) {
      failures.add(e);
    }
  }

  private void settle(String engine, TransactionAware connection) throws SQLException {
    connection.transactionBeforeCompletion(false); // closes what sessions have of it
    Participant participant = participants.get(engine);
    if (participant == null) {
      // It could not be taken in, perhaps when its branch had begun.
      Connections.cut(connection, false, new SQLException("not enlisted"));
    } else if (!isOver(participant.outcome())) {
      participant.cut();
    } else if (!participant.isCut()) {
      // The driver's own: the pool lets nobody use a connection after the end of its transaction.
      settled.put(engine, ((Connection) connection.getConnection()).unwrap(Connection.class));
    }
  }

  private void giveBack(String engine, TransactionAware connection) throws SQLException {
    Connection usable = settled.remove(engine);
    try {
      if (usable == null || usable.isClosed()) { // nobody has taken back what was set in it
        connection.setFlushOnly();
      }
    } catch (SQLException | RuntimeException | Error e) {
      connection.setFlushOnly();
      throw e;
    } finally {
      connection.transactionEnd();
    }
  }

  private static boolean isOver(@Nullable Outcome outcome) {
    return outcome == Outcome.COMMITTED || outcome == Outcome.ROLLED_BACK;
  }

  /** What became of the engines when a commit fails, and why it did. */
  private RuntimeException failed(RuntimeException failure) {
    Throwable reason = failure instanceof CommitFailure jta ? jta.reason() : failure;
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    boolean nothingDurable = true;
    for (String engine : sessions.engines()) {
      Participant participant = participants.get(engine);
      Outcome outcome = participant == null ? null : participant.outcome();
      if (outcome == null) {
        outcome = Outcome.ROLLED_BACK; // never prepared, or never used
      }
      boolean onlyRead = participant != null && participant.hasOnlyRead();
      if (onlyRead) {
        outcome = Outcome.ROLLED_BACK; // it has nothing that anybody would have to undo
      }
      nothingDurable &= outcome == Outcome.ROLLED_BACK;
      outcomes.put(engine, outcome);
    }
    wakeRecovery(outcomes);
    Transaction begun = transaction;
    if (participants.size() == 1 && begun instanceof TransactionImple known) {
      transactions.recovery().forgetOnePhase(known.get_uid());
    }
    if (!nothingDurable) {
      return new PartialCommitException(new CommitReport(outcomes), reason);
    }
    if (!(failure instanceof CommitFailure)) {
      return failure;
    }
    return new RollbackException(
        "The JTA transaction over "
            + outcomes.keySet()
            + " was rolled back: "
            + reason.getMessage(),
        reason);
  }

  @Override
  public void rollback() {
    beginEnding();
    members.forEach(member -> member.coordinated().beginEnding());
    Throwable failure = null;
    try {
      rollbackBranches();
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    try {
      sessions.rollback();
    } catch (RuntimeException | Error e) {
      if (failure == null) {
        failure = e;
      } else {
        failure.addSuppressed(e);
      }
    } finally {
      release();
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /** Lets go of the sessions, the timer and the place among the transactions under way. */
  private void release() {
    boolean leaves;
    synchronized (this) {
      ending = true;
      if (stopTimer != null) {
        stopTimer.run();
      }
      leaves = stopTimer != null;
      stopTimer = null;
    }
    members.forEach(member -> member.coordinated().leave(this));
    if (leaves) {
      transactions.admission().leave(this);
    }
  }

  private synchronized void beginCommitting() {
    refuseCommitAfterTimeout();
    beginEnding();
  }

  /** Waits for those that stop a statement: late, they might hit the next user of a connection. */
  private synchronized void beginEnding() {
    ending = true;
    boolean interrupted = false;
    while (stopping > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  void refuseAfterTimeout() {
    UnitTimeoutException over = timeout;
    if (over != null) {
      throw over;
    }
  }

  private void refuseCommitAfterTimeout() {
    UnitTimeoutException over = timeout;
    if (over != null) {
      throw new RollbackException(
          "The JTA transaction can't commit: its time was over. " + over.getMessage(), over);
    }
  }

  /**
   * Called by the timer, again and again until the unit ends: at the first time its thread may have
   * been on its way to a statement. Never rolls back by itself: what the unit's thread did
   * meanwhile would stand outside of the transaction.
   */
  private void timeOut() {
    List<Member> running;
    boolean cuts;
    synchronized (this) {
      if (ending || ended) {
        return;
      }
      if (timeout == null) {
        timeout =
            new UnitTimeoutException(
                "The JTA transaction of a unit of work", transactions.timeout());
        markRollbackOnly();
      }
      cuts = !cut && System.nanoTime() - endNanos > CUT_AFTER.toNanos();
      cut |= cuts;
      running = List.copyOf(members);
      stopping++;
    }
    try {
      // Not under the lock: a database that does not answer would keep everybody waiting.
      running.forEach(member -> stop(member, cuts));
    } finally {
      synchronized (this) {
        stopping--;
        notifyAll();
        if (!ending && !ended) {
          stopTimer = transactions.after(PAUSE, this::timeOut);
        }
      }
    }
  }

  private void markRollbackOnly() {
    Transaction begun = transaction;
    try {
      if (begun != null && begun.getStatus() == Status.STATUS_ACTIVE) {
        begun.setRollbackOnly();
      }
    } catch (SystemException | IllegalStateException e) {
      // Commit is refused here as well.
      transactions.warn("", "the transaction could not be marked rollback-only: " + e);
    }
  }

  private void stop(Member member, boolean cuts) {
    try {
      LogicalConnectionImplementor connection = member.coordinated().connection(member.session());
      if (!cuts) {
        connection.getResourceRegistry().cancelLastQuery();
      } else if (connection.isPhysicallyConnected()) {
        Connection physical = connection.getPhysicalConnection();
        physical.abort(Runnable::run);
      }
    } catch (SQLException | RuntimeException e) {
      transactions.warn(
          member.engine(),
          "the statement of a transaction without time left was not stopped: " + e);
    }
  }
}
