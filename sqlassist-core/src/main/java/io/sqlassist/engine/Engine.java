package io.sqlassist.engine;

import io.sqlassist.engine.HostMaker.Database;
import io.sqlassist.observe.Observer;
import io.sqlassist.schema.MappedTables;
import io.sqlassist.schema.SchemaInfo;
import io.sqlassist.schema.SchemaReport;
import io.sqlassist.transaction.TransactionPolicy;
import jakarta.persistence.Entity;
import jakarta.persistence.metamodel.EntityType;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.SessionBuilder;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.jspecify.annotations.Nullable;

/**
 * A named database: its {@link DataSource}, its Hibernate {@link SessionFactory}, its options.
 * Lives as long as the application.
 *
 * <p>Thread-safe.
 */
public final class Engine {

  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final EngineOptions options;
  private final EngineStarter starter;
  private final Observer observer;
  private final BeforeSession beforeSession;
  private final EngineState up = EngineState.of(EngineState.Status.UP);

  /** Set once: at the start, or later if the engine is optional. */
  private volatile @Nullable RunningEngine running;

  private volatile @Nullable OptionalStart start;
  private volatile @Nullable EngineState closed;

  /** Guards what changes the data source. */
  private final ReentrantLock changing = new ReentrantLock();

  private boolean ended;
  private final List<HostDrain> drains = new CopyOnWriteArrayList<>();

  /**
   * Creates an engine that has nothing yet; {@link #up(RunningEngine)} or {@link
   * #startedBy(OptionalStart)} follows before anybody sees it.
   */
  Engine(EngineStarter starter, Observer observer) {
    this.options = starter.options();
    this.starter = starter;
    this.observer = observer;
    this.beforeSession = starter.beforeSession();
  }

  /**
   * The engine has started.
   *
   * @return false if it was closed meanwhile, or is to start with another data source; then the
   *     caller closes what it has started with
   */
  boolean up(RunningEngine started) {
    changing.lock();
    try {
      if (closed != null || !starter.wants(started)) {
        return false;
      }
      running = started;
      return true;
    } finally {
      changing.unlock();
    }
  }

  /** Whether it has what it needs. */
  boolean hasStarted() {
    return running != null;
  }

  /** What to tell of an engine that is up. */
  String description() {
    return running().description();
  }

  /** The engine starts later, perhaps. */
  void startedBy(OptionalStart later) {
    start = later;
  }

  private RunningEngine running() {
    RunningEngine now = running;
    return now == null ? waitForStart() : now;
  }

  private RunningEngine waitForStart() {
    OptionalStart starting = start;
    if (closed != null || starting == null) {
      throw closedException();
    }
    return starting.await();
  }

  private IllegalStateException closedException() {
    return new IllegalStateException(
        "Engine '"
            + name()
            + "' is closed: it was removed, or its registry was. Get the engine of that name from"
            + " the registry anew, if there is one.");
  }

  /**
   * The name under which the engine is registered.
   *
   * @return the name
   */
  public String name() {
    return options.name();
  }

  /**
   * What this engine is.
   *
   * @return its options, never changed after the start
   */
  public EngineOptions options() {
    return options;
  }

  /**
   * Hibernate's factory of this engine. Sessions opened from it are the caller's to end and close;
   * they are bound to no data source: each connection comes from where the engine is at that
   * moment.
   *
   * @return the factory
   * @throws EngineDownException if the engine is optional and has not started yet
   */
  public SessionFactory sessionFactory() {
    return running().sessionFactory();
  }

  /**
   * Where the engine's connections come from: the object handed in, or the pool made for it. What
   * began before the last {@link #switchTo} may still be on another one.
   *
   * @return the data source, without the observers' instruments
   * @throws EngineDownException if the pool is to be made, and has not been yet because the engine
   *     is down
   */
  public DataSource dataSource() {
    DataSource handedIn = running == null ? starter.handedIn() : null;
    return handedIn == null ? running().connections().current().dataSource() : handedIn;
  }

  /**
   * How the engine's pool stands at this moment.
   *
   * @return its figures; empty if the pool is not HikariCP's and no engine on it has {@link
   *     EngineConfig#maxConnections(int)}; with that setting the figures of another pool count the
   *     connections of engines only, and none as idle; empty also if the engine is down
   */
  public Optional<PoolFigures> pool() {
    RunningEngine now = running;
    return now == null ? Optional.empty() : now.connections().current().pool();
  }

  /**
   * Ends a thread's waiting for a connection of this engine's pool, because the work that it waits
   * for is over. Does nothing if the thread does not wait, or not there.
   *
   * @param thread the thread
   * @param reason gives the exception that the thread gets, on that thread
   */
  public void stopWaiting(Thread thread, Supplier<? extends RuntimeException> reason) {
    RunningEngine now = running;
    if (now != null) {
      now.connections().forEachHost(host -> host.gate().callOff(thread, reason));
    }
    policy().stopWaiting(thread, reason);
  }

  /**
   * The host on which a unit of work that uses the engine for the first time opens its session. For
   * the sessions of units of work: who remembers the host asks again afterwards, since the engine
   * may have moved before that was to be seen.
   *
   * @param users knows who is bound to which host
   * @return the host of this moment
   * @throws EngineDownException if the engine is optional and has not started yet
   * @throws IllegalStateException if the engine is closed
   */
  public EngineHost host(HostUsers users) {
    EngineHost host = running().connections().current(users);
    if (closed != null) {
      throw closedException();
    }
    return host;
  }

  /** Runs the hooks that go before each new session. For the sessions of units of work. */
  public void beforeSession() {
    beforeSession.run(this);
  }

  /**
   * Whether the engine can be used. Asks no database.
   *
   * @return its state at this moment
   */
  public EngineState state() {
    EngineState end = closed;
    OptionalStart starting = start;
    if (end != null) {
      return end;
    }
    return starting == null ? up : starting.state();
  }

  /**
   * Drops the pooled connections: those that are idle at once, those in use when they come back.
   * Everything else stays: the pool, the engine, its listeners, sessions that are open. For the
   * moment after a failover, or after the database user got another password. On an optional engine
   * that is down it hurries the next attempt to start it.
   *
   * @throws UnsupportedOperationException if the pool is not HikariCP's and nobody has told how to
   *     do it, with {@link EngineConfig#reinit}
   */
  public void reinit() {
    RunningEngine now = running;
    if (now == null) {
      OptionalStart starting = start;
      if (closed != null || starting == null) {
        throw closedException();
      }
      starting.hurry();
      return;
    }
    EngineHost host = now.connections().current();
    KnownPool pool = host.gate().pool();
    Consumer<? super DataSource> evict = starter.reinit();
    if (evict != null) {
      evict.accept(host.dataSource());
    } else if (pool != null) {
      pool.evict();
    } else {
      throw new UnsupportedOperationException(
          "Engine '"
              + name()
              + "' can't drop the connections of its pool, a "
              + host.dataSource().getClass().getName()
              + ", which is not HikariCP's. Say how with reinit(pool -> ...) when the engine is"
              + " initialised, or call switchTo(...) with a new pool.");
    }
    observer.engineChanged(name(), "drops the pooled connections");
  }

  /**
   * Moves the engine to another data source, of the same kind of database, while it is in use.
   *
   * <ul>
   *   <li>The replacement is tried first; if it can't be used, nothing has changed.
   *   <li>Units of work that use the engine for the first time from now on use the replacement.
   *   <li>Those that have used it stay on the former data source until they end, with all their
   *       sessions. So do sessions opened by {@link #openSession()}, until they are closed.
   *   <li>When none is left, or after the drain, a pool that SqlAssist made is closed; a {@code
   *       DataSource} that was handed in never is.
   *   <li>Work that still has a connection of it after the drain is cut off: its statement is
   *       cancelled, it gets an {@link EngineMovedException} and is rolled back, except where its
   *       commit is on the way already.
   * </ul>
   *
   * <p>Returns as soon as the replacement is in use, and does not wait for the drain; {@link
   * #awaitDrained} does. The factory, its caches and statistics, listeners and observers stay. Does
   * nothing if the engine is on that very data source. On an optional engine that has not started
   * yet the replacement is what it starts with; an attempt with another one that is under way does
   * not count.
   *
   * @param replacement the data source to go on with; stays the application's and is never closed
   *     here
   * @param drain how long those who began before may take; zero cuts them off at once
   * @throws EngineSwitchException if the replacement can't be reached or is not what the engine
   *     needs; the engine stays where it is
   * @throws IllegalArgumentException if the replacement's settings contradict the engine
   * @throws UnsupportedOperationException if the engine commits with others through a coordinator
   */
  public void switchTo(DataSource replacement, Duration drain) {
    Objects.requireNonNull(replacement, "replacement");
    if (drain.isNegative()) {
      throw new IllegalArgumentException(
          "Engine '" + name() + "': the drain must be zero or longer, not " + drain + ".");
    }
    RunningEngine now = running;
    if (now == null) {
      now = startWith(replacement);
    }
    if (now != null && now.connections().current().dataSource() != replacement) {
      switchTo(now, replacement, drain);
    }
  }

  /**
   * Lets the engine start with the replacement, also if an attempt with another one is under way.
   *
   * @return null; or what it has just started with
   */
  private @Nullable RunningEngine startWith(DataSource replacement) {
    OptionalStart starting = start;
    changing.lock();
    try {
      if (closed != null || starting == null) {
        throw closedException();
      }
      RunningEngine now = running;
      if (now != null) {
        return now;
      }
      if (starter.handedIn() == replacement) {
        return null;
      }
      starter.replace(replacement);
    } finally {
      changing.unlock();
    }
    starting.hurry();
    return null;
  }

  private void switchTo(RunningEngine now, DataSource replacement, Duration drain) {
    if (policy().isCoordinated()) {
      throw new UnsupportedOperationException(
          "Engine '"
              + name()
              + "' can't move to another data source: it commits together with others through a"
              + " coordinator (JTA), whose log may name work in doubt on the one that it has."
              + " Remove the engine when nothing is in doubt, and initialise it anew.");
    }
    changing.lock();
    try {
      if (closed != null) {
        throw closedException();
      }
      EngineConnections connections = now.connections();
      EngineHost former = connections.current();
      if (former.dataSource() == replacement) {
        return; // another thread was faster
      }
      EngineHost host = replacementHost(now, replacement);
      connections.hosts().stream()
          .filter(each -> each.dataSource() == replacement)
          .forEach(each -> each.handPoolTo(host)); // back to one that is being drained
      connections.replace(host);
      Instant moved = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      drain(
          new HostDrain(
              connections,
              former,
              drain,
              () ->
                  new EngineMovedException(
                      name(),
                      "has moved to another data source, at "
                          + moved
                          + ", and the "
                          + drain.toMillis()
                          + " ms for what began before are over"),
              observer));
    } finally {
      changing.unlock();
    }
    observer.engineChanged(
        name(),
        "has moved to another data source; what began before has "
            + drain.toMillis()
            + " ms to finish on the former one");
  }

  private EngineHost replacementHost(RunningEngine now, DataSource replacement) {
    DataSource instrumented = now.hosts().instrumented(replacement);
    EngineHost host = null;
    try {
      host = now.hosts().host(replacement, instrumented, null);
      Database database = now.hosts().lookAt(host);
      if (!database.product().equals(now.database().product())) {
        throw new EngineSwitchException(
            name(),
            "that is on "
                + now.database()
                + ", and the replacement on "
                + database
                + ", for which its factory was not built. Replace the engine instead.",
            null);
      }
      return host;
    } catch (SQLException | RuntimeException e) {
      if (host != null) {
        host.gate().disuse(host);
      }
      if (e instanceof EngineSwitchException refused) {
        throw refused;
      }
      throw new EngineSwitchException(
          name(),
          "the replacement could not be reached: " + EngineStarter.reason(e, starter.password()),
          Secrets.mask(e, starter.password()));
    }
  }

  private void drain(HostDrain drain) {
    drains.removeIf(HostDrain::hasEnded);
    drains.add(drain);
    Thread thread = new Thread(null, drain, "sqlassist-drain-" + name(), 0, false);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Waits until no former data source is used any more: until then one that was handed in must not
   * be closed by the application.
   *
   * @param longest how long to wait
   * @return false if one still is used
   * @throws InterruptedException if the thread is interrupted meanwhile
   */
  public boolean awaitDrained(Duration longest) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.NANOSECONDS.convert(longest);
    for (HostDrain each : drains) {
      if (!each.awaitEnd(end - System.nanoTime())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether the engine refuses writes.
   *
   * @return true for a read-only engine
   */
  public boolean isReadOnly() {
    return options.kind() == EngineKind.READ_ONLY;
  }

  /**
   * Whether the engine was made the default.
   *
   * @return true if {@link EngineConfig#makeDefault()} was called for it
   */
  public boolean isDefault() {
    return options.isDefault();
  }

  /**
   * How this engine's sessions end in a unit of work.
   *
   * @return the policy; the same object for all units
   */
  public TransactionPolicy policy() {
    return options.policy();
  }

  /** Closes a connection of the engine's data source for good. */
  void evict(Connection connection) {
    running().connections().current().evict(connection);
  }

  /** Whether that very class is an entity here. */
  boolean maps(Class<?> type) {
    RunningEngine now = running;
    if (now == null) {
      return mappedClasses().contains(type);
    }
    return now.sessionFactory()
        .unwrap(SessionFactoryImplementor.class)
        .getMappingMetamodel()
        .isEntityClass(type);
  }

  /** The entities, as Hibernate has them; none before the start. */
  Set<EntityType<?>> entityTypes() {
    RunningEngine now = running;
    return now == null ? Set.of() : now.sessionFactory().getMetamodel().getEntities();
  }

  /** The classes of the entities; before the start those that are declared. */
  Set<Class<?>> mappedClasses() {
    Set<Class<?>> mapped = new LinkedHashSet<>();
    if (running == null) {
      options.entities().stream()
          .filter(each -> each.isAnnotationPresent(Entity.class))
          .forEach(mapped::add);
    }
    for (EntityType<?> type : entityTypes()) {
      if (type.getJavaType() != null) {
        mapped.add(type.getJavaType());
      }
    }
    return mapped;
  }

  /**
   * Opens a session that belongs to no unit of work: the caller begins, commits and closes.
   * Acquires no connection. It stays on the data source that the engine has now until it is closed.
   *
   * @return a new session
   * @throws EngineDownException if the engine is optional and has not started yet
   * @throws BeforeSessionException if a {@link EngineConfig#beforeSession} hook fails
   */
  public Session openSession() {
    beforeSession();
    RunningEngine now = open();
    Session session = now.sessionFactory().openSession();
    if (now.asksForWhom()) {
      session.addEventListeners(Acquiring.forNobody());
    }
    now.connections().bind(session.unwrap(SharedSessionContractImplementor.class));
    return session;
  }

  /**
   * Opens a session for a unit of work, which says what it belongs to: to the engine's {@link
   * ConnectionListener}, and in its SQL comments. Acquires no connection.
   *
   * @param attributes answers what the unit belongs to, for example {@code "request"}
   * @return a new session; the unit begins, commits and closes
   */
  public Session openSession(Function<String, Optional<Object>> attributes) {
    RunningEngine now = running();
    Session session =
        comments(now) == null
            ? now.sessionFactory().openSession()
            : withOptions(attributes).openSession();
    if (now.asksForWhom()) {
      session.addEventListeners(new Acquiring(attributes));
    }
    return session;
  }

  /**
   * The options of a further session of a unit of work.
   *
   * @param attributes answers what the unit belongs to
   * @return the options, to be completed
   */
  public SessionBuilder withOptions(Function<String, Optional<Object>> attributes) {
    RunningEngine now = running();
    SessionBuilder options = now.sessionFactory().withOptions();
    SqlComments comments = comments(now);
    return comments == null ? options : options.statementInspector(comments.of(attributes));
  }

  private static @Nullable SqlComments comments(RunningEngine now) {
    return now.sessionFactory()
                .unwrap(SessionFactoryImplementor.class)
                .getSessionFactoryOptions()
                .getStatementInspector()
            instanceof SqlComments comments
        ? comments
        : null;
  }

  private RunningEngine open() {
    RunningEngine now = running();
    if (closed != null) {
      throw closedException();
    }
    return now;
  }

  /**
   * Opens a stateless session that belongs to no unit of work: the caller begins, commits and
   * closes. It stays on the data source that the engine has now until it is closed.
   *
   * @return a new stateless session
   * @throws EngineDownException if the engine is optional and has not started yet
   * @throws BeforeSessionException if a {@link EngineConfig#beforeSession} hook fails
   */
  public StatelessSession openStatelessSession() {
    beforeSession();
    RunningEngine now = open();
    StatelessSession session = now.sessionFactory().openStatelessSession();
    now.connections().bind((SharedSessionContractImplementor) session);
    return session;
  }

  /**
   * Sets the isolation level of a connection that a session of this engine holds, before its
   * transaction begins. The connection goes back to the pool with the level it came with.
   *
   * @param connection the session's connection
   * @param level one of the constants of {@link Connection}
   * @throws SQLException if the driver refuses the level
   */
  public void isolate(Connection connection, int level) throws SQLException {
    running().connections().isolate(connection, level);
  }

  /**
   * Makes the tables of entities, with their keys, indexes and sequences, in an order that works:
   * those that are not there yet. Tables that are there stay as they are; {@link
   * #validateTables(Class[])} tells whether they fit. Where the database has transactions for
   * tables (PostgreSQL) all of them are made or none.
   *
   * @param entities entities, or superclasses of some: their tables, those of their superclasses,
   *     and those of their collections; none named: all
   * @throws IllegalArgumentException if the engine does not map one of the classes, or if a table
   *     refers to another that is neither there nor asked for; nothing is made
   * @throws ReadOnlyEngineException if the engine is read-only
   * @throws io.sqlassist.schema.SchemaChangeException if the database refuses a statement
   */
  public void createTables(Class<?>... entities) {
    refuseIfReadOnly("createTables(...)");
    RunningEngine now = running();
    now.tables().create(now.connections(), entities);
  }

  /**
   * Drops the tables of entities, with what is in them, in an order that works. Those that are not
   * there are skipped. A sequence goes with them unless other entities use it.
   *
   * @param entities as for {@link #createTables(Class[])}; none named: all
   * @throws IllegalArgumentException if the engine does not map one of the classes
   * @throws IllegalStateException if any other table of the database refers to one of these;
   *     nothing is dropped
   * @throws ReadOnlyEngineException if the engine is read-only
   * @throws io.sqlassist.schema.SchemaChangeException if the database refuses a statement
   */
  public void dropTables(Class<?>... entities) {
    refuseIfReadOnly("dropTables(...)");
    RunningEngine now = running();
    now.tables().drop(now.connections(), entities);
  }

  /**
   * Compares the database with the mapping: tables, sequences, columns with their types and whether
   * they may be null, primary keys, unique constraints, indexes and foreign keys, the latter four
   * by their columns, whatever they are called. Checks and default values are not compared. Changes
   * nothing.
   *
   * @param entities as for {@link #createTables(Class[])}; none named: all
   * @return everything that differs, not only the first thing
   * @throws IllegalArgumentException if the engine does not map one of the classes
   */
  public SchemaReport validateTables(Class<?>... entities) {
    RunningEngine now = running();
    return now.tables().compare(now.connections(), entities);
  }

  /**
   * Reads what tables and views the database has, mapped or not: in the schema that the engine's
   * connections are in, none of the database's own.
   *
   * @param names of tables; capital and small letters don't matter, unless two names differ in
   *     nothing else; none named: all
   * @return what the database tells at this moment
   * @throws IllegalArgumentException if there is no table of one of the names; the message lists
   *     those that there are
   */
  public SchemaInfo reflectTables(String... names) {
    return MappedTables.reflect(name(), running().connections(), names);
  }

  private void refuseIfReadOnly(String attempt) {
    if (isReadOnly()) {
      throw new ReadOnlyEngineException(name(), attempt);
    }
  }

  /**
   * Gives up all connections until {@link #resume()}, once those in use have come back; who wants
   * one meanwhile waits. What can't be done is for the caller to undo.
   *
   * @param endNanos until when to wait for connections in use, by {@link System#nanoTime()}
   * @throws IllegalStateException if some are still in use then
   */
  void suspend(long endNanos) {
    RunningEngine now = running;
    if (now == null) {
      return;
    }
    for (EngineHost host : now.connections().hosts()) {
      host.gate().shut();
    }
    for (EngineHost host : now.connections().hosts()) {
      while (!isQuiet(host)) {
        if (System.nanoTime() - endNanos > 0) {
          throw new IllegalStateException(
              "Engine '"
                  + name()
                  + "' has connections in use ("
                  + host.gate().figures()
                  + "), and a checkpoint can't hold them. Make checkpoints when no work is under"
                  + " way.");
        }
        LockSupport.parkNanos(LOOK_AGAIN_NANOS);
      }
    }
  }

  private boolean isQuiet(EngineHost host) {
    KnownPool pool = host.gate().pool();
    if (host.gate().hasHolders()) {
      return false;
    }
    if (pool == null) {
      Consumer<? super DataSource> evict = starter.reinit();
      if (evict != null) {
        evict.accept(host.dataSource());
      }
      return true;
    }
    if (pool.isConnected()) {
      pool.evict();
      return false;
    }
    return true;
  }

  /** Connects again when the next connection is wanted. */
  void resume() {
    RunningEngine now = running;
    if (now != null) {
      now.connections().forEachHost(host -> host.gate().open());
    }
  }

  /** Whether a session is open, or a unit of work may open one again. */
  boolean isUsed() {
    RunningEngine now = running;
    return now != null && now.connections().hosts().stream().anyMatch(now.connections()::isUsed);
  }

  /**
   * Opens no sessions any more, lets those that are open finish, and closes then.
   *
   * @param drain how long they may take
   */
  void close(Duration drain) {
    HostDrain closing = null;
    changing.lock();
    try {
      closed = EngineState.of(EngineState.Status.CLOSED);
      RunningEngine now = running;
      if (now != null) {
        closing =
            new HostDrain(
                now.connections(),
                now.connections().current(),
                drain,
                () -> new EngineMovedException(name(), "was closed"),
                observer);
        drains.add(closing);
      }
    } finally {
      changing.unlock();
    }
    if (closing != null) {
      closing.endWork();
      for (HostDrain each : drains) { // those of former moves, which are not waited for any longer
        if (each != closing && !each.hasEnded()) {
          each.endWorkNow();
        }
      }
    }
    try {
      close();
    } finally {
      if (drains.stream().anyMatch(HostDrain::wasInterrupted)) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Closes the factory, then the pool if it is ours; the failure of one does not stop the other. A
   * second call does nothing.
   */
  void close() {
    OptionalStart starting = start;
    changing.lock();
    try {
      closed = EngineState.of(EngineState.Status.CLOSED);
      if (ended) {
        return;
      }
      ended = true;
    } finally {
      changing.unlock();
    }
    if (starting != null) {
      starting.close();
    }
    drains.forEach(HostDrain::hurry);
    RunningEngine now = running;
    if (now != null) {
      now.close();
    }
  }

  @Override
  public String toString() {
    return "Engine[" + options.name() + ", " + options.kind() + "]";
  }
}
