package io.sqlassist.trace;

import io.sqlassist.engine.PoolFigures;
import io.sqlassist.observe.Observer;
import io.sqlassist.observe.UnitInfo;
import io.sqlassist.observe.UnitObserver;
import io.sqlassist.trace.Entries.Acquisition;
import io.sqlassist.trace.Entries.OfSession;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.hibernate.SessionFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what happens between the engines of a registry and their databases. Add it to the
 * registry, and begin a {@link Recording} for each request or test.
 *
 * <p>For development: it looks at every statement, and keeps call stacks and values.
 *
 * <p>Thread-safe. A failure in here never reaches the application; it is counted, and the first is
 * logged.
 */
public final class Recorder implements Observer {

  /** How many statements of the background are kept. */
  static final int BACKGROUND = 200;

  private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);

  private static final Failure NO_CONNECTION =
      new Failure("", "no connection came; what the caller got says why", null);

  private final SecureRandom random = new SecureRandom();
  private final RecorderSettings settings;
  private final Function<Object, @Nullable Recording> recordingOf;
  private final Function<String, Optional<PoolFigures>> poolFigures;
  private final TraceStore store;
  private final Shapes shapes;
  private final Stacks stacks;
  private final Recording background;
  private final List<String> engineNames = new CopyOnWriteArrayList<>();
  private final Map<String, Pool> pools = new ConcurrentHashMap<>();
  private final Set<Hold> holds = ConcurrentHashMap.newKeySet();
  private final AtomicInteger poolNumbers = new AtomicInteger();
  private final AtomicLong captureErrors = new AtomicLong();
  private volatile boolean paused;

  // What this thread is doing. Of this recorder, since there may be several.
  @SuppressWarnings("ThreadLocalUsage")
  private final ThreadLocal<@Nullable Acquiring> acquiring = new ThreadLocal<>();

  @SuppressWarnings("ThreadLocalUsage")
  private final ThreadLocal<@Nullable Recording> attached = new ThreadLocal<>();

  @SuppressWarnings("ThreadLocalUsage")
  private final ThreadLocal<@Nullable Boolean> suppressed = new ThreadLocal<>();

  private final Causes causes = new Causes();

  /** A recorder with default settings, for tests. */
  public Recorder() {
    this(config -> {});
  }

  /**
   * A recorder.
   *
   * @param config receives the settings
   */
  public Recorder(Consumer<? super RecorderConfig> config) {
    RecorderConfig given = new RecorderConfig();
    config.accept(given);
    settings = given.freeze();
    recordingOf = given.recordingOf();
    poolFigures = given.poolFigures();
    store = new TraceStore(settings, this::captureFailed);
    shapes = new Shapes(settings);
    stacks = new Stacks(settings);
    background = new Recording(this, newId(), "background", true, true);
  }

  /**
   * The settings it was made with.
   *
   * @return the settings
   */
  public RecorderSettings settings() {
    return settings;
  }

  /**
   * The finished traces.
   *
   * @return the store
   */
  public TraceStore store() {
    return store;
  }

  /**
   * Begins a recording. While capture is paused, it stays empty and does not come into the store.
   *
   * @param title what is recorded, without secrets
   * @return to be finished by the caller, in every case
   */
  public Recording begin(String title) {
    return new Recording(this, newId(), title, false, !paused);
  }

  /**
   * Records a piece of work, with all units of work that it begins on this thread.
   *
   * @param title what is recorded
   * @param work the work
   * @param <T> what it returns
   * @return what happened; it is in the store, too
   * @throws Exception what the work threw
   */
  public <T extends @Nullable Object> Trace record(String title, Callable<T> work)
      throws Exception {
    Recording recording = begin(title);
    Attachment attachment = recording.attach();
    try {
      work.call();
    } finally {
      attachment.close();
      recording.close();
    }
    return recording.snapshot();
  }

  /**
   * What happened outside of all recordings: schedulers, start-up, sessions that were opened by
   * hand on a thread without a recording.
   *
   * @return the last 200 statements, and totals of all
   */
  public Trace background() {
    return background.snapshot();
  }

  /**
   * Stops or goes on. What runs already is recorded to its end.
   *
   * @param stop true to record nothing that begins from now on
   */
  public void pause(boolean stop) {
    paused = stop;
  }

  /**
   * Whether nothing is recorded that begins now.
   *
   * @return true after {@code pause(true)}
   */
  public boolean isPaused() {
    return paused;
  }

  /**
   * How often the recorder itself failed. What it should have recorded then is missing.
   *
   * @return number of failures
   */
  public long captureErrors() {
    return captureErrors.get();
  }

  /**
   * Runs something of which nothing is recorded, on this thread.
   *
   * @param work the work
   * @param <T> what it returns
   * @return what the work returned
   * @throws Exception what the work threw
   */
  public <T extends @Nullable Object> T withoutCapture(Callable<T> work) throws Exception {
    Boolean before = suppressed.get();
    suppressed.set(Boolean.TRUE);
    try {
      return work.call();
    } finally {
      if (before == null) {
        suppressed.remove();
      }
    }
  }

  /**
   * Who holds connections now.
   *
   * @return all that were handed out and are not back, longest first
   */
  public List<Holder> holders() {
    return holds.stream()
        .map(Hold::toTrace)
        .sorted((a, b) -> Long.compare(b.heldNanos(), a.heldNanos()))
        .toList();
  }

  /**
   * How the pools fare.
   *
   * @return one for each engine
   */
  public List<PoolTrace> pools() {
    List<PoolTrace> all = new ArrayList<>();
    for (String engine : engineNames) {
      Pool pool = pools.get(engine);
      if (pool != null) {
        all.add(pool.toTrace());
      }
    }
    return List.copyOf(all);
  }

  /**
   * Looks at all pools, but not more often than ten times a second. Reads figures, changes none.
   */
  public void samplePools() {
    for (Pool pool : pools.values()) {
      try {
        pool.sample();
      } catch (RuntimeException | LinkageError e) {
        captureFailed(e);
      }
    }
  }

  /**
   * What is known of an engine's database.
   *
   * @param engine name of the engine
   * @return product, version and place, once a connection has been seen
   */
  Optional<Pool> pool(String engine) {
    return Optional.ofNullable(pools.get(engine));
  }

  /** Unless both databases are known, and of different names. */
  boolean mayShareDatabase(String one, String other) {
    Pool first = pools.get(one);
    Pool second = pools.get(other);
    Pool.Database a = first == null ? null : first.database();
    Pool.Database b = second == null ? null : second.database();
    return one.equals(other) || a == null || b == null || a.name().equals(b.name());
  }

  // Observer

  @Override
  public UnitObserver unitStarted(UnitInfo unit, Function<String, Optional<Object>> attributes) {
    Recording recording = attributes.apply("request").map(recordingOf).orElse(null);
    if (recording == null) {
      recording = current();
    }
    if (!recording.captures() || (paused && recording.isBackground())) {
      return UnitObserver.NONE;
    }
    return new RecordedUnit(this, recording, recording.unitStarted(unit));
  }

  @Override
  public DataSource instrument(String engine, DataSource dataSource) {
    if (RecordedJdbc.isWrapped(dataSource, this)) {
      return dataSource;
    }
    Pool pool = new Pool(this, engine, dataSource, poolNumber(dataSource));
    pools.put(engine, pool);
    if (!engineNames.contains(engine)) {
      engineNames.add(engine);
    }
    return RecordedJdbc.wrap(this, pool, dataSource);
  }

  private int poolNumber(DataSource dataSource) {
    for (Pool pool : pools.values()) {
      if (pool.isOver(dataSource)) {
        return pool.number();
      }
    }
    return poolNumbers.incrementAndGet();
  }

  @Override
  public XADataSource instrumentXa(String engine, XADataSource dataSource) {
    return RecordedXa.wrap(this, engine, dataSource);
  }

  @Override
  public void factoryBuilt(String engine, SessionFactory sessionFactory) {
    causes.listenTo(sessionFactory);
  }

  @Override
  public void engineStopped(String engine) {
    engineNames.remove(engine);
    pools.remove(engine);
  }

  // What the instruments ask.

  List<String> engineNames() {
    return engineNames;
  }

  Attachment attach(Recording recording) {
    Recording before = attached.get();
    attached.set(recording);
    return () -> {
      if (before == null) {
        attached.remove();
      } else {
        attached.set(before);
      }
    };
  }

  /** The recording of what happens on this thread outside of units that belong to a request. */
  Recording current() {
    Recording here = attached.get();
    return here == null ? background : here;
  }

  void beginAcquisition(OfSession session) {
    acquiring.set(new Acquiring(session, System.nanoTime()));
  }

  /** An acquisition that never came as far as the pool has failed before, while it waited. */
  void endAcquisition() {
    Acquiring ended = acquiring.get();
    acquiring.remove();
    if (ended == null || ended.reachedPool || isOff()) {
      return;
    }
    OfSession session = ended.session;
    Pool pool = pools.get(session.engine);
    if (pool != null) {
      session.recording.acquired(
          session.engine,
          session,
          Acquisition.failed(pool, ended.since, stacks.application(), NO_CONNECTION));
    }
  }

  /** The acquisition that this thread is at. */
  @Nullable Acquiring acquiring() {
    return acquiring.get();
  }

  /** The session for which this thread is acquiring a connection. */
  @Nullable OfSession acquiringSession() {
    Acquiring now = acquiring.get();
    return now == null ? null : now.session;
  }

  /** A session that wants a connection. It may have to wait before its pool is even asked. */
  static final class Acquiring {
    final OfSession session;
    private final long since;
    private boolean reachedPool;

    Acquiring(OfSession session, long since) {
      this.session = session;
      this.since = since;
    }

    /** Since when it waits; now it is the pool's turn. */
    long reachedPool() {
      reachedPool = true;
      return since;
    }
  }

  Optional<PoolFigures> poolFigures(String engine) {
    return poolFigures.apply(engine);
  }

  boolean isOff() {
    return suppressed.get() != null;
  }

  Shapes shapes() {
    return shapes;
  }

  Stacks stacks() {
    return stacks;
  }

  Causes causes() {
    return causes;
  }

  void hold(Hold hold) {
    holds.add(hold);
  }

  void release(Hold hold) {
    holds.remove(hold);
  }

  void captureFailed(Throwable failure) {
    if (captureErrors.incrementAndGet() == 1) {
      LOG.warn("the recorder failed; the application goes on, something is missing", failure);
    }
  }

  private String newId() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }
}
