package io.sqlassist.testing;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.observe.Observer;
import io.sqlassist.observe.UnitInfo;
import io.sqlassist.observe.UnitObserver;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.jspecify.annotations.Nullable;

/**
 * What tests see of the engines of a registry, and what they do to them: counts statements, lets
 * commits and connections fail, and knows what is still open. It stands between each engine and its
 * data source, so it has to be there <em>before</em> the engines are initialised. {@link
 * SqlAssistTest} on a class adds it to the shared registry before the first {@code @BeforeAll}
 * method; for a registry of your own call {@link #on} right after you have made it.
 *
 * <p>Costs half a microsecond for each statement, and ten while statements are recorded, since
 * their call stack is kept; changes nothing otherwise. Not for production.
 *
 * <p>Thread-safe. Does not tell one test from another: tests that run at the same time over one
 * registry see each other's statements, and each other's faults.
 */
public final class Instruments implements Observer {

  private static final Map<EngineRegistry, Instruments> ALL = new WeakHashMap<>();

  /** The value of a weak map must not keep its key. */
  private final WeakReference<EngineRegistry> registry;

  private final Set<String> engines = ConcurrentHashMap.newKeySet();
  private final Set<String> lent = ConcurrentHashMap.newKeySet();
  private final StatementLog log = new StatementLog();
  private final Faults faults = new Faults(this);
  private final OpenThings open = new OpenThings();

  /** Those that have begun to work: what they needed to start is nobody's use of them. */
  private final Set<String> started = ConcurrentHashMap.newKeySet();

  /** Told of each connection that a started engine acquires, before it does; may refuse it. */
  private volatile @Nullable Consumer<String> guard;

  private Instruments(EngineRegistry registry) {
    this.registry = new WeakReference<>(registry);
  }

  /**
   * The instruments of a registry, which are added to it by the first call.
   *
   * @param registry the registry; its engines should not be initialised yet
   * @return the same object at each call
   */
  public static Instruments on(EngineRegistry registry) {
    synchronized (ALL) {
      return ALL.computeIfAbsent(
          registry,
          key -> {
            Instruments added = new Instruments(registry);
            registry.observe(added);
            return added;
          });
    }
  }

  /**
   * What can be made to fail.
   *
   * @return the same object at each call
   */
  public Faults faults() {
    return faults;
  }

  /**
   * Begins to write down what runs on the engines, on any thread.
   *
   * @return what has run so far, at each moment; to be closed by the caller
   */
  public Statements record() {
    return new Statements(this, log.begin());
  }

  /**
   * Writes down what runs on the engines, on any thread, while a piece of work lasts.
   *
   * @param work the work
   * @param <X> what it may throw
   * @return what has run
   * @throws X what the work threw
   */
  public <X extends Exception> Statements record(ThrowingRunnable<X> work) throws X {
    try (Statements statements = record()) {
      work.run();
      return statements;
    }
  }

  /**
   * Work that may throw.
   *
   * <p>Called by the thread that hands it in.
   *
   * @param <X> what it may throw
   */
  @FunctionalInterface
  public interface ThrowingRunnable<X extends Exception> {

    /**
     * Does it.
     *
     * @throws X if it fails
     */
    void run() throws X;
  }

  EngineRegistry registry() {
    EngineRegistry alive = registry.get();
    if (alive == null) {
      throw new IllegalStateException("The registry of these instruments is gone.");
    }
    return alive;
  }

  /**
   * Whether an engine is seen.
   *
   * @throws IllegalStateException if it was initialised before the instruments were added
   * @throws io.sqlassist.engine.UnknownEngineException if there is no such engine
   */
  void requireSeen(String engine) {
    registry().engine(engine); // an unknown name is told with the known ones
    if (!engines.contains(engine) && !lent.contains(engine)) {
      throw new IllegalStateException(
          "The instruments of this test don't see engine '"
              + engine
              + "': they see "
              + engines.stream().sorted().toList()
              + ". It was initialised before they were added. @SqlAssistTest adds them to the shared registry before the first @BeforeAll"
              + " method of the class; initialise the engines there, or call"
              + " Instruments.on(registry) yourself before you do.");
    }
  }

  /** Asks somebody before a started engine acquires a connection, in units of work or not. */
  void guard(@Nullable Consumer<String> asked) {
    guard = asked;
  }

  /**
   * An engine is about to acquire a connection.
   *
   * @throws RuntimeException if it may not
   */
  void acquiring(String engine) {
    Consumer<String> asked = guard;
    if (asked != null && started.contains(engine)) {
      asked.accept(engine);
    }
  }

  StatementLog log() {
    return log;
  }

  OpenThings open() {
    return open;
  }

  /** A connection that is lent, and so does not come by way of an engine's data source. */
  Connection lent(String engine, Connection connection) {
    lent.add(engine);
    return InstrumentedJdbc.lent(this, engine, connection);
  }

  /** Whether an engine works on a connection that is lent, where a commit releases a savepoint. */
  boolean isLent(String engine) {
    return lent.contains(engine);
  }

  void isNotLent(String engine) {
    lent.remove(engine);
  }

  /** Looks whether all engines are seen. */
  void requireAllSeen() {
    registry().names().forEach(this::requireSeen);
  }

  @Override
  public DataSource instrument(String engine, DataSource dataSource) {
    engines.add(engine);
    return InstrumentedJdbc.wrap(this, engine, dataSource);
  }

  @Override
  public XADataSource instrumentXa(String engine, XADataSource dataSource) {
    return InstrumentedXa.wrap(this, engine, dataSource);
  }

  @Override
  public void engineStarted(String engine, String description) {
    started.add(engine);
  }

  @Override
  public void engineStopped(String engine) {
    started.remove(engine);
    engines.remove(engine);
  }

  @Override
  public UnitObserver unitStarted(UnitInfo unit) {
    return open.unitStarted(unit);
  }
}
