package io.sqlassist.jta;

import com.arjuna.ats.arjuna.common.Uid;
import com.arjuna.ats.arjuna.coordinator.ActionManager;
import com.arjuna.ats.arjuna.exceptions.ObjectStoreException;
import com.arjuna.ats.arjuna.recovery.RecoveryManager;
import com.arjuna.ats.internal.jta.recovery.arjunacore.XARecoveryModule;
import com.arjuna.ats.jta.xa.XATxConverter;
import com.arjuna.ats.jta.xa.XidImple;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import javax.sql.XADataSource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * Finishes what a crash or a broken connection has left behind: at once when an engine is added,
 * then periodically, on a thread of its own. Says what is wrong once, and once when it is over.
 */
final class Recovery {

  /** How long the end, or an engine that is removed, waits for a scan that is under way. */
  private static final Duration LONGEST_SCAN = Duration.ofSeconds(5);

  /**
   * Between the two looks of a scan: what is being committed at the first is over by the second.
   */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /**
   * The same when somebody waits for the scan; not none, or who asks in a loop would ask for ever.
   */
  private static final Duration SHORT_PAUSE = Duration.ofMillis(100);

  private final String nodeId;
  private final Duration interval;
  private final BiConsumer<String, String> warnings;
  private final RecoveryManager manager;
  private final TransactionLog log;
  private final LoggedTransactions logged;
  private final LogGuard guard;
  private final List<RecoveredEngine> engines = new CopyOnWriteArrayList<>();
  private final Set<String> unreachable = ConcurrentHashMap.newKeySet();
  private final Set<String> missed = ConcurrentHashMap.newKeySet();
  private final Map<String, Instant> preparedSince = new ConcurrentHashMap<>();
  private final ReentrantLock scanning = new ReentrantLock();
  private final Set<RecoveredEngine> leaving = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean scanIsQueued = new AtomicBoolean();
  private final Object pausing = new Object();
  private int hurried;
  private final Object helpers = new Object();
  private final WallClock clock;
  private XARecoveryModule branches = new XARecoveryModule();
  private final ScheduledThreadPoolExecutor scans;
  private final Future<?> periodicScan;
  private volatile Instant lastScan = Instant.EPOCH;
  private volatile long lastAddedNanos;
  private volatile boolean closed;
  private boolean unreadable;
  private volatile @Nullable String notOurs;

  Recovery(
      String nodeId,
      Duration interval,
      RecoveryManager manager,
      TransactionLog log,
      LogGuard guard,
      BiConsumer<String, String> warnings) {
    this.nodeId = nodeId;
    this.interval = interval;
    this.warnings = warnings;
    this.manager = manager;
    this.log = log;
    this.guard = guard;
    clock = new WallClock(System::currentTimeMillis, System::nanoTime);
    logged = new LoggedTransactions(log, this);
    manager.addModule(branches); // the transaction manager asks it for what it needs in a scan
    scans =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "sqlassist-jta-recovery");
              thread.setDaemon(true);
              return thread;
            });
    scans.setRemoveOnCancelPolicy(true);
    // A commit that is left in doubt while this is being closed must not fail for want of a scan.
    scans.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    periodicScan =
        scans.scheduleWithFixedDelay(
            this::scanQuietly, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
  }

  void add(String engine, XADataSource dataSource) {
    RecoveredEngine added = new RecoveredEngine(engine, dataSource, this);
    synchronized (helpers) {
      engines.add(added);
      branches.addXAResourceRecoveryHelper(added);
    }
    missed.remove(engine);
    lastAddedNanos = System.nanoTime();
    scanSoon();
  }

  void remove(String engine) {
    if (closed) {
      return; // a scan that hangs must not keep the end waiting
    }
    engines.stream().filter(each -> each.engine().equals(engine)).forEach(leaving::add);
    try {
      // A database that does not answer keeps this engine only until it does.
      if (lockHurriedly(LONGEST_SCAN)) {
        try {
          if (!closed) {
            letLeave();
          }
        } finally {
          scanning.unlock();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Not in the middle of a scan, whose connections are open. */
  private void letLeave() {
    synchronized (helpers) {
      leaving.forEach(
          each -> {
            engines.remove(each);
            branches.removeXAResourceRecoveryHelper(each);
            if (engines.stream().noneMatch(other -> other.engine().equals(each.engine()))) {
              unreachable.remove(each.engine());
            }
            leaving.remove(each);
          });
    }
  }

  /** Waits for the scan that is under way, which need not pause any longer. */
  private boolean lockHurriedly(Duration longest) throws InterruptedException {
    hurry(1);
    try {
      return scanning.tryLock(longest.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      hurry(-1);
    }
  }

  private void hurry(int change) {
    synchronized (pausing) {
      hurried += change;
      pausing.notifyAll();
    }
  }

  /** One that has not begun yet serves all that have asked for it. */
  private void scanSoon() {
    if (!closed && !scanIsQueued.getAndSet(true)) {
      scans.execute(
          () -> {
            scanIsQueued.set(false);
            scanQuietly();
          });
    }
  }

  private void scanQuietly() {
    scanning.lock();
    try {
      scan(PAUSE);
    } catch (RuntimeException | Error e) { // thrown on, it would end the periodic scans
      warnings.accept("", "a scan of JTA recovery failed: " + e);
    } finally {
      scanning.unlock();
    }
  }

  /** Looks at everything once, and does what can be done. Somebody waits for it. */
  void scanNow() {
    hurry(1);
    try {
      scanning.lock();
    } finally {
      hurry(-1);
    }
    try {
      scan(SHORT_PAUSE);
    } finally {
      scanning.unlock();
    }
  }

  private void scan(Duration pause) {
    if (closed) {
      return;
    }
    letLeave();
    if (!logIsOurs()) {
      return;
    }
    if (clock.hasJumped()) {
      countAgesAnew();
    }
    try {
      if (!look(pause)) {
        return;
      }
      engines.forEach(RecoveredEngine::finishScan);
    } finally {
      engines.forEach(RecoveredEngine::endScan);
    }
    missEngines();
    lastScan = Instant.now();
  }

  /**
   * Looks twice, as the transaction manager would, whose pause nobody can hurry.
   *
   * @return false if there was no second look any more
   */
  private boolean look(Duration pause) {
    Thread thread = Thread.currentThread();
    ClassLoader own = thread.getContextClassLoader();
    thread.setContextClassLoader(XARecoveryModule.class.getClassLoader());
    boolean interrupted = false;
    try {
      logged.periodicWorkFirstPass();
      branches.periodicWorkFirstPass();
      interrupted = isInterruptedIn(pause);
      if (closed) {
        return false;
      }
      try {
        logged.periodicWorkSecondPass();
      } finally {
        branches.periodicWorkSecondPass(); // or it would wait for it when an engine leaves
      }
      return true;
    } catch (Error e) {
      countAgesAnew(); // the one that was left in the middle would let no engine leave any more
      throw e;
    } finally {
      thread.setContextClassLoader(own);
      if (interrupted) {
        thread.interrupt();
      }
    }
  }

  private boolean isInterruptedIn(Duration pause) {
    long begin = System.nanoTime();
    synchronized (pausing) {
      try {
        long left = pause.toNanos();
        while (hurried == 0 && !closed && left > 0) {
          TimeUnit.NANOSECONDS.timedWait(pausing, left);
          left = pause.toNanos() - (System.nanoTime() - begin);
        }
        return false;
      } catch (InterruptedException e) {
        return true;
      }
    }
  }

  /**
   * The ages of prepared branches are counted by the wall clock. When it was set back they would
   * grow old no more, and hold their locks as long as it was set back by.
   */
  private void countAgesAnew() {
    synchronized (helpers) {
      manager.removeModule(branches, false);
      branches = new XARecoveryModule();
      engines.forEach(branches::addXAResourceRecoveryHelper);
      manager.addModule(branches);
    }
  }

  /** Null as long as the log is this process's; otherwise why nothing may be prepared. */
  @Nullable String whyLogIsLost() {
    return notOurs;
  }

  /** What another process with this node's id has prepared must not be rolled back here. */
  private boolean logIsOurs() {
    try {
      guard.check();
      notOurs = null;
      return true;
    } catch (IllegalStateException e) {
      if (!Objects.equals(notOurs, e.getMessage())) {
        notOurs = e.getMessage();
        warnings.accept("", "JTA recovery stands still: " + notOurs);
      }
      return false;
    }
  }

  /** A name that the log needs and nobody has: not while more engines may be about to start. */
  private void missEngines() {
    if (System.nanoTime() - lastAddedNanos < interval.toNanos()) {
      return;
    }
    try {
      Set<String> known = new HashSet<>();
      engines.forEach(engine -> known.add(engine.engine()));
      for (TransactionLog.Entry entry : log.entries()) {
        for (String engine : entry.engines()) {
          if (!known.contains(engine) && missed.add(engine)) {
            warnings.accept(
                engine,
                "the JTA log holds decisions for this engine, which is not initialised with the"
                    + " coordinator. If it was renamed, give it its old name until recovery() is"
                    + " empty.");
          }
        }
      }
      unreadable = false;
    } catch (ObjectStoreException | IOException e) {
      logIsUnreadable(e);
    }
  }

  /** The engines that this scan has reached. */
  Set<String> reached() {
    Set<String> reached = new HashSet<>();
    for (RecoveredEngine engine : engines) {
      if (engine.isReached()) {
        reached.add(engine.engine());
      }
    }
    return reached;
  }

  /** The engines that the log still needs. */
  Set<String> needed() {
    Set<String> needed = new HashSet<>();
    entries().forEach(entry -> needed.addAll(entry.engines()));
    return needed;
  }

  InDoubt inDoubt() {
    Map<String, InDoubt.Branch> found = new LinkedHashMap<>();
    Set<String> heuristic = logged.heuristics().keySet();
    for (TransactionLog.Entry entry : entries()) {
      String id = entry.transaction().stringForm();
      if (!heuristic.contains(id)) {
        for (String engine : entry.engines()) {
          found.put(id + engine, new InDoubt.Branch(id, engine, entry.since(), true));
        }
      }
    }
    Set<String> stillPrepared = new HashSet<>();
    for (RecoveredEngine engine : engines) {
      for (Xid xid : engine.prepared()) {
        String id = ownTransaction(xid);
        if (id != null && !heuristic.contains(id)) {
          String key = id + engine.engine();
          stillPrepared.add(key);
          Instant since = preparedSince.computeIfAbsent(key, unseen -> Instant.now());
          found.putIfAbsent(key, new InDoubt.Branch(id, engine.engine(), since, false));
        }
      }
    }
    preparedSince.keySet().retainAll(stillPrepared);
    List<InDoubt.Heuristic> heuristics = new ArrayList<>();
    logged
        .heuristics()
        .forEach(
            (id, entry) ->
                heuristics.add(
                    new InDoubt.Heuristic(id, List.copyOf(entry.engines()), entry.since())));
    return new InDoubt(
        List.copyOf(found.values()), heuristics, unreachable.stream().sorted().toList(), lastScan);
  }

  /** The id of a transaction that this node has prepared; null for that of somebody else. */
  private @Nullable String ownTransaction(Xid xid) {
    Uid transaction = ownUid(xid);
    return transaction == null ? null : transaction.stringForm();
  }

  private @Nullable Uid ownUid(Xid xid) {
    if (xid.getFormatId() != XATxConverter.FORMAT_ID) {
      return null;
    }
    XidImple own = new XidImple(xid);
    return nodeId.equals(XATxConverter.getNodeName(own.getXID()))
        ? XATxConverter.getUid(own.getXID())
        : null;
  }

  /**
   * Whether its transaction is alive in this process: it is about to be committed or rolled back.
   */
  boolean isBeingEnded(Xid xid) {
    Uid transaction = ownUid(xid);
    return transaction != null && ActionManager.manager().get(transaction) != null;
  }

  private List<TransactionLog.Entry> entries() {
    try {
      return log.entries();
    } catch (ObjectStoreException | IOException e) {
      throw new IllegalStateException("The JTA log can't be read: " + e, e);
    }
  }

  /** Removes a heuristic transaction from the log. */
  void forget(String transaction) {
    scanning.lock();
    try {
      TransactionLog.Entry entry = logged.heuristics().get(transaction);
      if (entry == null) {
        throw new IllegalArgumentException(
            "'"
                + transaction
                + "' is not the id of a heuristic transaction. These are: "
                + logged.heuristics().keySet()
                + ".");
      }
      List<String> stillPrepared =
          engines.stream()
              .filter(
                  engine ->
                      engine.prepared().stream()
                          .anyMatch(xid -> transaction.equals(ownTransaction(xid))))
              .map(RecoveredEngine::engine)
              .toList();
      if (!stillPrepared.isEmpty()) {
        throw new IllegalStateException(
            "The heuristic transaction '"
                + transaction
                + "' is still prepared on "
                + stillPrepared
                + ". Without its place in the log that would be rolled back: end it there first, as"
                + " the other engines have.");
      }
      try {
        log.remove(entry.transaction());
      } catch (ObjectStoreException e) {
        throw new IllegalStateException(
            "The heuristic transaction '" + transaction + "' could not be removed from the log", e);
      }
      logged.heuristics().remove(transaction);
    } finally {
      scanning.unlock();
    }
  }

  /**
   * Drops what the transaction manager notes of a commit in one phase that nobody knows the end of.
   * The application is told; there is no other engine that it could differ from, and nothing that
   * recovery could do.
   */
  void forgetOnePhase(Uid transaction) {
    try {
      log.removeIfThere(transaction);
    } catch (ObjectStoreException e) {
      logIsUnreadable(e);
    }
  }

  boolean isClosed() {
    return closed;
  }

  void isReachable(String engine) {
    if (unreachable.remove(engine)) {
      warnings.accept(engine, "JTA recovery reaches the engine again.");
    }
  }

  void isUnreachable(String engine, Throwable why) {
    if (unreachable.add(engine)) {
      warnings.accept(
          engine,
          "JTA recovery can't reach the engine, and will try again every "
              + interval.toSeconds()
              + " s without saying so: "
              + why);
    }
  }

  void isLeftInDoubt(String engine) {
    warnings.accept(
        engine,
        "a commit is decided, but this engine has not confirmed it. Recovery will finish it as soon"
            + " as it reaches the engine.");
    scanSoon();
  }

  void isHeuristic(TransactionLog.Entry entry) {
    warnings.accept(
        String.join(", ", entry.engines()),
        "the JTA transaction "
            + entry.transaction().stringForm()
            + " did not end the same everywhere: a database decided by itself. Compare these"
            + " engines, repair what differs, then call forgetHeuristic(...).");
  }

  void logIsUnreadable(Exception why) {
    if (!unreadable) {
      unreadable = true;
      warnings.accept("", "the JTA log can't be read: " + why);
    }
  }

  /** Ends the scans. A branch in doubt stays so, for the next start. */
  void close() {
    closed = true;
    periodicScan.cancel(false);
    scans.shutdownNow();
    boolean scanIsOver = false;
    try {
      scanIsOver = lockHurriedly(LONGEST_SCAN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!scanIsOver) {
      manager.terminate(true);
      warnings.accept("", "JTA recovery is left behind in a scan: a database does not answer.");
      return;
    }
    try {
      manager.terminate(false);
      engines.forEach(RecoveredEngine::endScan);
    } finally {
      scanning.unlock();
    }
  }
}
