package io.sqlassist.jta;

import com.arjuna.ats.jta.common.jtaPropertyManager;
import io.sqlassist.SqlAssist;
import io.sqlassist.engine.DuplicateEngineException;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.PoolFigures;
import io.sqlassist.observe.Observer;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.UserTransaction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes engines commit together, also when the process is killed in the middle: the sessions of its
 * engines in one unit of work are one transaction, with a log that the next start finishes.
 *
 * <pre>{@code
 * JtaCoordinator jta = JtaCoordinator.start(cfg -> {
 *   cfg.nodeId = "shop-1";
 *   cfg.objectStore = Path.of("/var/lib/shop/jta");
 * });
 * jta.initializeEngine("writer", shopXaDataSource);
 * jta.initializeEngine("ledger", ledgerXaDataSource);
 * }</pre>
 *
 * <p>One for each JVM at a time. Thread-safe.
 */
public final class JtaCoordinator implements AutoCloseable {

  private static final int LONGEST_NODE_ID = 28;

  /** So that with what Narayana adds to it no database must cut a name off; at most 63 are safe. */
  private static final int LONGEST_TABLE_PREFIX = 30;

  private static final int HASH_BYTES = 6;
  private static final StackWalker STACK =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private static @Nullable JtaCoordinator running;

  /** Node id and store of the first coordinator in this JVM; Narayana forgets neither. */
  private static @Nullable String identity;

  private final String nodeId;
  private final @Nullable EngineRegistry registry;
  private final LogGuard guard;
  private final EngineRecord record;
  private final Recovery recovery;
  private final Transactions transactions;
  private final Pools pools;
  private final JtaPolicy policy;
  private final Map<String, EngineRegistry> engines = new ConcurrentHashMap<>();
  private final UnitTransactionManager manager;
  private final TransactionSynchronizationRegistry synchronizations;
  private final Set<EngineRegistry> watchedRegistries = ConcurrentHashMap.newKeySet();
  private volatile @Nullable String lastResource;
  private boolean closed;

  private JtaCoordinator(String nodeId, JtaConfig config, LogGuard guard, Notes notes) {
    this.nodeId = nodeId;
    this.guard = guard;
    registry = config.registry;
    Path directory = config.objectStore;
    record = new EngineRecord(notes);
    BiConsumer<String, String> warnings =
        (engine, warning) -> registry().observer().engineWarning(engine, warning);
    var recoveryManager =
        Narayana.configure(
            nodeId, directory, config.jdbcStore, tablePrefix(nodeId), config.recoveryInterval);
    recovery =
        new Recovery(
            nodeId,
            config.recoveryInterval,
            recoveryManager,
            new TransactionLog(directory),
            guard,
            warnings);
    TransactionManager threads = com.arjuna.ats.jta.TransactionManager.transactionManager();
    pools = new Pools(this::refuseUnderForeignTransaction);
    transactions =
        new Transactions(threads, config.timeout, recovery, pools::longestWait, warnings);
    policy = new JtaPolicy(transactions, pools);
    manager = new UnitTransactionManager(threads, this::registry, engines.keySet());
    synchronizations =
        new UnitSynchronizations(
            manager,
            threads,
            jtaPropertyManager.getJTAEnvironmentBean().getTransactionSynchronizationRegistry());
  }

  /**
   * Starts the coordinator of this JVM. Its recovery begins with the first engine.
   *
   * @param config receives the configuration; must set {@code nodeId}, and {@code objectStore} or
   *     {@code jdbcStore}
   * @return the coordinator, to be closed after the last unit of work
   * @throws IllegalArgumentException if a setting is missing or unusable
   * @throws IllegalStateException if a coordinator runs in this JVM, or has run with another node
   *     id or store
   * @throws JtaStartException if the store is another process's, or can't be used
   */
  public static JtaCoordinator start(Consumer<? super JtaConfig> config) {
    JtaConfig settings = new JtaConfig();
    config.accept(settings);
    String nodeId = checked(settings);
    synchronized (JtaCoordinator.class) {
      if (running != null) {
        throw new IllegalStateException(
            "A JTA coordinator runs in this JVM already, as node '"
                + running.nodeId
                + "'. Use that one for all engines, or close() it first.");
      }
      running =
          settings.jdbcStore == null ? inDirectory(nodeId, settings) : inDatabase(nodeId, settings);
      return running;
    }
  }

  private static JtaCoordinator inDirectory(String nodeId, JtaConfig settings) {
    Path store = Objects.requireNonNull(settings.objectStore);
    String wanted = nodeId + " at " + store.toAbsolutePath();
    refuseOther(wanted);
    return start(
        nodeId,
        settings,
        StoreLock.of(store, nodeId),
        new FileNotes(store.resolve(EngineRecord.FILE)),
        wanted);
  }

  private static JtaCoordinator inDatabase(String nodeId, JtaConfig settings) {
    DataSource database = Objects.requireNonNull(settings.jdbcStore);
    DatabaseNotes notes = new DatabaseNotes(database, tablePrefix(nodeId));
    DatabaseLock lock = DatabaseLock.of(database, notes, nodeId);
    String wanted = nodeId + " at " + lock.place();
    try {
      refuseOther(wanted);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
    return start(nodeId, settings, lock, notes, wanted);
  }

  private static void refuseOther(String wanted) {
    if (identity != null && !identity.equals(wanted)) {
      throw new IllegalStateException(
          "A JTA coordinator has run in this JVM as node "
              + identity
              + ", and can't run as node "
              + wanted
              + ": the transaction manager keeps both for the life of the JVM. Use the same node"
              + " id and store, or another JVM (in tests, a fork for each).");
    }
  }

  private static JtaCoordinator start(
      String nodeId, JtaConfig settings, LogGuard guard, Notes notes, String wanted) {
    try {
      JtaCoordinator started = new JtaCoordinator(nodeId, settings, guard, notes);
      identity = wanted;
      return started;
    } catch (RuntimeException | LinkageError | VirtualMachineError e) {
      guard.close();
      throw e;
    } catch (Error e) {
      guard.close();
      Throwable reason = e;
      while (reason.getCause() != null) {
        reason = reason.getCause();
      }
      throw new JtaStartException(
          "The transaction manager can't work with its log, " + wanted + ": " + reason, e);
    }
  }

  private static String checked(JtaConfig settings) {
    String nodeId = settings.nodeId;
    if (nodeId == null || nodeId.isBlank() || !nodeId.equals(nodeId.strip())) {
      throw new IllegalArgumentException(
          "nodeId is "
              + (nodeId == null ? "not set" : "'" + nodeId + "'")
              + ". Give this process a name that no other process on the same databases has and"
              + " that it has again after a restart, for example cfg.nodeId = \"shop-1\". There is"
              + " no default: two processes of one name roll each other's transactions back.");
    }
    int length = nodeId.getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_NODE_ID) {
      throw new IllegalArgumentException(
          "nodeId '"
              + nodeId
              + "' has "
              + length
              + " bytes in UTF-8, and may have "
              + LONGEST_NODE_ID
              + ": it is part of every transaction's id. Give a shorter one.");
    }
    if ((settings.objectStore == null) == (settings.jdbcStore == null)) {
      throw new IllegalArgumentException(
          "The transaction log needs one place: set either cfg.objectStore, a directory on a"
              + " durable volume, or cfg.jdbcStore, a database.");
    }
    positive("timeout", settings.timeout, Duration.ofMillis(1));
    positive("recoveryInterval", settings.recoveryInterval, Duration.ofSeconds(1));
    return nodeId;
  }

  private static void positive(String name, Duration value, Duration least) {
    if (value.compareTo(least) < 0) {
      throw new IllegalArgumentException(
          name + " is " + value + "; expected " + least + " or longer.");
    }
  }

  /** Tables of its own for each node, whatever characters its id has, and however many. */
  static String tablePrefix(String nodeId) {
    byte[] bytes = nodeId.getBytes(StandardCharsets.UTF_8);
    StringBuilder prefix = new StringBuilder("jta_");
    for (byte each : bytes) {
      char character = (char) (each & 0xff);
      if ((character >= 'a' && character <= 'z') || (character >= '0' && character <= '9')) {
        prefix.append(character);
      } else {
        prefix.append('_').append(Integer.toHexString(each & 0xff));
      }
    }
    prefix.append('_');
    return prefix.length() <= LONGEST_TABLE_PREFIX ? prefix.toString() : hashed(prefix, bytes);
  }

  /** Databases cut long names off, so that two nodes might share a table. */
  private static String hashed(StringBuilder prefix, byte[] nodeId) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(nodeId);
      String end = "_" + HexFormat.of().formatHex(hash, 0, HASH_BYTES) + "_";
      return prefix.substring(0, LONGEST_TABLE_PREFIX - end.length()) + end;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private EngineRegistry registry() {
    return registry == null ? SqlAssist.registry() : registry;
  }

  /**
   * Starts an engine with the default settings.
   *
   * @param name a name that is free, and that stays the engine's as long as the log may need it
   * @param dataSource the driver's data source for distributed transactions
   * @return the engine
   * @throws JtaStartException if its database can't take part in two-phase commit
   * @throws RuntimeException as {@link EngineRegistry#initializeEngine}
   */
  public Engine initializeEngine(String name, XADataSource dataSource) {
    return initialize(name, XaPool.of(dataSource), config -> {}, caller());
  }

  /**
   * Starts an engine.
   *
   * @param name a name that is free, and that stays the engine's as long as the log may need it
   * @param dataSource the driver's data source for distributed transactions
   * @param config receives the engine's configuration
   * @return the engine
   * @throws JtaStartException if its database can't take part in two-phase commit
   * @throws RuntimeException as {@link EngineRegistry#initializeEngine}
   */
  public Engine initializeEngine(
      String name, XADataSource dataSource, Consumer<? super EngineConfig> config) {
    return initialize(name, XaPool.of(dataSource), config, caller());
  }

  /**
   * Starts an engine with a pool that is configured.
   *
   * @param name a name that is free, and that stays the engine's as long as the log may need it
   * @param pool where its connections come from, and how many
   * @param config receives the engine's configuration
   * @return the engine
   * @throws JtaStartException if its database can't take part in two-phase commit
   * @throws IllegalArgumentException if it is a second last resource, or the pool's settings are
   *     unusable
   * @throws RuntimeException as {@link EngineRegistry#initializeEngine}
   */
  public Engine initializeEngine(String name, XaPool pool, Consumer<? super EngineConfig> config) {
    return initialize(name, pool, config, caller());
  }

  private static Class<?> caller() {
    return STACK.walk(
        frames ->
            frames
                .<Class<?>>map(StackWalker.StackFrame::getDeclaringClass)
                .filter(type -> type != JtaCoordinator.class)
                .findFirst()
                .orElseThrow());
  }

  private synchronized Engine initialize(
      String name, XaPool pool, Consumer<? super EngineConfig> config, Class<?> caller) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(config, "config");
    if (closed) {
      throw new IllegalStateException("This JTA coordinator is closed. Start a new one.");
    }
    if (pool.maximumPoolSize < 1) {
      throw new IllegalArgumentException(
          "Engine '"
              + name
              + "': maximumPoolSize is "
              + pool.maximumPoolSize
              + "; expected 1 or more.");
    }
    EngineRegistry home = registry();
    if (home.find(name).isPresent()) {
      throw new DuplicateEngineException(name);
    }
    check(name, pool);
    JtaDataSource dataSource = pools.open(name, pool, watched(name, pool.source()));
    try {
      Engine engine =
          home.initializeEngine(
              name,
              dataSource,
              settings -> {
                settings.onBehalfOf(caller);
                settings.reinit(any -> dataSource.dropConnections());
                config.accept(settings);
                settings.policy(policy);
              });
      if (engine.options().pool().maxConnections().isPresent()) {
        home.remove(name);
        throw new IllegalArgumentException(
            "Engine '"
                + name
                + "' has maxConnections(...), which would let its JTA transactions wait for each"
                + " other in a circle. Set XaPool.maximumPoolSize instead.");
      }
      int places = pool.maximumPoolSize - Generators.connectionsBesides(engine.sessionFactory());
      if (places < 1) {
        home.remove(name);
        throw new IllegalArgumentException(
            "Engine '"
                + name
                + "' has an entity whose ids come from a table, which is read on a second"
                + " connection. Its maximumPoolSize is 1; expected 2 or more.");
      }
      engine.options().pool().acquireTimeout().ifPresent(dataSource::setLongestWait);
      engines.put(name, home);
      transactions.admission().poolOf(name, places);
      watch(home);
      if (pool.source() instanceof Source.Xa xa) {
        recovery.add(name, xa.dataSource());
      } else {
        lastResource = name;
      }
      return engine;
    } catch (RuntimeException | Error e) {
      pools.close(name);
      throw e;
    }
  }

  /**
   * Lets observers see what the transaction manager asks of each branch. Not what recovery asks:
   * that is nobody's unit of work.
   */
  private Source watched(String name, Source source) {
    return source instanceof Source.Xa xa
        ? new Source.Xa(registry().observer().instrumentXa(name, xa.dataSource()))
        : source;
  }

  private void refuseUnderForeignTransaction() {
    transactions.refuseUnderForeignTransaction();
  }

  /** An engine may be removed from its registry, which knows nothing of its pool. */
  private void watch(EngineRegistry home) {
    if (watchedRegistries.add(home)) {
      home.observe(
          new Observer() {
            @Override
            public void engineStopped(String engine) {
              if (engines.remove(engine, home)) {
                forget(engine);
              }
            }
          });
    }
  }

  private void forget(String name) {
    transactions.admission().withoutPoolOf(name);
    pools.close(name);
    recovery.remove(name);
    if (name.equals(lastResource)) {
      lastResource = null;
    }
  }

  private void check(String name, XaPool pool) {
    if (pool.source() instanceof Source.Xa xa) {
      String url =
          new RegistrationCheck(name, pool, registry().observer()::engineWarning)
              .run(xa.dataSource());
      record.note(name, pool.place == null ? url : pool.place, recovery::needed);
    } else if (lastResource != null) {
      throw new IllegalArgumentException(
          "Engine '"
              + name
              + "' can't be a last resource: engine '"
              + lastResource
              + "' is. Two databases that can't prepare can't be made to agree: give one of them an"
              + " XADataSource.");
    }
  }

  /**
   * What is in doubt, since when and on which engine; what ended differently on different engines;
   * which engines recovery can't reach.
   *
   * @return as the log says now, and as the databases said at the last scan
   */
  public InDoubt recovery() {
    return recovery.inDoubt();
  }

  /**
   * Looks for transactions in doubt now instead of waiting for the next scan, and finishes what can
   * be finished. Returns when that is done. Work without a decision must be as old as {@code
   * recoveryInterval} before it is rolled back.
   *
   * @return what is in doubt afterwards
   */
  public InDoubt recoverNow() {
    recovery.scanNow();
    return recovery.inDoubt();
  }

  /**
   * Removes a transaction from the log that ended differently on different engines. Compare and
   * repair the data first: afterwards nobody remembers it.
   *
   * @param transaction its id, as {@link #recovery()} tells it
   * @throws IllegalArgumentException if there is no heuristic transaction of that id
   */
  public void forgetHeuristic(String transaction) {
    recovery.forget(transaction);
  }

  /**
   * How the pool of an engine stands. Transactions that wait to be let in, because as many are
   * under way as the smallest pool has connections, have not reached it and are not counted as
   * waiting.
   *
   * @param engine the name of an engine
   * @return its figures; empty if the engine is not one of this coordinator
   */
  public Optional<PoolFigures> pool(String engine) {
    return Optional.ofNullable(pools.figures(engine));
  }

  /**
   * For libraries that look for the transaction the JTA way: in a unit of work with an open JTA
   * session it is that of the unit, which it is current for; otherwise the thread's.
   *
   * @return the manager; refuses to begin, end or suspend a unit's transaction
   */
  public TransactionManager transactionManager() {
    return manager;
  }

  /**
   * As {@link #transactionManager()}.
   *
   * @return the same as a {@code UserTransaction}
   */
  public UserTransaction userTransaction() {
    return manager;
  }

  /**
   * As {@link #transactionManager()}.
   *
   * @return resources and synchronizations of the unit's transaction
   */
  public TransactionSynchronizationRegistry transactionSynchronizationRegistry() {
    return synchronizations;
  }

  /**
   * Ends recovery, closes the engines and their pools, and gives the store back. Transactions that
   * are under way are rolled back by their databases. A second call does nothing.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    RuntimeException failure = attempt(Narayana::disable, null);
    failure = attempt(recovery::close, failure);
    for (Map.Entry<String, EngineRegistry> engine : engines.entrySet()) {
      String name = engine.getKey();
      failure =
          attempt(
              () -> {
                if (engine.getValue().find(name).isPresent()) {
                  engine.getValue().remove(name);
                }
              },
              failure);
      failure = attempt(() -> pools.close(name), failure);
    }
    failure = attempt(transactions::close, failure);
    failure = attempt(guard::close, failure);
    synchronized (JtaCoordinator.class) {
      running = null;
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static @Nullable RuntimeException attempt(
      Runnable step, @Nullable RuntimeException earlier) {
    try {
      step.run();
      return earlier;
    } catch (RuntimeException e) {
      if (earlier == null) {
        return e;
      }
      earlier.addSuppressed(e);
      return earlier;
    }
  }
}
