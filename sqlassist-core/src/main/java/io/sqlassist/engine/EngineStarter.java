package io.sqlassist.engine;

import io.sqlassist.engine.EngineConfig.DeclaredEntities;
import io.sqlassist.engine.EngineConnections.Mode;
import io.sqlassist.observe.Observer;
import io.sqlassist.schema.MappedTables;
import io.sqlassist.transaction.TransactionPolicy;
import jakarta.persistence.PersistenceUnitTransactionType;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.boot.internal.SessionFactoryOptionsBuilder;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.jspecify.annotations.Nullable;

/** A frozen configuration in, a running engine out; on failure nothing is left behind. */
final class EngineStarter {

  /**
   * A running engine that nobody knows yet.
   *
   * @param description kind, database and entities in one line, for the observers
   */
  record Started(Engine engine, String description) {}

  private final EngineConfig config;
  private final Observer observer;
  private final Class<?> caller;
  private final BiFunction<Class<?>, String, @Nullable EntityRoutingException> misplaced;

  /**
   * Creates a starter.
   *
   * @param caller the class that initialises the engine, below whose package entities are looked
   *     for
   * @param misplaced where an entity lives that an engine does not map
   */
  EngineStarter(
      EngineConfig config,
      Observer observer,
      Class<?> caller,
      BiFunction<Class<?>, String, @Nullable EntityRoutingException> misplaced) {
    this.config = config;
    this.observer = observer;
    Class<?> named = config.caller();
    this.caller = named == null ? caller : named;
    this.misplaced = misplaced;
  }

  /**
   * Starts the engine.
   *
   * @param handedIn the application's data source, or null to make a pool from the url
   */
  Started start(@Nullable DataSource handedIn) {
    if (handedIn != null) {
      return start(handedIn, () -> {});
    }
    String url = config.url();
    if (url == null) {
      throw new IllegalArgumentException(
          "Engine '"
              + config.name()
              + "' has neither a DataSource nor a url(...). Give it one of them.");
    }
    DataSource pool;
    try {
      pool = HikariPools.create(config, url);
    } catch (RuntimeException e) {
      boolean callersFault =
          e instanceof IllegalArgumentException || e instanceof IllegalStateException;
      if (callersFault && Secrets.mask(e, config.password()) == e) {
        throw e;
      }
      throw failed("its pool could not be made", e);
    }
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

  private static void closePool(DataSource pool) {
    if (pool instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new IllegalStateException("The pool could not be closed", e);
      }
    }
  }

  private Started start(DataSource dataSource, Runnable pool) {
    String name = config.name();
    EngineKind kind = config.kind();
    PoolGate gate = PoolGate.of(dataSource);
    KnownPool known = gate.pool();
    if (known != null) {
      PoolCheck.check(name, kind, known, observer);
      PoolCheck.check(name, config.poolOptions(), known, observer);
    }
    DataSource instrumented = observer.instrument(name, dataSource);
    Migrations migrations = new Migrations(config);
    HibernatePersistenceConfiguration persistence = persistence(entities());
    ReadOnlyGuard guard =
        kind == EngineKind.READ_ONLY ? new ReadOnlyGuard(name, userInspector(persistence)) : null;
    TransactionPolicy policy = policy(guard);
    Map<String, Object> settingsOfPolicy = policy.hibernateSettings(name);
    SqlCommentConfig comments = config.sqlCommentConfig();
    if (comments != null) {
      StatementInspector inner = guard != null ? guard : userInspector(persistence);
      persistence.property(
          AvailableSettings.STATEMENT_INSPECTOR, new SqlComments(comments, inner, observer));
    } else if (guard != null) {
      persistence.property(AvailableSettings.STATEMENT_INSPECTOR, guard);
    }
    migrations.run(dataSource);
    EngineConnections connections;
    try {
      connections =
          new EngineConnections(
              name,
              instrumented,
              kind,
              observer,
              known != null
                  ? new Mode(known.autoCommit(), known.readOnly())
                  : Mode.handedOutBy(instrumented),
              gate,
              config.poolOptions(),
              ConnectionEvents.of(
                  name,
                  config.connectionListeners(),
                  observer.connections(name),
                  kind == EngineKind.READ_WRITE,
                  policy.isCoordinated()));
    } catch (SQLException | RuntimeException e) {
      throw unreachable(e);
    }
    try {
      persistence.properties(OwnSettings.of(kind, connections));
      persistence.properties(settingsOfPolicy);
      return start(dataSource, connections, persistence, guard, policy, pool);
    } catch (RuntimeException | Error e) {
      connections.close();
      throw e;
    }
  }

  private Started start(
      DataSource dataSource,
      EngineConnections connections,
      HibernatePersistenceConfiguration persistence,
      @Nullable ReadOnlyGuard guard,
      TransactionPolicy policy,
      Runnable pool) {
    String database;
    try {
      database = probe(connections);
    } catch (SQLException | RuntimeException e) {
      throw unreachable(e);
    }
    MappedTables tables = MappedTables.of(config.name(), config.constraintNaming(), persistence);
    SessionFactory sessionFactory;
    try {
      sessionFactory = persistence.createEntityManagerFactory();
    } catch (RuntimeException e) {
      throw failed("Hibernate refused its mapping or settings", e);
    }
    extend(sessionFactory);
    listen(sessionFactory, guard);
    observer.factoryBuilt(config.name(), sessionFactory);
    List<Class<?>> entities = persistence.managedClasses();
    EngineOptions options =
        new EngineOptions(
            config.name(),
            config.kind(),
            config.isDefault(),
            entities,
            config.properties(),
            policy,
            config.poolOptions(),
            config.role(),
            config.tenant(),
            List.copyOf(config.owned()),
            config.isOptional());
    return new Started(
        new Engine(options, dataSource, sessionFactory, connections, tables, pool),
        config.kind()
            + (config.tenant() == null
                ? ""
                : ", '" + config.role() + "' of tenant '" + config.tenant() + "',")
            + " on "
            + database
            + ", "
            + description(entities)
            + config.poolOptions().description());
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

  private String probe(EngineConnections connections) throws SQLException {
    Connection connection = connections.getConnection();
    try {
      if (config.kind() == EngineKind.READ_ONLY) {
        ReadOnlyEnforcement.check(config.name(), connection, observer);
      }
      return connection.getMetaData().getDatabaseProductName()
          + " "
          + connection.getMetaData().getDatabaseProductVersion();
    } finally {
      connections.closeConnection(connection);
    }
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
    return failed("its database could not be reached", cause);
  }

  private EngineStartException failed(String what, Exception cause) {
    Throwable root = root(cause);
    String reason =
        root == cause
            ? String.valueOf(cause.getMessage())
            : cause.getMessage() + ", because: " + root.getMessage();
    return new EngineStartException(
        config.name(),
        what + ": " + Secrets.mask(reason, config.password()),
        Secrets.mask(cause, config.password()));
  }

  /** Hibernate and HikariCP say in their own exception only that it did not work. */
  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
      root = root.getCause();
    }
    return root;
  }
}
