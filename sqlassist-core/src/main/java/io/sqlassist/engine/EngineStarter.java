package io.sqlassist.engine;

import io.sqlassist.engine.EngineConfig.DeclaredEntities;
import io.sqlassist.engine.HostMaker.Database;
import io.sqlassist.observe.Observer;
import io.sqlassist.schema.MappedTables;
import io.sqlassist.transaction.TransactionPolicy;
import jakarta.persistence.PersistenceUnitTransactionType;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.boot.internal.SessionFactoryOptionsBuilder;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.jspecify.annotations.Nullable;

/**
 * A frozen configuration in, a running engine out; on failure nothing is left behind. What the
 * configuration itself has wrong is found when the starter is made.
 */
final class EngineStarter {

  private final EngineConfig config;
  private final Observer observer;
  private final Class<?> caller;
  private final BiFunction<Class<?>, String, @Nullable EntityRoutingException> misplaced;
  private final Migrations migrations;
  private final HibernatePersistenceConfiguration persistence;
  private final @Nullable ReadOnlyGuard guard;
  private final @Nullable StatementInspector inspector;
  private final MappedTables tables;
  private final Map<String, Object> settingsOfPolicy;
  private final EngineOptions options;
  private HikariPools.@Nullable Recipe recipe;
  private @Nullable DataSource handedIn;

  /**
   * Creates a starter.
   *
   * @param handedIn the application's data source, or null to make a pool from the url
   * @param caller the class that initialises the engine, below whose package entities are looked
   *     for
   * @param misplaced where an entity lives that an engine does not map
   */
  EngineStarter(
      EngineConfig config,
      @Nullable DataSource handedIn,
      Observer observer,
      Class<?> caller,
      BiFunction<Class<?>, String, @Nullable EntityRoutingException> misplaced) {
    this.config = config;
    this.handedIn = handedIn;
    this.observer = observer;
    Class<?> named = config.caller();
    this.caller = named == null ? caller : named;
    this.misplaced = misplaced;
    this.recipe = handedIn == null ? recipe(config) : null;
    this.migrations = new Migrations(config);
    this.persistence = persistence(entities());
    this.guard =
        config.kind() == EngineKind.READ_ONLY
            ? new ReadOnlyGuard(config.name(), userInspector(persistence))
            : null;
    this.tables = MappedTables.of(config.name(), config.constraintNaming(), persistence);
    this.inspector = inspector();
    TransactionPolicy policy = policy(guard);
    this.settingsOfPolicy = policy.hibernateSettings(config.name());
    this.options =
        new EngineOptions(
            config.name(),
            config.kind(),
            config.isDefault(),
            persistence.managedClasses(),
            config.properties(),
            policy,
            config.poolOptions(),
            config.role(),
            config.tenant(),
            List.copyOf(config.owned()),
            config.isOptional());
  }

  /** What sees each statement before it is prepared; null if that is the application's business. */
  private @Nullable StatementInspector inspector() {
    SqlCommentConfig comments = config.sqlCommentConfig();
    if (comments == null) {
      return guard;
    }
    return new SqlComments(comments, guard != null ? guard : userInspector(persistence), observer);
  }

  private static HikariPools.Recipe recipe(EngineConfig config) {
    String url = config.url();
    if (url == null) {
      throw new IllegalArgumentException(
          "Engine '"
              + config.name()
              + "' has neither a DataSource nor a url(...). Give it one of them.");
    }
    return HikariPools.recipe(config, url);
  }

  EngineOptions options() {
    return options;
  }

  BeforeSession beforeSession() {
    return new BeforeSession(config.beforeSession());
  }

  @Nullable Consumer<? super DataSource> reinit() {
    return config.reinit();
  }

  @Nullable String password() {
    return config.password();
  }

  /** The next attempt is made with another data source. */
  synchronized void replace(DataSource replacement) {
    handedIn = replacement;
    recipe = null;
  }

  synchronized @Nullable DataSource handedIn() {
    return handedIn;
  }

  /** Whether it is on the data source that the engine is to start with, as far as is known now. */
  boolean wants(RunningEngine started) {
    DataSource wanted = handedIn();
    return wanted == null || wanted == started.connections().current().dataSource();
  }

  private synchronized HikariPools.@Nullable Recipe recipe() {
    return recipe;
  }

  /**
   * Starts the engine.
   *
   * @throws EngineStartException if it does not start; tells whether the database was not reached
   */
  RunningEngine start() {
    HikariPools.Recipe making = recipe();
    DataSource given = handedIn();
    if (making == null) {
      return start(Objects.requireNonNull(given), null);
    }
    DataSource pool = make(making);
    Runnable close = () -> closePool(pool);
    try {
      return start(pool, close);
    } catch (RuntimeException | Error e) {
      try {
        close.run();
      } catch (RuntimeException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
  }

  private DataSource make(HikariPools.Recipe making) {
    if (config.isOptional()) {
      try {
        making.tryToConnect(); // a pool that does not start logs an error, each time
      } catch (SQLException e) {
        throw unreachable(e);
      } catch (RuntimeException e) {
        throw failed("its pool could not be made", e, false);
      }
    }
    try {
      return making.make();
    } catch (RuntimeException e) {
      boolean callersFault =
          e instanceof IllegalArgumentException || e instanceof IllegalStateException;
      if (callersFault && Secrets.mask(e, config.password()) == e) {
        throw e;
      }
      throw failed("its pool could not be made", e, true);
    }
  }

  /** Also on a thread that is interrupted, on which a pool would leave its own threads behind. */
  private static void closePool(DataSource pool) {
    if (pool instanceof AutoCloseable closeable) {
      boolean interrupted = Thread.interrupted();
      try {
        closeable.close();
      } catch (Exception e) {
        throw new IllegalStateException("The pool could not be closed", e);
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private RunningEngine start(DataSource dataSource, @Nullable Runnable pool) {
    HostMaker hosts =
        new HostMaker(
            config.name(),
            config.kind(),
            options.pool(),
            observer,
            ConnectionEvents.of(
                config.name(),
                config.connectionListeners(),
                observer.connections(config.name()),
                config.kind() == EngineKind.READ_WRITE,
                () -> options.policy().branch(config.name())));
    DataSource instrumented = hosts.instrumented(dataSource);
    if (config.isOptional()) {
      reach(dataSource); // or what fails first would not tell that it is the database
    }
    migrations.run(dataSource);
    EngineHost host;
    try {
      host = hosts.host(dataSource, instrumented, pool);
    } catch (SQLException | RuntimeException e) {
      throw unreachable(e);
    }
    try {
      return start(host, hosts);
    } catch (RuntimeException | Error e) {
      host.gate().disuse(host);
      throw e;
    }
  }

  private void reach(DataSource dataSource) {
    try {
      dataSource.getConnection().close();
    } catch (SQLException | RuntimeException e) {
      throw unreachable(e);
    }
  }

  private RunningEngine start(EngineHost host, HostMaker hosts) {
    Database database;
    try {
      database = hosts.lookAt(host);
    } catch (SQLException | RuntimeException e) {
      throw unreachable(e);
    }
    EngineConnections connections = new EngineConnections(config.name(), host);
    persistence.properties(OwnSettings.of(config.kind(), connections));
    persistence.properties(settingsOfPolicy);
    if (inspector != null) {
      persistence.property(AvailableSettings.STATEMENT_INSPECTOR, inspector);
    }
    SessionFactory sessionFactory;
    try {
      sessionFactory = persistence.createEntityManagerFactory();
    } catch (RuntimeException e) {
      throw failed("Hibernate refused its mapping or settings", e, false);
    }
    extend(sessionFactory);
    listen(sessionFactory, guard);
    observer.factoryBuilt(config.name(), sessionFactory);
    return new RunningEngine(
        sessionFactory,
        connections,
        tables,
        hosts,
        database,
        config.kind()
            + (config.tenant() == null
                ? ""
                : ", '" + config.role() + "' of tenant '" + config.tenant() + "',")
            + " on "
            + database
            + ", "
            + description(options.entities())
            + options.pool().description());
  }

  private String description(List<Class<?>> entities) {
    if (entities.isEmpty()) {
      return "plain (no entities)";
    }
    return "entities "
        + entities.stream().map(Class::getSimpleName).toList()
        + (config.declaredEntities() == null ? " found below " + caller.getPackageName() : "");
  }

  private TransactionPolicy policy(@Nullable ReadOnlyGuard guard) {
    if (guard != null) {
      return guard;
    }
    TransactionPolicy chosen = config.policy();
    if (chosen != null) {
      return chosen;
    }
    return config.kind() == EngineKind.AUTOCOMMIT
        ? TransactionPolicy.autocommit()
        : TransactionPolicy.local();
  }

  private List<Class<?>> entities() {
    DeclaredEntities declared = config.declaredEntities();
    EntityScanner scanner = new EntityScanner(caller);
    if (declared == null) {
      return scanner.scan(List.of(caller.getPackageName()));
    }
    Set<Class<?>> all = new LinkedHashSet<>(declared.classes());
    if (!declared.packages().isEmpty()) {
      List<Class<?>> found = scanner.scan(declared.packages());
      if (found.isEmpty()) {
        throw new IllegalArgumentException(
            "Engine '"
                + config.name()
                + "': no mapped class was found in or below "
                + declared.packages()
                + ". Check entityPackages(...), or declare the classes with entities(...).");
      }
      all.addAll(found);
    }
    return new ArrayList<>(all);
  }

  /** What the application wants of Hibernate, checked. */
  private HibernatePersistenceConfiguration persistence(List<Class<?>> entities) {
    HibernatePersistenceConfiguration persistence =
        new HibernatePersistenceConfiguration(config.name());
    persistence.transactionType(PersistenceUnitTransactionType.RESOURCE_LOCAL);
    entities.forEach(persistence::managedClass);
    Map<String, Object> settings = new LinkedHashMap<>();
    // Registering factories by name serves JNDI, and warns where two registries use one name.
    settings.put(AvailableSettings.SESSION_FACTORY_NAME_IS_JNDI, false);
    settings.putAll(config.properties());
    persistence.properties(settings);
    PersistenceModes.apply(config.name(), config.properties(), persistence);
    config.persistence().forEach(each -> each.accept(persistence));
    OwnSettings.refuse(config.name(), config.kind(), persistence);
    return persistence;
  }

  private @Nullable StatementInspector userInspector(
      HibernatePersistenceConfiguration persistence) {
    Object configured = persistence.properties().get(AvailableSettings.STATEMENT_INSPECTOR);
    if (configured == null || configured instanceof StatementInspector) {
      return (StatementInspector) configured;
    }
    throw new IllegalArgumentException(
        "Engine '"
            + config.name()
            + "': the setting '"
            + AvailableSettings.STATEMENT_INSPECTOR
            + "' of an engine that is read-only or has sqlComments() must be a StatementInspector"
            + " object, not "
            + configured
            + ".");
  }

  /**
   * Without the release a session that is closed in a transaction keeps its connection for ever.
   * Done so and not by the setting, since that one logs a warning for each engine.
   */
  @SuppressWarnings("removal")
  private void extend(SessionFactory sessionFactory) {
    SessionFactoryImplementor factory = sessionFactory.unwrap(SessionFactoryImplementor.class);
    if (factory.getSessionFactoryOptions() instanceof SessionFactoryOptionsBuilder options) {
      options.enableReleaseResourcesOnClose(true);
      options.addEntityNameResolvers(
          new ForeignEntities(config.name(), factory.getMappingMetamodel(), misplaced));
    }
  }

  private void listen(SessionFactory sessionFactory, @Nullable ReadOnlyGuard guard) {
    EventListenerRegistry events =
        sessionFactory
            .unwrap(SessionFactoryImplementor.class)
            .getEventEngine()
            .getListenerRegistry();
    if (guard != null) {
      guard.listenTo(events);
    } else if (config.kind() == EngineKind.AUTOCOMMIT) {
      new AutocommitFlush().listenTo(events);
    }
  }

  private EngineStartException unreachable(Exception cause) {
    return failed("its database could not be reached", cause, true);
  }

  private EngineStartException failed(String what, Exception cause, boolean unreachable) {
    return new EngineStartException(
        config.name(),
        what + ": " + reason(cause, config.password()),
        Secrets.mask(cause, config.password()),
        unreachable);
  }

  /** Hibernate and HikariCP say in their own exception only that it did not work. */
  static String reason(Exception cause, @Nullable String password) {
    Throwable root = root(cause);
    return Secrets.mask(
        root == cause
            ? String.valueOf(cause.getMessage())
            : cause.getMessage() + ", because: " + root.getMessage(),
        password);
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
      root = root.getCause();
    }
    return root;
  }
}
