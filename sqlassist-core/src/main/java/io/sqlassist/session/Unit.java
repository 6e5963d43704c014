package io.sqlassist.session;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineHost;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.LentConnection;
import io.sqlassist.observe.Observer;
import io.sqlassist.observe.UnitInfo;
import io.sqlassist.observe.UnitObserver;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.UnitHooks;
import io.sqlassist.transaction.UnitTransactions;
import jakarta.persistence.RollbackException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;

/** The working part of a container, made by the first access: what is open, and how it ends. */
final class Unit implements LentConnection.User {

  private static final AtomicLong IDS = new AtomicLong();

  private final DbSessionsContainer container;
  private final UseGuard guard;
  private final UnitTransactions transactions;

  /**
   * Replaced when one is added, by the user of the unit. Read also by other threads: for the
   * statuses, and to cancel what runs.
   */
  private volatile List<EngineSlot> slots = List.of();

  private UnitObserver observer = UnitObserver.NONE;
  private @Nullable Hooks hooks;
  private boolean started;
  private boolean decided;
  private boolean attempting;
  private @Nullable Throwable rolledBackBecause;
  private int commits;
  private @Nullable TimeLimit limit;
  private volatile @Nullable ConcurrentWork<?, ?> awaited;
  private volatile boolean doomed;
  private volatile @Nullable String tenant;
  private boolean readsFromWriter;

  Unit(DbSessionsContainer container) {
    this.container = container;
    this.guard = new UseGuard(container.origin());
    this.transactions = new UnitTransactions();
  }

  UseGuard guard() {
    return guard;
  }

  @Nullable EngineSlot slot(String engine) {
    for (EngineSlot slot : slots) {
      if (slot.name().equals(engine)) {
        return slot;
      }
    }
    return null;
  }

  /**
   * The place of an engine, made if need be.
   *
   * @param of the tenant whose engine is meant, or null for that of this unit
   */
  EngineSlot slotOrNew(String engine, @Nullable String of) {
    guard.enter();
    try {
      return slotInUse(engine, of);
    } finally {
      guard.exit();
    }
  }

  /** The session of an engine of this unit, opened if need be. */
  Session session(String engine) {
    guard.enter();
    try {
      return slotInUse(engine, null).scopedSession().session();
    } finally {
      guard.exit();
    }
  }

  private EngineSlot slotInUse(String engine, @Nullable String of) {
    EngineSlot slot = slot(engine);
    if (slot == null) {
      Engine meant = engine(engine, of);
      slot = slot(meant.name());
      if (slot == null) {
        slot = new EngineSlot(this, meant);
        slots = with(slot);
      }
    }
    return slot;
  }

  private List<EngineSlot> with(EngineSlot slot) {
    if (slots.isEmpty()) {
      return List.of(slot);
    }
    List<EngineSlot> all = new ArrayList<>(slots);
    all.add(slot);
    return List.copyOf(all);
  }

  private Engine engine(String name, @Nullable String of) {
    if (!registry().isPerTenant(name)) {
      return registry().engine(name);
    }
    String meant = of == null ? tenant() : of;
    if (meant == null) {
      throw new NoTenantException(origin().label(), name, registry().tenants(name));
    }
    return registry().engine(name, meant);
  }

  /** The place of an engine, if it was asked for; asks nobody for the tenant. */
  @Nullable EngineSlot slot(String engine, @Nullable String of) {
    EngineSlot slot = slot(engine);
    String meant = of == null ? tenant : of;
    if (slot != null || meant == null || !registry().isPerTenant(engine)) {
      return slot;
    }
    return registry().tenants(engine).contains(meant)
        ? slot(registry().engine(engine, meant).name())
        : null;
  }

  /** The tenant of this unit, which never changes once it is known; null as long as it is not. */
  @Nullable String tenant() {
    String known = tenant;
    if (known == null) {
      String answer =
          origin()
              .attribute("tenant")
              .map(String::valueOf)
              .or(
                  () ->
                      registry()
                          .tenantResolver()
                          .map(resolver -> resolver.tenantOf(origin()::attribute)))
              .orElse(null);
      synchronized (this) {
        known = tenant;
        if (known == null) {
          known = answer;
          tenant = answer;
        }
      }
    }
    return known;
  }

  void readFromWriter() {
    readsFromWriter = true;
  }

  boolean readsFromWriter() {
    return readsFromWriter;
  }

  /**
   * Opens a session under its engine's policy. Called by the slot, which holds the guard, and is
   * told of the session before that can use a connection.
   */
  Session open(EngineSlot slot) {
    Engine engine = slot.engine();
    origin().beforeOpening();
    List<UnitHooks> ofAll = registry().hooks();
    for (int i = 0; i < ofAll.size(); i++) {
      ofAll.get(i).beforeOpening(engine.name());
    }
    if (!started) {
      started = true;
      Observer watching = registry().observer();
      if (watching != Observer.NONE) { // to look at the clock takes longer than to open a session
        observer =
            watching.unitStarted(
                new UnitInfo(IDS.incrementAndGet(), origin().label(), Instant.now()),
                origin()::attribute);
      }
    }
    Session session = session(engine);
    try {
      session.addEventListeners(guard);
      slot.opened(session);
      transactions.join(engine.name(), engine.policy(), session);
    } catch (RuntimeException | Error e) {
      SessionOwners.remove(session);
      CleanUp.attempt(session::close, e);
      throw e;
    }
    observer.sessionOpened(engine.name(), session);
    return session;
  }

  /** On a connection of its own, which the first statement acquires, or on one that is lent. */
  private Session session(Engine engine) {
    Optional<LentConnection> lent =
        origin().lent().find(engine.name()).or(() -> registry().lent().find(engine.name()));
    return lent.isEmpty()
        ? engine.openSession(origin()::attribute)
        : engine
            .withOptions(origin()::attribute)
            .connection(lent.get().by(engine, this).connection())
            .openSession();
  }

  /** Whether any of the engines may be on a connection that somebody else owns. */
  boolean isLent() {
    return !origin().lent().isEmpty() || !registry().lent().isEmpty();
  }

  @Override
  public boolean isInside(LentConnection.User other) {
    if (equals(other)) {
      return true;
    }
    DbSessionsContainer outer = origin().around().orElse(null);
    while (outer != null) {
      if (other.equals(outer.unitIfUsed())) {
        return true;
      }
      outer = outer.around().orElse(null);
    }
    return false;
  }

  @Override
  public boolean yields() {
    return origin().yields();
  }

  /** How many commits have succeeded so far. */
  int commits() {
    return commits;
  }

  /** Begins a limit that holds until it is lifted, inside of those that hold already. */
  TimeLimit limit(String what, Duration longest) {
    return limit(what, longest, Duration.ZERO);
  }

  /** As the other, for what has taken some of its time already. */
  TimeLimit limit(String what, Duration longest, Duration elapsed) {
    return whileUsed(
        () -> {
          TimeLimit inner = new TimeLimit(this, what, longest, elapsed, limit);
          limit = inner;
          guard.limit(inner);
          inner.start();
          return inner;
        });
  }

  void lift(TimeLimit ending) {
    ending.lift();
    if (limit == ending) {
      limit = ending.outer();
      guard.limit(limit);
    }
  }

  private void liftAll() {
    Stop stop = guard.stop();
    if (stop != null) {
      stop.lift();
    }
    for (TimeLimit each = limit; each != null; each = each.outer()) {
      lift(each);
    }
  }

  /** Ends the waiting for a connection of the thread that uses the unit, if it waits for one. */
  void stopWaiting(Supplier<? extends RuntimeException> reason) {
    guard.toInterruptible(
        thread -> {
          slots.forEach(slot -> slot.engine().stopWaiting(thread, reason));
          origin().lent().stopWaiting(thread, reason);
          registry().lent().stopWaiting(thread, reason);
        });
  }

  List<EngineSlot> slots() {
    return slots;
  }

  @Override
  public String label() {
    return origin().label();
  }

  /** Tells whoever watches the engines. */
  void warn(String engine, String warning) {
    registry().observer().engineWarning(engine, warning);
  }

  /** Takes the unit away from the thread that works in it, which rolls back and closes it. */
  void stop(Supplier<? extends RuntimeException> reason) {
    Stop stop = new Stop(this, reason);
    if (guard.stop(stop)) {
      stop.begin();
    }
  }

  /** Lets this thread wait in the unit for pieces of work; meanwhile no other may use it. */
  <T extends @Nullable Object, X extends Exception> List<T> await(ConcurrentWork<T, X> pieces)
      throws X {
    guard.enter();
    try {
      origin().beforeOpening(); // on this thread: what it does to this unit no piece may do
      awaited = pieces;
      return pieces.run();
    } finally {
      awaited = null;
      guard.exit();
    }
  }

  /** Makes the thread that uses the unit come back from where it is, if it may be interrupted. */
  void interrupt(Supplier<? extends RuntimeException> reason, Consumer<Session> statement) {
    ConcurrentWork<?, ?> pieces = awaited;
    if (pieces == null) {
      stopWaiting(reason);
      guard.cancel(() -> forEachOpenSession(statement));
    } else if (guard.isInterruptible()) {
      pieces.cancel();
    }
  }

  void doom() {
    doomed = true;
  }

  boolean isDoomed() {
    return doomed;
  }

  CommitReport commit() {
    refuseWhatIsInside(null);
    return whileUsed(() -> commitAll(transactions::restart));
  }

  CommitReport commit(EngineSlot slot) {
    String engine = slot.name();
    refuseWhatIsInside(engine);
    return whileUsed(
        () ->
            slot.openSession() == null
                ? CommitReport.EMPTY
                : commit(
                    () -> transactions.commit(engine, guard::beginCommitting),
                    () -> transactions.restart(engine),
                    () -> transactionalEnginesWith(slot)));
  }

  /** The last commit: nothing goes on afterwards, and nothing is left to be rolled back. */
  CommitReport commitAtEnd() {
    refuseWhatIsInside(null);
    return whileUsed(
        () -> {
          decided = true;
          return commitAll(() -> {});
        });
  }

  private <T> T whileUsed(Supplier<T> action) {
    guard.enter();
    try {
      return action.get();
    } finally {
      guard.exit();
    }
  }

  private CommitReport commitAll(Runnable goOn) {
    CommitReport report;
    try {
      report =
          commit(
              () -> transactions.commit(guard::beginCommitting), goOn, this::transactionalEngines);
    } catch (RuntimeException | Error e) {
      rolledBackBecause = e;
      runAfterRollback(e);
      throw e;
    }
    Hooks registered = registeredHooks();
    if (registered != null) {
      registered.runAfterCommit(report, observer);
    }
    return report;
  }

  private CommitReport commit(
      Supplier<CommitReport> committing, Runnable goOn, Supplier<List<String>> engines) {
    if (doomed) {
      throw refusal();
    }
    CommitReport report;
    Supplier<List<String>> rolledBack = this::transactionalEngines; // if a hook stops the commit
    try {
      runBeforeCommit();
      rolledBack = engines;
      report = committing.get();
    } catch (RuntimeException | Error e) {
      guard.endCommitting();
      observer.commitFailed(e, rolledBack.get());
      CleanUp.attempt(goOn, e);
      throw e;
    }
    guard.endCommitting();
    commits++;
    observer.committed(report);
    goOn.run();
    return report;
  }

  /** A hook that stops the commit stops it for all engines. */
  private void runBeforeCommit() {
    Hooks registered = registeredHooks();
    if (registered == null) {
      return;
    }
    try {
      registered.runBeforeCommit(this::openSessions);
    } catch (RuntimeException | Error e) {
      CleanUp.attempt(transactions::rollback, e);
      throw e;
    }
  }

  private Map<String, Session> openSessions() {
    Map<String, Session> sessions = new LinkedHashMap<>();
    for (EngineSlot slot : slots) {
      Session session = slot.openSession();
      if (session != null) {
        sessions.put(slot.name(), session);
      }
    }
    return Collections.unmodifiableMap(sessions);
  }

  /** Registers a hook of this unit's own. */
  void addHook(Consumer<Hooks> registration) {
    whileUsed(
        () -> {
          Hooks all = hooks;
          if (all == null) {
            all = newHooks();
          }
          registration.accept(all);
          return Boolean.TRUE;
        });
  }

  /** None is the rule, and costs nothing. */
  private @Nullable Hooks registeredHooks() {
    if (hooks == null && !registry().hooks().isEmpty()) {
      return newHooks();
    }
    return hooks;
  }

  private Hooks newHooks() {
    Hooks all = new Hooks(registry().hooks());
    if (attempting) {
      all.keepWhatThereIs();
    }
    hooks = all;
    return all;
  }

  private void runAfterRollback(@Nullable Throwable cause) {
    Hooks registered = registeredHooks();
    if (registered != null) {
      registered.runAfterRollback(cause, observer);
    }
  }

  /** Rolls all engines back, also when one only was to be committed: all of them are doomed. */
  private RollbackException refusal() {
    RollbackException refusal =
        new RollbackException(
            "The unit of work '"
                + origin().label()
                + "' was doomed and is rolled back: doom() rules out a commit.");
    CleanUp.attempt(
        () ->
            rollback(
                transactions::rollback,
                decided ? () -> {} : transactions::restart,
                transactionalEngines()),
        refusal);
    return refusal;
  }

  String engineFor(Class<?> entity) {
    return registry().engineFor(entity);
  }

  void rollback() {
    refuseWhatIsInside(null);
    whileUsed(
        () -> {
          try {
            rollback(transactions::rollback, transactions::restart, transactionalEngines());
          } finally {
            runAfterRollback(null);
          }
          return Boolean.TRUE;
        });
  }

  void rollback(EngineSlot slot) {
    String engine = slot.name();
    refuseWhatIsInside(engine);
    whileUsed(
        () -> {
          if (slot.openSession() != null) {
            rollback(
                () -> transactions.rollback(engine),
                () -> transactions.restart(engine),
                slot.isTransactional() ? List.of(engine) : List.of());
          }
          return Boolean.TRUE;
        });
  }

  private void rollback(Runnable rollback, Runnable goOn, List<String> engines) {
    Throwable failure = CleanUp.attempt(rollback, null);
    observer.rolledBack(engines);
    CleanUp.throwIfAny(CleanUp.attempt(goOn, failure));
  }

  /**
   * The session of a block, and a unit inside on the same lent connection, stand on the transaction
   * that would be ended under them.
   */
  private void refuseWhatIsInside(@Nullable String engine) {
    for (EngineSlot slot : slots) {
      if (slot.hasOpenSavepoint() && (engine == null || engine.equals(slot.name()))) {
        throw new IllegalStateException(
            "A savepoint block is open on engine '"
                + slot.name()
                + "': leave it before you commit, roll back or close. To undo the block alone,"
                + " throw out of it.");
      }
    }
    if (isLent()) {
      for (EngineSlot slot : slots) {
        if (engine == null || engine.equals(slot.name())) {
          slot.refuseUnlessInnermost();
        }
      }
    }
  }

  /** Rolls back and closes one engine. */
  void release(EngineSlot slot) {
    refuseWhatIsInside(slot.name());
    whileUsed(
        () -> {
          cleanUp(slot.name(), "rollback", () -> transactions.rollback(slot.name()), null);
          cleanUp(slot.name(), "new transaction", () -> transactions.leave(slot.name()), null);
          closeSessions(slot, null);
          return Boolean.TRUE;
        });
  }

  /** Gives the work that follows sessions and hooks of its own, so that it can be undone alone. */
  void beginAttempt(WhenOpen whenOpen) {
    if (mayBeUnderWay()) {
      settle(whenOpen);
    }
    slots.forEach(EngineSlot::release);
    attempting = true;
    if (hooks != null) {
      hooks.keepWhatThereIs();
    }
  }

  private void settle(WhenOpen whenOpen) {
    switch (whenOpen) {
      case COMMIT -> commit();
      case ROLLBACK -> rollback();
      case REFUSE, JOIN ->
          throw new IllegalStateException(
              "The unit of work '"
                  + origin().label()
                  + "' has work under way, which would be undone with the first attempt and not be"
                  + " done again. Commit it or roll it back before the work that is to be"
                  + " repeated.");
    }
  }

  /**
   * Undoes what was done since the attempt began, also after a commit that failed. What the attempt
   * has registered is forgotten, once its resources are closed.
   */
  void undoAttempt(Throwable cause) {
    whileUsed(
        () -> {
          decided = false;
          if (rolledBackBecause != cause) {
            try {
              rollback(transactions::rollback, () -> {}, transactionalEngines());
            } finally {
              runAfterRollback(cause);
            }
          }
          rolledBackBecause = null;
          slots.forEach(EngineSlot::release);
          if (hooks != null) {
            hooks.undoAttempt(observer);
          }
          return Boolean.TRUE;
        });
  }

  /** What happens from now on happens to everything that is not committed, attempt or not. */
  void endAttempt() {
    if (!attempting) {
      return;
    }
    attempting = false;
    if (hooks != null) {
      hooks.keepNothing();
      if (decided && rolledBackBecause != null) {
        hooks.runKeptAfterRollback(rolledBackBecause, observer);
      }
    }
  }

  /** Takes a step where a failure can't be thrown any more; the observer is told of it. */
  private @Nullable Throwable cleanUp(
      String engine, String action, Runnable step, @Nullable Throwable earlier) {
    Throwable failure = CleanUp.attempt(step, null);
    if (failure == null) {
      return earlier;
    }
    observer.cleanupFailed(engine, action, failure);
    return CleanUp.add(earlier, failure);
  }

  /** A session that can't answer, closed by hand for one, must not stop the end. */
  private boolean mayBeUnderWay() {
    try {
      return slots.stream().anyMatch(EngineSlot::isUnderWay);
    } catch (RuntimeException | Error e) {
      observer.cleanupFailed("", "look for work under way", e);
      return true;
    }
  }

  private @Nullable Throwable closeSessions(EngineSlot slot, @Nullable Throwable earlier) {
    boolean wasOpen = slot.openSession() != null;
    Throwable failure = cleanUp(slot.name(), "close", slot::closeSessions, earlier);
    if (wasOpen) {
      observer.sessionClosed(slot.name());
    }
    return failure;
  }

  /**
   * Rolls back what is not committed and closes every session. The caller has made itself the
   * closer with the guard.
   *
   * @param cause why the unit ends without a commit, as far as known
   * @return what failed, already told to the observer; null if nothing did
   */
  @Nullable Throwable end(@Nullable Throwable cause) {
    liftAll();
    endAttempt();
    Throwable failure = null;
    if (!decided) {
      boolean nothingSinceCommit = commits != 0 && cause == null && !mayBeUnderWay();
      failure = cleanUp("", "rollback", transactions::rollback, null);
      if (!nothingSinceCommit) {
        if (observer != UnitObserver.NONE) {
          observer.rolledBack(transactionalEngines());
        }
        runAfterRollback(cause);
      }
    }
    for (EngineSlot slot : slots) {
      failure = closeSessions(slot, failure);
    }
    slots.forEach(EngineSlot::leaveHost);
    guard.closed();
    Hooks registered = registeredHooks();
    if (registered != null) {
      registered.runOnClose(observer);
    }
    observer.ended();
    return failure;
  }

  Optional<Session> sessionOf(Object entity) {
    return whileUsed(
        () -> {
          for (EngineSlot slot : slots) {
            Session session = slot.openSession();
            if (session != null && isMapped(session, entity) && session.contains(entity)) {
              return Optional.of(session);
            }
          }
          return Optional.empty();
        });
  }

  /** Hibernate refuses to be asked about an object that is no entity of the session's engine. */
  private static boolean isMapped(Session session, Object entity) {
    return session
            .unwrap(SessionImplementor.class)
            .getFactory()
            .getMappingMetamodel()
            .findEntityDescriptor(Hibernate.getClassLazy(entity))
        != null;
  }

  void forEachOpenSession(Consumer<Session> action) {
    for (EngineSlot slot : slots) {
      Session session = slot.openSession();
      if (session != null) {
        action.accept(session);
      }
    }
  }

  /** The hosts of which a connection is in use here; in the order of first use. */
  List<EngineHost> hostsWithConnection() {
    List<EngineHost> hosts = new ArrayList<>();
    for (EngineSlot slot : slots) {
      Session session = slot.openSession();
      if (session != null && session.isOpen() && Cancellation.holdsConnectionOfPool(session)) {
        hosts.add(slot.hostInUse());
      }
    }
    return hosts;
  }

  /** The engines in use that have something to commit or to roll back. */
  private List<String> transactionalEngines() {
    return transactionalEngines(slot -> true);
  }

  /** Those that end together with one. */
  private List<String> transactionalEnginesWith(EngineSlot one) {
    return transactionalEngines(slot -> slot.engine().policy() == one.engine().policy());
  }

  private List<String> transactionalEngines(Predicate<EngineSlot> meant) {
    List<String> engines = new ArrayList<>();
    for (EngineSlot slot : slots) {
      if (slot.isTransactional() && slot.openSession() != null && meant.test(slot)) {
        engines.add(slot.name());
      }
    }
    return Collections.unmodifiableList(engines);
  }

  UnitObserver observer() {
    return observer;
  }

  DbSessionsContainer container() {
    return container;
  }

  UnitOrigin origin() {
    return container.origin();
  }

  private EngineRegistry registry() {
    return container.registry();
  }
}
