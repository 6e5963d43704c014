package io.sqlassist.session;

import io.sqlassist.engine.EngineHost;
import io.sqlassist.engine.EngineMovedException;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.EntityRoutingException;
import io.sqlassist.transaction.CommitReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one unit of work, by the names of their engines. Each is opened by the first
 * access to it, which acquires no connection: the first statement does.
 *
 * <p>A unit of work ends with {@link #commit()} and {@link #close()}, or with {@code close()}
 * alone, which rolls back. Whoever started it ends it: the plugin for a request, {@code inUnit} for
 * a block.
 *
 * <p>Used by one thread at a time. It may be handed from one thread to another; two threads at once
 * are refused with a {@link ConcurrentUnitException}.
 *
 * <p>Subclass it to give more engines a name of their own:
 *
 * <pre>{@code
 * class ShopSessions extends DbSessionsContainer {
 *   ShopSessions(EngineRegistry registry, UnitOrigin origin) {
 *     super(registry, origin);
 *   }
 *
 *   Session ledger() {
 *     return session("ledger");
 *   }
 * }
 * }</pre>
 */
public class DbSessionsContainer implements AutoCloseable {

  static final String READER = "reader";
  static final String WRITER = "writer";
  static final String LOGGER = "logger";

  private final EngineRegistry registry;
  private final UnitOrigin origin;
  private @Nullable Session reader;
  private @Nullable Session writer;
  private @Nullable Session logger;
  private volatile @Nullable Unit unit;
  private volatile @Nullable Thread ender; // whoever has ended the unit of work

  /**
   * Creates the container of a new unit of work. Costs one small object: nothing is opened, looked
   * up or told to anybody before the first access.
   *
   * @param registry the engines
   * @param origin where the unit of work comes from
   */
  public DbSessionsContainer(EngineRegistry registry, UnitOrigin origin) {
    this.registry = registry;
    this.origin = origin;
  }

  /**
   * The session of the engine {@code reader}.
   *
   * @return the session, the same one for the whole unit of work
   * @throws io.sqlassist.engine.UnknownEngineException if there is no such engine
   * @throws UnitEndedException if the unit of work has ended
   * @throws ConcurrentUnitException if another thread is using the unit of work
   */
  public Session reader() {
    Session open = reader;
    if (open == null) {
      open = session(READER);
      reader = open;
      forgetIfEnded();
    }
    return open;
  }

  /**
   * The session of the engine {@code writer}.
   *
   * @return the session, the same one for the whole unit of work
   * @throws io.sqlassist.engine.UnknownEngineException if there is no such engine
   * @throws UnitEndedException if the unit of work has ended
   * @throws ConcurrentUnitException if another thread is using the unit of work
   */
  public Session writer() {
    Session open = writer;
    if (open == null) {
      open = session(WRITER);
      writer = open;
      forgetIfEnded();
    }
    return open;
  }

  /**
   * The session of the engine {@code logger}.
   *
   * @return the session, the same one for the whole unit of work
   * @throws io.sqlassist.engine.UnknownEngineException if there is no such engine
   * @throws UnitEndedException if the unit of work has ended
   * @throws ConcurrentUnitException if another thread is using the unit of work
   */
  public Session logger() {
    Session open = logger;
    if (open == null) {
      open = session(LOGGER);
      logger = open;
      forgetIfEnded();
    }
    return open;
  }

  /**
   * A session to read from, whichever costs least: the reader if it is open, else the writer if it
   * is open; else opens the reader, or the writer where no reader is registered. Never the logger.
   *
   * @return an open session
   * @throws io.sqlassist.engine.UnknownEngineException if there is neither a reader nor a writer
   * @throws UnitEndedException if the unit of work has ended
   */
  public Session any() {
    return any(null);
  }

  Session any(@Nullable String tenant) {
    boolean fromWriter =
        status(READER, tenant) != EngineStatus.START
            && (status(WRITER, tenant) == EngineStatus.START || isOnlyWriter(tenant));
    return on(fromWriter ? WRITER : READER, tenant).session();
  }

  /**
   * A session to read from that sees what this unit of work has written: the writer, once this unit
   * has used it; else the reader, or the writer where no reader is registered. A reader may lag
   * behind, as a replica does, and never sees what is not committed yet.
   *
   * <p>What was read through the reader before stays as it was read: its session, and what it
   * holds, know nothing of the writer's.
   *
   * @return an open session
   * @throws io.sqlassist.engine.UnknownEngineException if there is neither a reader nor a writer
   * @throws UnitEndedException if the unit of work has ended
   * @see #readFromWriter()
   */
  public Session readYourWrites() {
    return readYourWrites(null);
  }

  Session readYourWrites(@Nullable String tenant) {
    Unit used = unit;
    boolean fromWriter =
        (used != null && used.readsFromWriter())
            || status(WRITER, tenant) != EngineStatus.INIT
            || isOnlyWriter(tenant);
    return on(fromWriter && isRegistered(WRITER) ? WRITER : READER, tenant).session();
  }

  /**
   * Makes {@link #readYourWrites()} the writer from now on, also when this unit of work has not
   * used it. For the unit that follows one which has written: the next request of the same client,
   * as long as the reader may lag behind. Opens nothing.
   *
   * @throws UnitEndedException if the unit of work has ended
   */
  public void readFromWriter() {
    unit().readFromWriter();
  }

  private EngineStatus status(String engine, @Nullable String tenant) {
    Unit used = unit;
    EngineSlot slot = used == null ? null : used.slot(engine, tenant);
    return slot == null ? EngineStatus.INIT : slot.status();
  }

  private boolean isRegistered(String engine) {
    return registry.find(engine).isPresent() || registry.isPerTenant(engine);
  }

  /** Whether there is a writer to read from, and no reader. */
  private boolean isOnlyWriter(@Nullable String tenant) {
    if (!registry.isPerTenant(READER)) {
      return registry.find(READER).isEmpty() && isRegistered(WRITER);
    }
    String meant = tenant == null ? unit().tenant() : tenant;
    return meant != null
        && !registry.tenants(READER).contains(meant)
        && (registry.find(WRITER).isPresent() || registry.tenants(WRITER).contains(meant));
  }

  /**
   * The session of the engine on which an entity lives. That is the engine which {@linkplain
   * io.sqlassist.engine.EngineConfig#owns owns} it, or which {@link io.sqlassist.engine.OnEngine}
   * names; without such a rule the only one that maps it. Where several do, a read-write engine
   * goes before an autocommit engine, and that before a read-only one: of {@code reader} and {@code
   * writer} it is the writer.
   *
   * @param entity the class of an entity, or of Hibernate's proxy of one
   * @return the session, the same one for the whole unit of work
   * @throws io.sqlassist.engine.EntityRoutingException if no engine maps the class, if several do
   *     and nothing decides between them, or if the rule names an engine that does not map it
   * @throws UnitEndedException if the unit of work has ended
   */
  public Session sessionFor(Class<?> entity) {
    return on(entity).session();
  }

  /**
   * The engine on which an entity lives, as {@link #sessionFor}. Opens nothing.
   *
   * @param entity the class of an entity, or of Hibernate's proxy of one
   * @return its scope
   * @throws io.sqlassist.engine.EntityRoutingException as {@link #sessionFor}
   * @throws UnitEndedException if the unit of work has ended
   */
  public EngineScope on(Class<?> entity) {
    return on(engineFor(entity));
  }

  /**
   * A repository on the engine where its entity lives, as {@link #sessionFor} tells it. For another
   * engine say which: {@code db.on("reader").repository(Books.class)}.
   *
   * @param type an interface that Hibernate's annotation processor has implemented
   * @param <R> the interface
   * @return the repository, the same one for the whole unit of work
   * @throws IllegalArgumentException as {@link EngineScope#repository}, or if it can't be told
   *     which entity it is for
   * @throws io.sqlassist.engine.EntityRoutingException as {@link #sessionFor}
   * @throws UnitEndedException if the unit of work has ended
   */
  public <R> R repository(Class<R> type) {
    return on(RepositoryPlan.of(type).entity()).repository(type);
  }

  String engineFor(Class<?> entity) {
    return registry.engineFor(entity);
  }

  /**
   * This unit of work as a tenant sees it, whichever tenant the unit itself is for. Both are
   * committed and rolled back together.
   *
   * @param tenant the tenant
   * @return its sessions
   */
  public TenantSessions tenant(String tenant) {
    return new TenantSessions(this, Objects.requireNonNull(tenant, "tenant"));
  }

  /**
   * The tenant that this unit of work is for: what its origin says, else what the registry's {@link
   * io.sqlassist.engine.TenantResolver} says; for a unit inside of another one that of the outer
   * unit. Once it is known it stays the same until the end.
   *
   * @return the tenant, or empty if nobody can tell it
   * @throws UnitEndedException if the unit of work has ended
   */
  public Optional<String> tenant() {
    return Optional.ofNullable(unit().tenant());
  }

  /**
   * The session of an engine.
   *
   * @param engine the engine's name, or the one that the engines of tenants share
   * @return the session, the same one for the whole unit of work
   * @throws io.sqlassist.engine.UnknownEngineException if there is no such engine; the message
   *     lists the known ones
   * @throws io.sqlassist.engine.UnknownTenantException if this unit's tenant has no such engine
   * @throws NoTenantException if each tenant has such an engine, and this unit is for none
   * @throws UnitEndedException if the unit of work has ended
   * @throws ConcurrentUnitException if another thread is using the unit of work
   */
  public Session session(String engine) {
    return unit().session(engine);
  }

  /**
   * Everything else about one engine in this unit of work. Opens nothing.
   *
   * @param engine the engine's name, or the one that the engines of tenants share
   * @return its scope, the same one for the whole unit of work
   * @throws io.sqlassist.engine.UnknownEngineException if there is no such engine
   * @throws io.sqlassist.engine.UnknownTenantException if this unit's tenant has no such engine
   * @throws NoTenantException if each tenant has such an engine, and this unit is for none
   * @throws UnitEndedException if the unit of work has ended
   */
  public EngineScope on(String engine) {
    return on(engine, null);
  }

  EngineScope on(String engine, @Nullable String tenant) {
    return unit().slotOrNew(engine, tenant).scope();
  }

  /**
   * Whether a session of that engine is open in this unit of work. Opens nothing; works after the
   * end, too.
   *
   * @param engine the engine's name, or the one that the engines of tenants share
   * @return true if it is in use
   */
  public boolean isOpen(String engine) {
    return status(engine, null) == EngineStatus.START;
  }

  /**
   * What this unit of work has done with each engine. Opens nothing; works after the end, too.
   *
   * @return engine name to status, in the order in which the engines were initialised; a snapshot
   */
  public Map<String, EngineStatus> statuses() {
    Unit used = unit;
    Map<String, EngineStatus> statuses = new LinkedHashMap<>();
    for (String engine : registry.names()) {
      EngineSlot slot = used == null ? null : used.slot(engine);
      statuses.put(engine, slot == null ? EngineStatus.INIT : slot.status());
    }
    return Collections.unmodifiableMap(statuses);
  }

  /**
   * Commits every engine: flushes all, so that what can fail fails first, then commits them in the
   * order of their first use. Sessions stay open and go on in new transactions.
   *
   * @return the outcome of each engine that had something to commit
   * @throws io.sqlassist.transaction.PartialCommitException if a commit failed and not everything
   *     is known to be rolled back
   * @throws jakarta.persistence.RollbackException if a transaction is marked rollback-only, or the
   *     unit is doomed; everything is rolled back
   * @throws RuntimeException any other failure; everything is rolled back
   */
  public CommitReport commit() {
    Unit used = unit;
    checkNotEnded();
    return used == null ? CommitReport.EMPTY : used.commit();
  }

  /**
   * Rolls back every transactional engine. Sessions stay open and go on, empty, in new
   * transactions. What autocommit engines have not flushed yet they flush.
   *
   * @throws RuntimeException if a database could not be told; it undoes the work by itself
   */
  public void rollback() {
    Unit used = unit;
    checkNotEnded();
    if (used != null) {
      used.rollback();
    }
  }

  /**
   * Rules out a commit: this unit of work rolls back, whatever happens. May be called from any
   * thread.
   */
  public void doom() {
    unit().doom();
  }

  /**
   * Why this unit of work was cut off, if an engine has moved away from under it, or was closed. A
   * statement that was cancelled because of that fails with an exception of the driver's, which
   * does not say so.
   *
   * @return the exception of every further use; empty if the unit was not cut off
   */
  public Optional<EngineMovedException> cutOff() {
    Unit used = unit;
    Stop stop = used == null ? null : used.guard().stop();
    return stop != null && stop.exception() instanceof EngineMovedException moved
        ? Optional.of(moved)
        : Optional.empty();
  }

  /**
   * Whether {@link #doom()} was called.
   *
   * @return true if this unit of work can only roll back
   */
  public boolean isDoomed() {
    Unit used = unit;
    return used != null && used.isDoomed();
  }

  /**
   * Commits and ends the unit of work, in one step and at the price of one commit. For whoever owns
   * the unit: the plugin, {@code inUnit}.
   *
   * @return the outcome of each engine that had something to commit
   * @throws RuntimeException as {@link #commit()}; the unit of work is still open then, rolled
   *     back, and must be closed
   */
  public CommitReport commitAndClose() {
    Unit used = unit;
    checkNotEnded();
    CommitReport report = used == null ? CommitReport.EMPTY : used.commitAtEnd();
    close();
    return report;
  }

  /**
   * Ends the unit of work: rolls back what is not committed, closes every session, gives every
   * connection back. Any use afterwards throws. Does nothing if it has ended already.
   *
   * <p>Throws nothing: by now the outcome is decided. What fails is told to the observers, and one
   * engine's failure does not stop the others. If another thread is using the unit, that is ended
   * as by {@link #abandon()}.
   */
  @Override
  public void close() {
    closeBecause(null);
  }

  /**
   * Ends the unit of work after a failure, as {@link #close()} does. What fails on the way is added
   * to that failure as suppressed, besides being told to the observers.
   *
   * @param cause why the unit failed, or null
   */
  public void closeBecause(@Nullable Throwable cause) {
    Unit used = endUse();
    if (used == null) {
      return;
    }
    if (cause != null) {
      CleanUp.attempt(() -> tellWhereEntityLives(cause), cause);
    }
    if (used.guard().beginClosing()) {
      Throwable failure = used.end(cause);
      if (failure != null && cause != null && failure != cause) {
        cause.addSuppressed(failure);
      }
    } else {
      abandon();
    }
  }

  /** What Hibernate can't say, knowing one engine only; an inner unit may have said it already. */
  private void tellWhereEntityLives(Throwable cause) {
    for (Throwable suppressed : cause.getSuppressed()) {
      if (suppressed instanceof EntityRoutingException) {
        return;
      }
    }
    registry.misplacedEntity(cause).ifPresent(cause::addSuppressed);
  }

  /**
   * Ends the unit of work while another thread may still be using it, for example after a time-out:
   * from now on any use throws, the statement that runs is cancelled, and the sessions are rolled
   * back and closed as soon as that thread has let go of them. Returns at once.
   */
  public void abandon() {
    Unit used = endUse();
    if (used != null && used.guard().abandon()) {
      new AbandonedUnit(used).closeWhenQuiet();
    }
  }

  /** Called after each write of a field: the end may come between the opening and the write. */
  private void forgetIfEnded() {
    if (isEnded()) {
      reader = null;
      writer = null;
      logger = null;
    }
  }

  /**
   * Whether another thread than this one has ended the unit of work, without asking whoever works
   * in it.
   */
  boolean isEndedElsewhere() {
    Thread by = ender;
    return by != null && by != Thread.currentThread();
  }

  /**
   * Whether the unit of work has ended.
   *
   * @return true after {@link #close()}
   */
  public boolean isEnded() {
    return ender != null;
  }

  /**
   * Limits how long this unit of work may take from now on: after that the running statement is
   * cancelled, every further use is refused with a {@link UnitTimeoutException}, and so is a
   * commit. Default: no limit.
   *
   * @param limit the longest time
   */
  public void timeout(Duration limit) {
    timeout(limit, Duration.ZERO);
  }

  /**
   * As {@link #timeout(Duration)}, where some of the time has gone already: for integrations with
   * frameworks, which know when a request began.
   *
   * @param limit the longest time
   * @param elapsed how much of it has passed
   */
  public void timeout(Duration limit, Duration elapsed) {
    BlockSettings.DEFAULT.withTimeout(limit);
    unit().limit("The unit of work '" + origin.label() + "'", limit, elapsed);
  }

  /**
   * Calls a hook before each commit of this unit of work, whichever way it is asked for: before any
   * engine is flushed or committed. The hook may use the sessions. If it throws, everything is
   * rolled back and the exception reaches whoever asked for the commit.
   *
   * @param hook what to do
   * @see io.sqlassist.engine.EngineRegistry#hooks(io.sqlassist.transaction.UnitHooks)
   */
  public void beforeCommit(Runnable hook) {
    unit().addHook(hooks -> hooks.beforeCommit(hook));
  }

  /**
   * Calls a hook once, after all engines of this unit of work have committed the work done so far;
   * not after the commit of one engine alone, and never after a rollback. It runs before the answer
   * is sent. What it throws is told to the observers and changes nothing: the work is durable. A
   * process that dies between the commit and the hook never calls it; what must not be lost belongs
   * into a table (see the guide's page on the outbox).
   *
   * @param hook what to do with the outcome of each engine
   */
  public void afterCommit(Consumer<? super CommitReport> hook) {
    unit().addHook(hooks -> hooks.afterCommit(hook));
  }

  /**
   * Calls a hook once, if the work done so far is rolled back instead of being committed. What it
   * throws is told to the observers.
   *
   * @param hook what to do; receives why, or null where nobody said so
   */
  public void afterRollback(Consumer<? super @Nullable Throwable> hook) {
    unit().addHook(hooks -> hooks.afterRollback(hook));
  }

  /**
   * Calls a hook once, after every session is closed and every connection given back; in a unit
   * that was abandoned, on another thread. What it throws is told to the observers.
   *
   * @param hook what to do
   */
  public void onClose(Runnable hook) {
    unit().addHook(hooks -> hooks.onClose(hook));
  }

  /**
   * Runs pieces of work at the same time, each in a unit of work of its own: with its own sessions
   * and connections, committed when the piece returns, rolled back when it throws. Returns when
   * every piece has let go. The sessions of this unit are not touched, and refuse to be used by the
   * pieces.
   *
   * <p>The first failure cancels the rest: what has not begun never begins; where a piece is under
   * way its statement is cancelled, or its wait for a connection, every further use is refused, and
   * it rolls back. What other pieces have committed by then stays committed. The same happens when
   * this thread is interrupted, which stays interrupted, and when this unit is ended by another
   * thread or its time is over. A piece that does something else than use its unit is waited for.
   *
   * <p>Runs at most as many pieces at once as the smallest pool of the registry has connections,
   * without those that this unit holds; four where no pool tells its size. On virtual threads where
   * the JVM has them, from Java 21; before that on daemon threads, of which all calls together
   * share 64, and each call has one more. The pieces have the context class loader of this thread,
   * none of its thread-locals.
   *
   * @param work the pieces
   * @param <T> what they return
   * @param <X> what they may throw
   * @return their results, in the order of the work; not modifiable
   * @throws X the first failure of a piece, or of its commit; the other failures are suppressed
   * @throws IllegalArgumentException if an entry is null; nothing has begun then
   * @throws io.sqlassist.engine.EngineBusyException if units that wait here for their pieces hold
   *     all connections of a pool but one, and this one holds that: nothing has begun, since no
   *     piece could get a connection
   * @throws IllegalStateException if this unit alone, with those it is inside of, holds all
   *     connections of a pool; nothing has begun
   * @throws java.util.concurrent.CancellationException if this thread is interrupted
   * @throws UnitEndedException if this unit of work has ended
   * @throws UnitTimeoutException if the time of this unit, or of the block around, is over
   * @throws ConcurrentUnitException if another thread is using this unit of work
   */
  public <T extends @Nullable Object, X extends Exception> List<T> concurrently(
      List<? extends UnitFunction<? extends T, ? extends X>> work) throws X {
    Unit used = unit();
    List<UnitFunction<? extends T, ? extends X>> pieces = new ArrayList<>(work);
    int missing = pieces.indexOf(null);
    if (missing >= 0) {
      throw new IllegalArgumentException(
          "The piece of work at index " + missing + " is null; nothing was started.");
    }
    return pieces.isEmpty() ? List.of() : used.await(new ConcurrentWork<T, X>(this, used, pieces));
  }

  /**
   * The unit of work that an open session belongs to.
   *
   * @param session any session
   * @return its unit of work; empty for a session opened outside of one, or closed
   */
  public static Optional<DbSessionsContainer> of(Session session) {
    return Optional.ofNullable(SessionOwners.ownerOf(session));
  }

  /**
   * The session of this unit of work that manages an entity.
   *
   * @param entity any object
   * @return the session; empty for an entity that is detached, that belongs to another unit of
   *     work, or that was rolled back, and for an object that is no entity
   * @throws UnitEndedException if the unit of work has ended
   */
  public Optional<Session> sessionOf(Object entity) {
    return unit().sessionOf(entity);
  }

  /**
   * Work that has this unit of work as the current one on whichever thread runs it, and restores
   * what was current there before. The unit still belongs to one thread at a time: let the other
   * one wait.
   *
   * @param work the work
   * @return the work, to be handed to another thread; throws {@link UnitEndedException} if the unit
   *     has ended by the time it runs
   */
  public Runnable wrap(Runnable work) {
    return () -> {
      enterToWork();
      try {
        work.run();
      } finally {
        CurrentUnit.leave(this);
      }
    };
  }

  /**
   * As {@link #wrap(Runnable)}, for work that returns something and may throw. Has a name of its
   * own, since a lambda that is one call could be taken for either.
   *
   * @param work the work
   * @param <T> what it returns
   * @return the work, to be handed to another thread
   */
  public <T extends @Nullable Object> Callable<T> wrapCallable(Callable<T> work) {
    return () -> {
      enterToWork();
      try {
        return work.call();
      } finally {
        CurrentUnit.leave(this);
      }
    };
  }

  /**
   * As {@link #wrap(Runnable)}, for a supplier. Has a name of its own, since a lambda could be
   * taken for a {@code Callable} as well.
   *
   * @param work the work
   * @param <T> what it returns
   * @return the work, to be handed to another thread
   */
  public <T extends @Nullable Object> Supplier<T> wrapSupplier(Supplier<T> work) {
    return () -> {
      enterToWork();
      try {
        return work.get();
      } finally {
        CurrentUnit.leave(this);
      }
    };
  }

  /**
   * An executor whose tasks have this unit of work as the current one.
   *
   * @param executor runs the tasks
   * @return the executor to hand out, for example to {@code CompletableFuture.runAsync}
   */
  public Executor wrap(Executor executor) {
    return task -> executor.execute(wrap(task));
  }

  private void enterToWork() {
    checkNotEnded();
    CurrentUnit.enter(this);
  }

  List<EngineHost> hostsWithConnection() {
    Unit used = unit;
    return used == null ? List.of() : used.hostsWithConnection();
  }

  EngineRegistry registry() {
    return registry;
  }

  /**
   * The unit of work around this one, which goes on only when this one is over: the outer one of an
   * inner unit, or the one that waits for a piece of {@code concurrently}.
   *
   * @return the outer unit; empty for a unit of its own
   */
  public Optional<DbSessionsContainer> around() {
    return origin.around();
  }

  UnitOrigin origin() {
    return origin;
  }

  /** Whether this unit of work uses those engines. */
  boolean isOver(EngineRegistry engines) {
    return registry == engines;
  }

  /**
   * Something the unit of work belongs to. In a Javalin request {@code "request"} is the {@code
   * Context}. A unit that was begun by {@code inUnit} or {@code openUnit} inside of another one
   * belongs to the same.
   *
   * @param name what is asked for
   * @return the object, or empty
   */
  public Optional<Object> attribute(String name) {
    return origin.attribute(name);
  }

  @Override
  public String toString() {
    return getClass().getSimpleName() + "[" + origin.label() + "]" + statuses();
  }

  /** The working part, if there has been an access. */
  @Nullable Unit unitIfUsed() {
    return unit;
  }

  /** Called by a scope that was closed alone: the next access must open a fresh session. */
  void forget(String role) {
    switch (role) {
      case READER -> reader = null;
      case WRITER -> writer = null;
      case LOGGER -> logger = null;
      default -> {
        // has no field of its own
      }
    }
  }

  /** From here on every access goes the long way, and is refused there. */
  private @Nullable Unit endUse() {
    if (ender == null) {
      ender = Thread.currentThread();
    }
    CurrentUnit.leave(this);
    forgetIfEnded();
    return unit;
  }

  void checkNotEnded() {
    if (isEnded()) {
      throw new UnitEndedException(origin.label());
    }
  }

  /** Made by the first call; refused after the end. */
  Unit unit() {
    checkNotEnded();
    Unit used = unit;
    if (used == null) {
      synchronized (this) {
        used = unit;
        if (used == null) {
          used = new Unit(this);
          unit = used;
        }
      }
      if (isEnded()) {
        // The end came between the check and the creation, and has seen nothing to close.
        used.guard().abandon();
        throw new UnitEndedException(origin.label());
      }
    }
    return used;
  }
}
