package io.sqlassist.engine;

import io.sqlassist.observe.LoggingObserver;
import io.sqlassist.observe.Observer;
import io.sqlassist.transaction.UnitHooks;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The engines of an application, by name, in the order in which they were initialised.
 *
 * <p>Thread-safe. Looking up an engine takes no lock. Most applications use the shared registry
 * through {@code SqlAssist}; tests, and several applications in one JVM, make their own.
 */
public final class EngineRegistry implements AutoCloseable {

  private static final StackWalker STACK =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final Set<String> NOT_THE_CALLER =
      Set.of(EngineRegistry.class.getName(), "io.sqlassist.SqlAssist");

  private static final long LOOK_AGAIN_MILLIS = 10;

  /** How long a checkpoint waits for work that is under way. */
  private static final Duration SUSPENSION = Duration.ofSeconds(10);

  private final Object registration = new Object();
  private final List<Consumer<? super EngineConfig>> defaults = new ArrayList<>();
  private final Set<String> starting = new TreeSet<>();
  private final HealthCheck healthCheck = new HealthCheck();

  /** Those that were replaced, and finish what began on them. */
  private final Set<Engine> retiring = ConcurrentHashMap.newKeySet();

  private volatile Map<String, Engine> engines = Map.of();
  private volatile TenantEngines tenantEngines = TenantEngines.NONE;
  private volatile EntityPlaces places = EntityPlaces.NONE;
  private volatile @Nullable TenantResolver tenants;
  private volatile Observer observer;
  private volatile List<UnitHooks> hooks = List.of();
  private volatile boolean closed;
  private volatile LentConnections lent = LentConnections.NONE;

  /** Held for its sake only: nobody else does. Null where no checkpoints are made. */
  @SuppressWarnings("unused")
  private @Nullable Object checkpoints;

  private EngineRegistry(Observer observer) {
    this.observer = observer;
  }

  /**
   * A new, empty registry that logs through SLF4J.
   *
   * @return the registry
   */
  public static EngineRegistry create() {
    return create(new LoggingObserver());
  }

  /**
   * A new, empty registry with another observer than the log.
   *
   * @param observer told of everything; {@link Observer#NONE} for silence
   * @return the registry
   */
  public static EngineRegistry create(Observer observer) {
    EngineRegistry registry = new EngineRegistry(Observer.all(observer));
    registry.checkpoints = Checkpoints.of(registry);
    return registry;
  }

  /**
   * Adds an observer. It is told of what happens from now on; engines that run already are not
   * instrumented by it.
   *
   * @param added the observer
   */
  public void observe(Observer added) {
    synchronized (registration) {
      observer = Observer.all(observer, added);
    }
  }

  /**
   * Everybody who watches this registry, as one.
   *
   * @return the observer, with failures contained
   */
  public Observer observer() {
    return observer;
  }

  /**
   * Adds hooks for every unit of work that begins from now on. Several are called in the order in
   * which they were added.
   *
   * @param added the hooks
   */
  public void hooks(UnitHooks added) {
    synchronized (registration) {
      List<UnitHooks> more = new ArrayList<>(hooks);
      more.add(Objects.requireNonNull(added, "hooks"));
      hooks = List.copyOf(more);
    }
  }

  /**
   * The hooks of every unit of work.
   *
   * @return the hooks, in the order in which they were added
   */
  public List<UnitHooks> hooks() {
    return hooks;
  }

  /**
   * Settings that every engine initialised later begins with. May be called several times. The
   * lambda runs once for each engine.
   *
   * @param config receives each engine's configuration before the engine's own lambda does
   */
  public void defaults(Consumer<? super EngineConfig> config) {
    synchronized (registration) {
      defaults.add(Objects.requireNonNull(config, "config"));
    }
  }

  /**
   * Starts an engine on a data source, with the default settings.
   *
   * @param name a name that is free
   * @param dataSource a pool; stays the application's and is never closed here
   * @return the engine, ready for use
   * @throws DuplicateEngineException if the name is taken
   * @throws IllegalArgumentException if the name or a setting is unusable
   * @throws EngineStartException if the engine does not start
   */
  public Engine initializeEngine(String name, DataSource dataSource) {
    return initializeEngine(name, dataSource, config -> {});
  }

  /**
   * Starts an engine on a data source.
   *
   * @param name a name that is free
   * @param dataSource a pool; stays the application's and is never closed here
   * @param config receives the engine's configuration
   * @return the engine, ready for use
   * @throws DuplicateEngineException if the name is taken
   * @throws IllegalArgumentException if the name or a setting is unusable
   * @throws EngineStartException if the engine does not start
   */
  public Engine initializeEngine(
      String name, DataSource dataSource, Consumer<? super EngineConfig> config) {
    return start(name, Objects.requireNonNull(dataSource, "dataSource"), config);
  }

  /**
   * Starts an engine on a pool that SqlAssist makes from {@link EngineConfig#url(String)}, and
   * closes with the engine.
   *
   * @param name a name that is free
   * @param config receives the engine's configuration and must set a url
   * @return the engine, ready for use
   * @throws DuplicateEngineException if the name is taken
   * @throws IllegalArgumentException if the name or a setting is unusable
   * @throws EngineStartException if the engine does not start
   */
  public Engine initializeEngine(String name, Consumer<? super EngineConfig> config) {
    return start(name, null, config);
  }

  /**
   * Starts engines that are described by text: all of them, in the order of their names, or none.
   * Everything is judged before the first one starts, and all that is wrong is told at once. The
   * engines of others, and those that were there before, go on in any case.
   *
   * @param settings where the engines are, and what else is to be said of them
   * @return the engines, ready for use
   * @throws EngineSettingsException if anything is wrong with the settings; nothing was started
   * @throws EngineStartException if one of the engines does not start; those that were started
   *     before it are closed and removed again
   */
  public List<Engine> initializeEngines(EngineSettings settings) {
    return initializeEngines(settings, config -> {});
  }

  /**
   * As {@link #initializeEngines(EngineSettings)}, for what can't be said in text.
   *
   * @param settings where the engines are, and what else is to be said of them
   * @param config receives the configuration of each of the engines, after its settings; {@link
   *     EngineConfig#name()} tells which one it is
   * @return the engines, ready for use
   * @throws EngineSettingsException if anything is wrong with the settings; nothing was started
   * @throws EngineStartException if one of the engines does not start; those that were started
   *     before it are closed and removed again
   */
  public List<Engine> initializeEngines(
      EngineSettings settings, Consumer<? super EngineConfig> config) {
    return new SettingsStart(this, settings, Objects.requireNonNull(config, "config"), caller())
        .start();
  }

  /** Starts an engine whose configuration is finished, and has a url. */
  Engine start(EngineConfig config, Class<?> caller) {
    reserve(config.name());
    try {
      return start(config, null, caller);
    } finally {
      release(config.name());
    }
  }

  private Engine start(
      String name, @Nullable DataSource dataSource, Consumer<? super EngineConfig> settings) {
    Objects.requireNonNull(settings, "config");
    Class<?> caller = caller();
    reserve(name);
    try {
      return start(configure(name, settings), dataSource, caller);
    } finally {
      release(name);
    }
  }

  private Engine start(EngineConfig config, @Nullable DataSource dataSource, Class<?> caller) {
    EngineStarter starter = starter(config, dataSource, caller, null);
    Engine engine = new Engine(starter, observer);
    if (starter.options().optional()) {
      OptionalStart start =
          new OptionalStart(starter, observer, started -> cameUp(engine, started));
      engine.startedBy(start);
      start.begin();
    } else {
      engine.up(starter.start());
    }
    if (publish(engine, null)) {
      observer.engineStarted(engine.name(), engine.description());
    }
    return engine;
  }

  private void release(String name) {
    synchronized (registration) {
      starting.remove(name);
    }
  }

  private EngineStarter starter(
      EngineConfig config,
      @Nullable DataSource dataSource,
      Class<?> caller,
      @Nullable Engine replaced) {
    if (dataSource != null && config.url() != null) {
      throw new IllegalArgumentException(
          "Engine '"
              + config.name()
              + "' has both a DataSource and a url(...). Give it one of them.");
    }
    refuseSecondDefault(config.name(), config.isDefault(), replaced);
    return new EngineStarter(
        config, dataSource, observer, caller, (type, engine) -> places.misplaced(type, engine));
  }

  /**
   * An optional engine has started, perhaps long after it was initialised.
   *
   * @return false if it is not wanted as it is, and was closed again
   */
  private boolean cameUp(Engine engine, RunningEngine started) {
    boolean wanted;
    boolean published;
    synchronized (registration) {
      wanted = engine.up(started);
      published = wanted && engines.get(engine.name()) == engine;
      if (published) {
        places = EntityPlaces.of(engines.values(), null); // now that it knows its entities
      }
    }
    if (published) { // else whoever publishes it tells of it
      observer.engineStarted(engine.name(), started.description());
    }
    if (!wanted) {
      discard(engine, started);
    }
    return wanted;
  }

  private void discard(Engine engine, RunningEngine started) {
    try {
      started.close();
    } catch (RuntimeException e) {
      observer.engineWarning(
          engine.name(),
          "what it started with, and does not need, could not be closed: "
              + Secrets.mask(e.toString(), null));
    }
  }

  /**
   * Starts an engine in the place of one that runs, on a data source. Units of work that have used
   * the old one stay on it; all others use the new one as soon as it runs. If it does not start the
   * old one stays in service.
   *
   * <p>To change where an engine's connections come from and nothing else, {@link Engine#switchTo}
   * is far cheaper: it keeps the factory and its caches.
   *
   * @param name the name of an engine
   * @param dataSource a pool; stays the application's and is never closed here
   * @param config receives the new engine's configuration; nothing is inherited from the old one
   * @param drain how long units of work that have used the old engine may take, before they are cut
   *     off with an {@link EngineMovedException}; this method does not wait for them
   * @return the new engine
   * @throws UnknownEngineException if there is no engine of that name
   * @throws IllegalArgumentException if a setting is unusable
   * @throws EngineStartException if the new engine does not start, also if it is optional
   * @throws UnsupportedOperationException if one of them commits with others through a coordinator
   */
  public Engine replace(
      String name, DataSource dataSource, Consumer<? super EngineConfig> config, Duration drain) {
    return replaceBy(name, Objects.requireNonNull(dataSource, "dataSource"), config, drain);
  }

  /**
   * As the other, on a pool that SqlAssist makes from {@link EngineConfig#url(String)}.
   *
   * @param name the name of an engine
   * @param config receives the new engine's configuration and must set a url
   * @param drain how long units of work that have used the old engine may take
   * @return the new engine
   * @throws UnknownEngineException if there is no engine of that name
   * @throws IllegalArgumentException if a setting is unusable
   * @throws EngineStartException if the new engine does not start, also if it is optional
   * @throws UnsupportedOperationException if one of them commits with others through a coordinator
   */
  public Engine replace(String name, Consumer<? super EngineConfig> config, Duration drain) {
    return replaceBy(name, null, config, drain);
  }

  private Engine replaceBy(
      String name,
      @Nullable DataSource dataSource,
      Consumer<? super EngineConfig> settings,
      Duration drain) {
    Objects.requireNonNull(settings, "config");
    checkDrain(name, drain);
    Class<?> caller = caller();
    Engine old;
    synchronized (registration) {
      checkOpen();
      old = engine(name);
      if (!starting.add(name)) {
        throw new DuplicateEngineException(name);
      }
    }
    Engine engine;
    try {
      EngineStarter starter = starter(configure(name, settings), dataSource, caller, old);
      if (old.policy().isCoordinated() || starter.options().policy().isCoordinated()) {
        throw new UnsupportedOperationException(
            "Engine '"
                + name
                + "' can't be replaced: it commits together with others through a coordinator"
                + " (JTA), whose log may name work in doubt on it. Remove it when nothing is in"
                + " doubt, and initialise it anew through the coordinator.");
      }
      engine = new Engine(starter, observer);
      engine.up(starter.start());
      publish(engine, old);
    } finally {
      release(name);
    }
    observer.engineStarted(name, engine.description());
    observer.engineChanged(
        name,
        "was replaced; what began before has " + drain.toMillis() + " ms to finish on the old one");
    Thread thread = new Thread(null, () -> retire(old, drain), "sqlassist-drain-" + name, 0, false);
    thread.setDaemon(true);
    thread.start();
    return engine;
  }

  private void retire(Engine old, Duration drain) {
    try {
      old.close(drain);
    } catch (RuntimeException e) {
      observer.engineWarning(
          old.name(),
          "the engine that was replaced could not be closed: " + Secrets.mask(e.toString(), null));
    } finally {
      retiring.remove(old);
    }
  }

  private static void checkDrain(String name, Duration drain) {
    if (drain.isNegative()) {
      throw new IllegalArgumentException(
          "Engine '" + name + "': the drain must be zero or longer, not " + drain + ".");
    }
  }

  private static Class<?> caller() {
    return STACK.walk(
        frames ->
            frames
                .<Class<?>>map(StackWalker.StackFrame::getDeclaringClass)
                .filter(type -> !NOT_THE_CALLER.contains(type.getName()))
                .findFirst()
                .orElseThrow());
  }

  /** Refuses what can't be the name of an engine. */
  static void checkName(String name) {
    if (name.isBlank() || !name.equals(name.strip()) || name.startsWith("!")) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' can't be the name of an engine: expected a word such as 'writer', not blank,"
              + " without spaces around it, not beginning with '!'.");
    }
  }

  private void reserve(String name) {
    checkName(Objects.requireNonNull(name, "name"));
    synchronized (registration) {
      checkOpen();
      if (engines.containsKey(name) || !starting.add(name)) {
        throw new DuplicateEngineException(name);
      }
    }
  }

  /** What the defaults and then the engine's own settings say. */
  EngineConfig configure(String name, Consumer<? super EngineConfig> settings) {
    EngineConfig config = new EngineConfig(name);
    List<Consumer<? super EngineConfig>> inherited;
    synchronized (registration) {
      inherited = List.copyOf(defaults);
    }
    try {
      inherited.forEach(each -> each.accept(config));
      config.endDefaults();
      settings.accept(config);
    } finally {
      config.freeze();
    }
    config.refuseContradictions();
    return config;
  }

  private void refuseSecondDefault(String name, boolean isDefault, @Nullable Engine replaced) {
    if (isDefault) {
      for (Engine engine : engines.values()) {
        if (engine.isDefault() && engine != replaced) {
          throw new IllegalArgumentException(
              "Engine '"
                  + name
                  + "' can't be made the default: engine '"
                  + engine.name()
                  + "' is. Remove makeDefault() from one of them.");
        }
      }
    }
  }

  /**
   * Makes an engine known.
   *
   * @param replaced the engine whose place it takes; null if it takes none
   * @return whether it has started
   */
  private boolean publish(Engine engine, @Nullable Engine replaced) {
    try {
      synchronized (registration) {
        // Again, since other threads went on while this engine started.
        checkOpen();
        if (replaced != null && engines.get(engine.name()) != replaced) {
          throw new IllegalStateException(
              "Engine '"
                  + engine.name()
                  + "' can't be replaced: it was removed while its replacement started.");
        }
        refuseSecondDefault(engine.name(), engine.isDefault(), replaced);
        Map<String, Engine> more = new LinkedHashMap<>(engines);
        more.put(engine.name(), engine);
        TenantEngines moreOfTenants = TenantEngines.of(more);
        EntityPlaces morePlaces = EntityPlaces.of(more.values(), engine);
        engines = Collections.unmodifiableMap(more); // first: the others lead to it
        tenantEngines = moreOfTenants;
        places = morePlaces;
        if (replaced != null) {
          retiring.add(replaced);
        }
        return engine.hasStarted();
      }
    } catch (IllegalStateException | IllegalArgumentException e) {
      try {
        engine.close();
      } catch (RuntimeException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException(
          "This registry of engines is closed. Initialise engines before close(), or make a new"
              + " registry with EngineRegistry.create().");
    }
  }

  /**
   * The engine of that name.
   *
   * @param name its name
   * @return the engine
   * @throws UnknownEngineException if there is none; the message lists the known names
   */
  public Engine engine(String name) {
    Engine engine = engines.get(name);
    if (engine == null) {
      throw new UnknownEngineException(name, engines.keySet());
    }
    return engine;
  }

  /**
   * The engine of that name, if there is one.
   *
   * @param name its name
   * @return the engine, or empty
   */
  public Optional<Engine> find(String name) {
    return Optional.ofNullable(engines.get(name));
  }

  /**
   * Tells which tenant a unit of work is for, where its origin does not say so itself. Default:
   * only the origin is asked (in Javalin, the plugin's setting {@code tenant}).
   *
   * @param resolver asked by the first use of a tenant's engine in each unit of work
   * @throws IllegalStateException if there is a resolver already
   */
  public void tenants(TenantResolver resolver) {
    synchronized (registration) {
      if (tenants != null) {
        throw new IllegalStateException(
            "This registry has a TenantResolver already: two could tell different tenants. Make one"
                + " of them.");
      }
      tenants = Objects.requireNonNull(resolver, "resolver");
    }
  }

  /**
   * Whoever tells the tenant of a unit of work.
   *
   * @return the resolver, or empty
   */
  public Optional<TenantResolver> tenantResolver() {
    return Optional.ofNullable(tenants);
  }

  /**
   * Whether a name stands for one engine of each tenant.
   *
   * @param role the name
   * @return true if an engine was initialised with {@link EngineConfig#forTenant} and that role
   */
  public boolean isPerTenant(String role) {
    return tenantEngines.isPerTenant(role);
  }

  /**
   * The tenants that have an engine under that name.
   *
   * @param role the name that the tenants share
   * @return the tenants, in the order in which their engines were initialised; a snapshot
   */
  public List<String> tenants(String role) {
    return List.copyOf(tenantEngines.tenants(role));
  }

  /**
   * The engine that a tenant has under a name; for a name that is not per tenant, the engine of
   * everybody.
   *
   * @param role the name
   * @param tenant the tenant
   * @return the engine
   * @throws UnknownTenantException if other tenants have such an engine, and this one has none
   * @throws UnknownEngineException if there is no such engine at all
   */
  public Engine engine(String role, String tenant) {
    TenantEngines all = tenantEngines;
    Engine engine = all.find(role, tenant);
    if (engine != null) {
      return engine;
    }
    if (all.isPerTenant(role)) {
      throw new UnknownTenantException(role, tenant, all.tenants(role));
    }
    return engine(role);
  }

  /**
   * Lets every unit of work over these engines take part in transactions that somebody else owns,
   * from now on and on whichever thread it works: for tests of a whole application, whose commits
   * are visible on these connections and are all undone by rolling those back. Units that have
   * opened a session already go on as they are. One unit at a time, and those inside of it, has a
   * transaction on a connection; others wait for {@link EngineConfig#acquireTimeout} at most.
   *
   * @param byEngine as for {@link LentConnections#of}; engines that are not named use their pools
   * @return ends it when closed; the connections stay open
   * @throws IllegalStateException if connections are lent already
   * @throws IllegalArgumentException as {@link LentConnections#of}
   * @throws UnsupportedOperationException as {@link LentConnections#of}
   */
  public Loan lend(Map<String, Connection> byEngine) {
    LentConnections connections = LentConnections.of(this, byEngine);
    synchronized (registration) {
      if (!lent.isEmpty()) {
        throw new IllegalStateException(
            "Connections are lent to these engines already. Close that loan before the next.");
      }
      lent = connections;
    }
    return () -> {
      synchronized (registration) {
        if (lent.equals(connections)) {
          lent = LentConnections.NONE;
        }
      }
    };
  }

  /** Ends a loan of connections. Thread-safe. */
  @FunctionalInterface
  public interface Loan extends AutoCloseable {

    /**
     * Lets units of work that begin from now on use the pools again; a second call does nothing.
     */
    @Override
    void close();
  }

  /**
   * The connections that are lent to all units of work at this moment.
   *
   * @return the connections, or {@link LentConnections#NONE}
   */
  public LentConnections lent() {
    return lent;
  }

  /**
   * On which engine an entity lives: where it is owned, or where {@link OnEngine} says, by the most
   * specific type that has such a rule; without a rule on the only engine that maps it. Of several
   * a read-write engine goes before an autocommit one, and that before a read-only one.
   *
   * @param entity the class of an entity, or of Hibernate's proxy of one
   * @return the engine's name, or the one that the engines of tenants share
   * @throws EntityRoutingException if no engine maps the class, if several do and nothing decides
   *     between them, or if the rule names an engine that does not map it
   */
  public String engineFor(Class<?> entity) {
    return places.roleOf(entity);
  }

  /**
   * Says where an entity lives, if a failure came of one that was used on an engine that does not
   * map it. Hibernate itself says only that it does not know the entity. For exception mappers.
   *
   * @param failure any failure, of {@code find}, a query or a criteria query, for example
   * @return what to tell, or empty if the failure is another one, or if no engine maps the entity
   */
  public Optional<EntityRoutingException> misplacedEntity(Throwable failure) {
    return Optional.ofNullable(places.misplaced(failure));
  }

  /**
   * The names of all engines.
   *
   * @return the names, in the order in which the engines were initialised
   */
  public List<String> names() {
    return List.copyOf(engines.keySet());
  }

  /**
   * The default engine: the one that was made it, else the only one.
   *
   * @return the engine
   * @throws IllegalStateException if there is no default; the message says how to choose one
   */
  public Engine defaultEngine() {
    Map<String, Engine> all = engines;
    for (Engine engine : all.values()) {
      if (engine.isDefault()) {
        return engine;
      }
    }
    if (all.size() == 1) {
      return all.values().iterator().next();
    }
    throw new IllegalStateException(
        "There is no default engine among "
            + all.keySet()
            + ". Call makeDefault() on one of them when it is initialised.");
  }

  /**
   * Asks the database of each engine whether it is there, all at the same time. Takes a connection
   * of the pool for each, beside those that wait in line for one. However many ask, an engine is
   * asked one question at a time: a database that hangs holds one thread and one connection.
   *
   * <p>The observers are warned of each engine that is found down, once until that changes.
   *
   * @param limit how long to wait for all of them together; an engine whose database does not
   *     answer in that time is down
   * @return which engines are up; holds no text that a database or a driver made
   * @throws IllegalArgumentException if the limit is zero or negative
   * @throws java.util.concurrent.CancellationException if this thread is interrupted
   */
  public HealthReport health(Duration limit) {
    return healthCheck.run(List.copyOf(engines.values()), limit, observer);
  }

  /**
   * Asks every engine, and every database, whether they fit together: roles, rights, limits,
   * clocks. Asks only, changes nothing. All engines at the same time, each on one connection of its
   * pool, for 10 seconds at most. What is found is told to the observers, and so logged, notes
   * excepted.
   *
   * @return what was found; a database that is down is a finding, not an exception
   */
  public Verification verify() {
    return verify(config -> {});
  }

  /**
   * As {@link #verify()}, with other limits.
   *
   * @param config receives the configuration
   * @return what was found
   * @throws IllegalArgumentException if a limit is zero or negative
   */
  public Verification verify(Consumer<? super VerificationConfig> config) {
    VerificationConfig settings = new VerificationConfig();
    config.accept(settings);
    return new Doctor(engines.values(), settings, Clock.systemUTC()).verify(observer);
  }

  /**
   * As {@link Engine#reinit()}, for the engine of that name.
   *
   * @param name its name
   * @throws UnknownEngineException if there is none of that name
   * @throws UnsupportedOperationException if its pool does not know how
   */
  public void reinitEngine(String name) {
    engine(name).reinit();
  }

  /**
   * As {@link Engine#reinit()}, for all engines. What one of them throws does not stop the others.
   *
   * @throws RuntimeException the first failure, with the others suppressed in it
   */
  public void reinitEngines() {
    throwIfAny(forEach(List.copyOf(engines.values()), Engine::reinit));
  }

  /**
   * Gives up the connections of all engines until {@link #resume()}: the JVM is about to write
   * itself down.
   *
   * @throws IllegalStateException if connections stay in use; nothing is suspended then
   */
  void suspend() {
    long end = System.nanoTime() + SUSPENSION.toNanos();
    try {
      engines.values().forEach(engine -> engine.suspend(end));
    } catch (RuntimeException e) {
      resume();
      throw e;
    }
  }

  void resume() {
    engines.values().forEach(Engine::resume);
  }

  private static @Nullable RuntimeException forEach(List<Engine> all, Consumer<Engine> action) {
    RuntimeException failure = null;
    for (Engine engine : all) {
      try {
        action.accept(engine);
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    return failure;
  }

  private static void throwIfAny(@Nullable RuntimeException failure) {
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Closes an engine and forgets it. Sessions that are still open on it stop working.
   *
   * @param name its name
   * @throws UnknownEngineException if there is none of that name
   */
  public void remove(String name) {
    remove(name, Engine::close);
  }

  /**
   * Forgets an engine, lets the units of work that have used it finish, and closes it. Returns when
   * that is done.
   *
   * @param name its name
   * @param drain how long they may take; those that still hold a connection then are cut off with
   *     an {@link EngineMovedException}, and rolled back
   * @throws UnknownEngineException if there is none of that name
   */
  public void remove(String name, Duration drain) {
    checkDrain(name, drain);
    remove(name, engine -> engine.close(drain));
  }

  private void remove(String name, Consumer<Engine> end) {
    Engine engine;
    synchronized (registration) {
      engine = engine(name);
      Map<String, Engine> fewer = new LinkedHashMap<>(engines);
      fewer.remove(name);
      places = EntityPlaces.of(fewer.values(), null);
      tenantEngines = TenantEngines.of(fewer);
      engines = Collections.unmodifiableMap(fewer);
    }
    try {
      end.accept(engine);
    } finally {
      observer.engineStopped(name);
    }
  }

  /**
   * Waits until no unit of work uses an engine any more, and closes the registry. Meanwhile those
   * that are under way go on as usual; no engine is initialised any more.
   *
   * @param drain how long to wait at most; those that still hold a connection then are cut off with
   *     an {@link EngineMovedException}, and rolled back
   * @throws RuntimeException as {@link #close()}
   */
  public void close(Duration drain) {
    checkDrain("of the registry", drain);
    synchronized (registration) {
      closed = true;
    }
    long begin = System.nanoTime();
    long longest = TimeUnit.NANOSECONDS.convert(drain);
    try {
      while (engines.values().stream().anyMatch(Engine::isUsed)
          && System.nanoTime() - begin < longest) {
        TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close(engine -> engine.close(Duration.ZERO));
  }

  /**
   * Closes all engines, the last one first, with the pools that SqlAssist made; never a data source
   * that was handed in. One engine's failure does not stop the others. A closed registry takes no
   * engines any more; a second call does nothing.
   *
   * @throws RuntimeException the first failure, with the others suppressed in it
   */
  @Override
  public void close() {
    close(Engine::close);
  }

  private void close(Consumer<Engine> end) {
    List<Engine> all;
    synchronized (registration) {
      closed = true;
      all = new ArrayList<>(engines.values());
      engines = Map.of();
      tenantEngines = TenantEngines.NONE;
      places = EntityPlaces.NONE;
    }
    Collections.reverse(all);
    RuntimeException failure =
        forEach(
            all,
            engine -> {
              try {
                end.accept(engine);
              } finally {
                observer.engineStopped(engine.name());
              }
            });
    RuntimeException more = forEach(List.copyOf(retiring), Engine::close);
    if (failure != null && more != null) {
      failure.addSuppressed(more);
    }
    throwIfAny(failure == null ? more : failure);
  }
}
