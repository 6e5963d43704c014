package io.sqlassist.engine;

import io.sqlassist.engine.LentConnection.User;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientException;
import java.sql.SQLTransientConnectionException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of units of work on one connection that is lent, one inside of the other. There
 * is one object of these for each connection, however often and to whomever it is lent.
 *
 * <p>Thread-safe. The database is never asked while others are locked out.
 */
final class LentTransactions {

  /** Does not keep the connection: what is remembered goes when its owner forgets it. */
  private static final class Key extends WeakReference<Connection> {
    private final int hash;

    Key(Connection connection, ReferenceQueue<Connection> forgotten) {
      super(connection, forgotten);
      hash = System.identityHashCode(connection);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // one object is one transaction
    public boolean equals(@Nullable Object other) {
      if (this == other) {
        return true;
      }
      Connection connection = get();
      return connection != null && other instanceof Key key && connection == key.get();
    }
  }

  private static final Map<Key, LentTransactions> BY_CONNECTION = new HashMap<>();
  private static final ReferenceQueue<Connection> FORGOTTEN = new ReferenceQueue<>();

  /** One transaction of one unit of work. */
  static final class Transaction {
    private final User user;

    /** Savepoints that the unit has set itself, inside of this one, and not released. */
    private final Set<Savepoint> inside = Collections.newSetFromMap(new IdentityHashMap<>());

    /** The one that gave way to this one; null once that is settled, or all that ever did stay. */
    private @Nullable Transaction former;

    /** Set by the thread that begins it, before anybody can end it. */
    private @Nullable Savepoint savepoint;

    /** Why it was undone before its user has ended it. */
    private @Nullable String undoneBecause;

    private boolean yielded;
    private boolean over;

    private Transaction(User user, @Nullable Transaction former) {
      this.user = user;
      this.former = former;
    }
  }

  /** The innermost first. */
  private final Deque<Transaction> open = new ArrayDeque<>();

  /** Who waits for a turn, and why not any longer. */
  private final Map<Thread, Optional<Supplier<? extends RuntimeException>>> waiting =
      new HashMap<>();

  private final ReentrantLock calls;

  private @Nullable String spoiled;

  private LentTransactions(ReentrantLock calls) {
    this.calls = calls;
  }

  /** The connection, so that two engines that share it don't use it at the same moment. */
  Connection serial(Connection connection) {
    return SerialJdbc.of(connection, calls);
  }

  /** The same for those who have no transaction of their own that a statement could end. */
  Connection guarded(Connection connection) {
    return SerialJdbc.guarded(connection, calls);
  }

  /** Those of a connection: the same object until the connection is forgotten by everybody. */
  static LentTransactions on(Connection connection) throws SQLException {
    ReentrantLock calls = SerialJdbc.lockOf(connection);
    synchronized (BY_CONNECTION) {
      for (Reference<?> key = FORGOTTEN.poll(); key != null; key = FORGOTTEN.poll()) {
        BY_CONNECTION.remove(key);
      }
      return BY_CONNECTION.computeIfAbsent(
          new Key(connection, FORGOTTEN), key -> new LentTransactions(calls));
    }
  }

  /**
   * Begins a transaction inside of those that are open, or waits until they have ended.
   *
   * @throws IllegalStateException if this thread would wait for itself, or if the owner's
   *     transaction is lost
   */
  Transaction begin(Connection connection, String engine, User user, Duration longestWait)
      throws SQLException {
    Transaction transaction = enter(engine, user, longestWait);
    try {
      if (transaction.former != null) {
        keep(connection, transaction.former, user);
        transaction.former = null;
      }
      begun(transaction, connection.setSavepoint());
      return transaction;
    } catch (SQLException | RuntimeException | Error e) {
      leave(transaction);
      throw e;
    }
  }

  private synchronized void begun(Transaction transaction, Savepoint savepoint) {
    transaction.savepoint = savepoint;
    notifyAll(); // it may give way now
  }

  private synchronized Transaction enter(String engine, User user, Duration longestWait)
      throws SQLException {
    Thread thread = Thread.currentThread();
    long end = System.nanoTime() + longestWait.toNanos();
    waiting.put(thread, Optional.empty());
    try {
      while (true) {
        refuseSpoiled();
        Transaction innermost = open.peek();
        if (innermost == null || user.isInside(innermost.user)) {
          return push(new Transaction(user, null));
        }
        if (innermost.user.isInside(user)) {
          throw blocked(user, innermost);
        }
        if (mayYield(innermost)) {
          open.pop();
          innermost.over = true;
          innermost.yielded = true;
          return push(new Transaction(user, innermost));
        }
        await(engine, user, innermost, longestWait, end - System.nanoTime());
        Supplier<? extends RuntimeException> reason =
            Objects.requireNonNull(waiting.get(thread)).orElse(null);
        if (reason != null) {
          throw reason.get();
        }
      }
    } finally {
      waiting.remove(thread);
    }
  }

  private Transaction push(Transaction transaction) {
    open.push(transaction);
    return transaction;
  }

  /** Not one that others stand on, or that has a savepoint of its own to go back to. */
  private boolean mayYield(Transaction innermost) {
    return innermost.user.yields()
        && innermost.savepoint != null
        && innermost.inside.isEmpty()
        && open.size() == 1;
  }

  /** What the one that gave way has done becomes part of the owner's transaction. */
  private void keep(Connection connection, Transaction former, User user) throws SQLException {
    try {
      release(connection, former);
    } catch (SQLException | RuntimeException e) {
      // PostgreSQL, after a statement that failed: nothing is possible but to go back.
      undone(
          former, "a statement of it had failed when the unit '" + user.label() + "' came to work");
      goBack(connection, former, e);
    }
  }

  private synchronized void undone(Transaction transaction, String because) {
    transaction.undoneBecause = because;
  }

  /**
   * Whether a transaction has given way to one of another unit: what was done in it is part of the
   * owner's transaction, as if it had been committed.
   */
  synchronized boolean hasYielded(Transaction transaction) {
    return transaction.yielded && transaction.undoneBecause == null;
  }

  /**
   * A savepoint that the user sets itself. While it is there, the transaction does not give way.
   */
  synchronized void inside(Transaction transaction, Savepoint savepoint) {
    transaction.inside.add(savepoint);
  }

  synchronized void released(Transaction transaction, Savepoint savepoint) {
    if (transaction.inside.remove(savepoint)) {
      notifyAll();
    }
  }

  private void await(
      String engine, User user, Transaction innermost, Duration longestWait, long leftNanos)
      throws SQLException {
    if (leftNanos <= 0) {
      throw new SQLTransientConnectionException(
          "Engine '"
              + engine
              + "': its connection is lent by somebody else and in use by the unit of work '"
              + innermost.user.label()
              + "', which has neither committed nor rolled back within "
              + longestWait
              + ". End that unit before '"
              + user.label()
              + "' begins, or begin this one inside of it.");
    }
    try {
      TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException(
          "Engine '" + engine + "': interrupted while waiting for its lent connection", e);
    }
  }

  /** Ends the waiting of a thread for its turn, if it waits. */
  synchronized void stopWaiting(Thread thread, Supplier<? extends RuntimeException> reason) {
    if (waiting.containsKey(thread)) {
      waiting.put(thread, Optional.of(reason));
      notifyAll();
    }
  }

  private static IllegalStateException blocked(User user, Transaction innermost) {
    return new IllegalStateException(
        "The unit of work '"
            + user.label()
            + "' can't use its lent connection now: the unit '"
            + innermost.user.label()
            + "', which was begun inside of it, has a transaction there, and what this one did"
            + " would be undone with it. End the inner unit first, or use its sessions.");
  }

  /**
   * Whether a transaction may go on.
   *
   * @throws IllegalStateException if another one is open inside of it, if it was undone with one
   *     around it, or if the owner's transaction is lost
   */
  @SuppressWarnings("ReferenceEquality") // that very transaction
  synchronized void refuseUnlessInnermost(Transaction transaction) {
    refuseSpoiled();
    if (transaction.undoneBecause != null) {
      throw new IllegalStateException(undone(transaction));
    }
    Transaction innermost = open.peek();
    if (innermost != null && innermost != transaction) {
      throw blocked(transaction.user, innermost);
    }
  }

  private static String undone(Transaction transaction) {
    return "The transaction of the unit of work '"
        + transaction.user.label()
        + "' is undone: "
        + transaction.undoneBecause
        + ". Roll this one back, too.";
  }

  /**
   * Whether the owner's transaction is still what it was when the first unit joined it.
   *
   * @throws IllegalStateException if it is lost
   */
  synchronized void refuseSpoiled() {
    if (spoiled != null) {
      throw new IllegalStateException(spoiled);
    }
  }

  /**
   * Makes what was done part of the transaction around this one. If that fails it is undone.
   *
   * @throws SQLException if it is undone now, or was undone before
   */
  void commit(Connection connection, Transaction transaction) throws SQLException {
    try {
      refuseUnlessInnermost(transaction);
    } catch (IllegalStateException e) {
      // Hibernate understands this, and rolls back, which undoes the inner ones, too.
      throw new SQLNonTransientException(e.getMessage(), e);
    }
    try {
      release(connection, transaction);
    } catch (SQLException | RuntimeException e) {
      goBack(connection, transaction, e);
      throw e;
    }
    leave(transaction);
  }

  /**
   * Undoes what was done since it began, also by those inside of it.
   *
   * @throws SQLException if it can't be undone alone: the owner's transaction is lost
   */
  void rollback(Connection connection, Transaction transaction) throws SQLException {
    if (isOver(transaction)) {
      return; // undone with one around it, or when its commit failed
    }
    goBack(connection, transaction, null);
  }

  private void goBack(Connection connection, Transaction transaction, @Nullable Exception why)
      throws SQLException {
    try {
      undo(connection, transaction, why);
      // Nobody may begin before: a savepoint that is set meanwhile is released along with this one.
      releaseUndone(connection, transaction, why);
    } finally {
      leave(transaction);
    }
  }

  private void undo(Connection connection, Transaction transaction, @Nullable Exception why)
      throws SQLException {
    try {
      connection.rollback(transaction.savepoint);
    } catch (SQLException | RuntimeException e) {
      String lost = spoil(transaction);
      SQLException failure = new SQLNonTransientException(lost, e);
      if (why != null) {
        failure.addSuppressed(why);
      }
      throw failure;
    }
  }

  private static void releaseUndone(
      Connection connection, Transaction transaction, @Nullable Exception why) throws SQLException {
    try {
      release(connection, transaction);
    } catch (SQLException | RuntimeException e) {
      if (why == null) {
        throw e;
      }
      why.addSuppressed(e);
    }
  }

  private synchronized String spoil(Transaction transaction) {
    String lost =
        "The transaction that the unit of work '"
            + transaction.user.label()
            + "' was joined to is lost: the database could not go back to the unit's savepoint."
            + " It has rolled back the owner's whole transaction, as some do after a deadlock, or"
            + " its owner has ended it, or the connection is broken. The owner must roll back, and"
            + " begin its work again on a new connection: this one can't be joined any more.";
    if (spoiled == null) {
      spoiled = lost;
    }
    return lost;
  }

  private static void release(Connection connection, Transaction transaction) throws SQLException {
    try {
      connection.releaseSavepoint(transaction.savepoint);
    } catch (SQLFeatureNotSupportedException e) {
      // Oracle's driver: the savepoint ends with the transaction.
    }
  }

  /** Whether nothing is left to be ended. */
  synchronized boolean isOver(Transaction transaction) {
    return transaction.over;
  }

  /** Those inside of it are over with it. */
  @SuppressWarnings("ReferenceEquality") // that very transaction
  private synchronized void leave(Transaction transaction) {
    while (!transaction.over && !open.isEmpty()) {
      Transaction innermost = open.pop();
      innermost.over = true;
      if (innermost != transaction) {
        innermost.undoneBecause =
            "'"
                + transaction.user.label()
                + "', inside of which it was begun, has been rolled back before it";
      }
    }
    notifyAll();
  }
}
