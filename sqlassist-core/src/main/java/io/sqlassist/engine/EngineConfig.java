package io.sqlassist.engine;

import com.zaxxer.hikari.HikariConfig;
import io.sqlassist.schema.ConstraintNaming;
import io.sqlassist.schema.Migration;
import io.sqlassist.transaction.TransactionPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * The recipe of one engine. Lives inside the lambda of {@link EngineRegistry#initializeEngine} or
 * {@link EngineRegistry#defaults} and leaves as {@link EngineOptions}; later use throws.
 *
 * <p>Used by one thread. What a default sets, the engine's own lambda may set again.
 */
public final class EngineConfig {

  private final String name;
  private boolean makeDefault;
  private boolean readOnly;
  private boolean autocommit;
  private @Nullable String url;
  private @Nullable String username;
  private @Nullable String password;
  private final List<Consumer<? super HikariConfig>> pool = new ArrayList<>();
  private @Nullable DeclaredEntities inheritedEntities;
  private @Nullable DeclaredEntities entities;
  private final Map<String, Object> properties = new LinkedHashMap<>();
  private final List<Consumer<? super HibernatePersistenceConfiguration>> persistence =
      new ArrayList<>();
  private @Nullable TransactionPolicy policy;
  private @Nullable String tenant;
  private String role;
  private final Set<Class<?>> owned = new LinkedHashSet<>();
  private OptionalInt maxConnections = OptionalInt.empty();
  private @Nullable Duration acquireTimeout;
  private @Nullable Duration holdBudget;
  private @Nullable Duration idleInTransactionBudget;
  private final List<ConnectionListener> connectionListeners = new ArrayList<>();
  private @Nullable SqlCommentConfig sqlComments;
  private boolean optional;
  private ConstraintNaming constraintNaming = ConstraintNaming.CONVENTION;
  private final List<Migrations.Step> migrations = new ArrayList<>();
  private final List<Consumer<? super Engine>> beforeSession = new ArrayList<>();
  private @Nullable Consumer<? super DataSource> reinit;
  private @Nullable Class<?> caller;
  private boolean frozen;

  /** What was declared in one lambda: classes, and packages to be scanned. */
  record DeclaredEntities(Set<Class<?>> classes, Set<String> packages) {
    DeclaredEntities() {
      this(new LinkedHashSet<>(), new LinkedHashSet<>());
    }
  }

  EngineConfig(String name) {
    this.name = name;
    this.role = name;
  }

  /**
   * The engine that is being configured.
   *
   * @return its name
   */
  public String name() {
    return name;
  }

  /**
   * Makes this the default engine. Default: an engine is the default only when it is the only one.
   *
   * @return this
   */
  public EngineConfig makeDefault() {
    checkOpen();
    makeDefault = true;
    return this;
  }

  /**
   * Makes this a read-only engine: no transaction, one query is one round trip, every write is
   * refused before it reaches the database, and nothing it loads enters a second-level cache: the
   * settings that switch on the second-level and the query cache are without effect here, so that
   * they may stand in the defaults of all engines. Settings that make Hibernate change the schema
   * are refused. A transaction begun by hand covers nothing: each query stands by itself. Default:
   * read-write. Excludes {@link #autocommit()}.
   *
   * @return this
   */
  public EngineConfig readOnly() {
    checkOpen();
    readOnly = true;
    return this;
  }

  /**
   * Makes this an autocommit engine: what is flushed is durable at once, persist, merge and remove
   * flush by themselves, and nothing is ever rolled back, not even by a transaction begun by hand.
   * Default: read-write. Excludes {@link #readOnly()}.
   *
   * @return this
   */
  public EngineConfig autocommit() {
    checkOpen();
    autocommit = true;
    return this;
  }

  /**
   * Where the database is; SqlAssist makes a HikariCP pool for it, and closes that with the engine.
   * Instead of handing in a {@code DataSource}.
   *
   * @param url a JDBC URL
   * @return this
   */
  public EngineConfig url(String url) {
    checkOpen();
    this.url = Objects.requireNonNull(url, "url");
    return this;
  }

  /**
   * The database user of the pool that SqlAssist makes. Default: whatever the URL says.
   *
   * @param username the user's name
   * @return this
   */
  public EngineConfig username(String username) {
    checkOpen();
    this.username = Objects.requireNonNull(username, "username");
    return this;
  }

  /**
   * The database password of the pool that SqlAssist makes. Never shown anywhere.
   *
   * @param password the password
   * @return this
   */
  public EngineConfig password(String password) {
    checkOpen();
    this.password = Objects.requireNonNull(password, "password");
    return this;
  }

  /**
   * Everything else about the pool that SqlAssist makes, in HikariCP's own words. May be called
   * several times. Defaults: HikariCP's, with {@code autoCommit} and {@code readOnly} as the kind
   * of engine wants them and the pool named after the engine.
   *
   * @param settings receives the pool's configuration, with the defaults set
   * @return this
   */
  @SuppressWarnings("exports") // HikariCP is optional: who calls this has it
  public EngineConfig pool(Consumer<? super HikariConfig> settings) {
    checkOpen();
    pool.add(Objects.requireNonNull(settings, "settings"));
    return this;
  }

  /**
   * Declares mapped classes. Called with none it declares a plain engine, for native SQL only.
   * Default: those of {@link EngineRegistry#defaults}; where there are none either, the
   * {@code @Entity} classes in and below the package of the code that initialises the engine.
   *
   * @param classes entities, embeddables, mapped superclasses and converters
   * @return this
   */
  public EngineConfig entities(Class<?>... classes) {
    checkOpen();
    declared().classes().addAll(List.of(classes));
    return this;
  }

  /**
   * Declares packages whose mapped classes, also those of packages below, belong to this engine.
   *
   * @param packages package names
   * @return this
   */
  public EngineConfig entityPackages(String... packages) {
    checkOpen();
    declared().packages().addAll(List.of(packages));
    return this;
  }

  /**
   * Any Hibernate setting, except those that SqlAssist decides itself: connections, transactions.
   *
   * @param key the setting's name, for example {@code hibernate.jdbc.batch_size}
   * @param value its value
   * @return this
   * @throws IllegalArgumentException if SqlAssist decides that setting
   */
  public EngineConfig property(String key, Object value) {
    checkOpen();
    OwnSettings.refuse(name, key);
    properties.put(key, Objects.requireNonNull(value, "value"));
    return this;
  }

  /**
   * Everything else that Hibernate's own configuration object can do. Runs after the settings above
   * and before those that SqlAssist decides. May be called several times.
   *
   * @param settings receives the configuration
   * @return this
   */
  public EngineConfig persistence(Consumer<? super HibernatePersistenceConfiguration> settings) {
    checkOpen();
    persistence.add(Objects.requireNonNull(settings, "settings"));
    return this;
  }

  /**
   * How the engine's sessions end. Engines given the same object end together. Default: one plain
   * transaction per engine, or what the kind of engine wants.
   *
   * @param policy the policy
   * @return this
   */
  public EngineConfig policy(TransactionPolicy policy) {
    checkOpen();
    this.policy = Objects.requireNonNull(policy, "policy");
    return this;
  }

  /**
   * How many connections the sessions of this engine, and of all engines on the same {@code
   * DataSource} object, may have at once. Whoever needs one more waits. Where several of those
   * engines say a number, the lowest one holds. Default: the size of the pool, if it is a HikariCP
   * pool; no limit for others, so that those should be given one.
   *
   * @param max 1 or more; for a HikariCP pool not more than its size
   * @return this
   * @throws IllegalArgumentException if the number is less than 1
   */
  public EngineConfig maxConnections(int max) {
    checkOpen();
    if (max < 1) {
      throw new IllegalArgumentException(
          "Engine '"
              + name
              + "': maxConnections must be 1 or more, not "
              + max
              + ". Leave it out for the size of the pool.");
    }
    this.maxConnections = OptionalInt.of(max);
    return this;
  }

  /**
   * How long a caller waits for a connection while all of them are in use, before it gets an {@link
   * EngineBusyException}. Default: the {@code connectionTimeout} of a HikariCP pool, which is 30
   * seconds unless it was set; 30 seconds for other pools. The pool that SqlAssist makes for a
   * {@link #url(String)} gets the same time as its {@code connectionTimeout}, but at least
   * HikariCP's 250 ms.
   *
   * @param longest longer than nothing
   * @return this
   * @throws IllegalArgumentException if the time is zero or negative
   */
  public EngineConfig acquireTimeout(Duration longest) {
    checkOpen();
    this.acquireTimeout = positive("acquireTimeout", longest);
    return this;
  }

  /**
   * How long a session of a unit of work may hold a connection before that is worth a warning: one
   * for each place in the application that acquired a connection and kept it for longer, also while
   * it still does. Default: none, and nothing is measured.
   *
   * @param longest longer than nothing
   * @return this
   * @throws IllegalArgumentException if the time is zero or negative
   */
  public EngineConfig holdBudget(Duration longest) {
    checkOpen();
    this.holdBudget = positive("holdBudget", longest);
    return this;
  }

  /**
   * How long a session of a unit of work may hold a connection without running a statement on it
   * before that is worth a warning, as with {@link #holdBudget(Duration)}. Default: none, and
   * nothing is measured.
   *
   * @param longest longer than nothing
   * @return this
   * @throws IllegalArgumentException if the time is zero or negative
   */
  public EngineConfig idleInTransactionBudget(Duration longest) {
    checkOpen();
    this.idleInTransactionBudget = positive("idleInTransactionBudget", longest);
    return this;
  }

  /**
   * Adds a listener that prepares the engine's connections, or rejects them. Several are called in
   * the order in which they were added, those of the defaults first; when a connection is released,
   * the other way round. Default: none, and connections pass as the pool hands them out.
   *
   * @param listener the listener; stays when the engine gets another pool
   * @return this
   */
  public EngineConfig connections(ConnectionListener listener) {
    checkOpen();
    connectionListeners.add(Objects.requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * As {@link #sqlComments(Consumer)}, with the engine and the route only.
   *
   * @return this
   */
  public EngineConfig sqlComments() {
    return sqlComments(comments -> {});
  }

  /**
   * Appends a comment to each statement of Hibernate's that says which engine and which route it is
   * for, in the format of sqlcommenter: {@code
   * /*engine='writer',route='%2Fbooks%2F%7Bid%7D'*}{@code /}. A statement that holds a comment
   * already is left as it is. May be called several times. Default: off.
   *
   * @param comments receives what else the comment shall say
   * @return this
   */
  public EngineConfig sqlComments(Consumer<? super SqlCommentConfig> comments) {
    checkOpen();
    SqlCommentConfig config = sqlComments;
    if (config == null) {
      config = new SqlCommentConfig(name);
      sqlComments = config;
    }
    comments.accept(config);
    return this;
  }

  /**
   * Lets the application start while this engine's database is down. Until the engine has started,
   * every use of it fails at once with an {@link EngineDownException}, and the start is tried again
   * by itself. What is wrong with the configuration, and not with the database, still refuses the
   * engine. Default: an engine that does not start is an {@link EngineStartException}.
   *
   * @return this
   * @see Engine#state()
   */
  public EngineConfig optional() {
    checkOpen();
    optional = true;
    return this;
  }

  /**
   * Runs before each new session of the engine, once, and not for further accesses to it: to find
   * the current primary, for example, and {@link Engine#switchTo} it. May be called several times.
   * The hook runs on the thread that opens the session; what it throws keeps the session from being
   * opened, as a {@link BeforeSessionException}. A session that it opens itself does not make it
   * run again. Sessions opened directly from {@link Engine#sessionFactory()} don't run it. Default:
   * nothing.
   *
   * @param hook receives the engine; thread-safe, and fast, since every session waits for it
   * @return this
   */
  public EngineConfig beforeSession(Consumer<? super Engine> hook) {
    checkOpen();
    beforeSession.add(Objects.requireNonNull(hook, "hook"));
    return this;
  }

  /**
   * How to drop the pooled connections of this engine's data source, for {@link Engine#reinit()}:
   * those that are idle at once, those in use when they come back. Default: HikariCP pools know
   * how, others don't.
   *
   * @param evict receives the data source that the engine is on; for an Agroal pool, for example,
   *     {@code pool -> ((AgroalDataSource) pool).flush(FlushMode.GRACEFUL)}
   * @return this
   */
  public EngineConfig reinit(Consumer<? super DataSource> evict) {
    checkOpen();
    this.reinit = Objects.requireNonNull(evict, "evict");
    return this;
  }

  private Duration positive(String setting, Duration value) {
    if (Objects.requireNonNull(value, setting).isNegative() || value.isZero()) {
      throw new IllegalArgumentException(
          "Engine '"
              + name
              + "': "
              + setting
              + " must be longer than nothing, not "
              + value
              + ". Leave it out for the default.");
    }
    return value;
  }

  PoolOptions poolOptions() {
    return new PoolOptions(
        maxConnections,
        Optional.ofNullable(acquireTimeout),
        Optional.ofNullable(holdBudget),
        Optional.ofNullable(idleInTransactionBudget));
  }

  /**
   * Makes this the engine that units of work of one tenant get under a name that all tenants share:
   * the engine {@code writer-acme}, with {@code forTenant("acme", "writer")}, is {@code
   * db.writer()} where the tenant is {@code acme}, and only there. Default: an engine is for
   * everybody, under its own name.
   *
   * @param tenant the tenant
   * @param role the shared name; no engine may have it as its own
   * @return this
   * @see EngineRegistry#tenants(TenantResolver)
   */
  public EngineConfig forTenant(String tenant, String role) {
    checkOpen();
    if (tenant.isBlank() || role.isBlank()) {
      throw new IllegalArgumentException(
          "Engine '" + name + "': forTenant(tenant, role) needs two names that are not blank.");
    }
    this.tenant = tenant;
    this.role = role;
    return this;
  }

  /**
   * Says that the entities of these types live on this engine, although others may map them, too:
   * {@code db.sessionFor(Entity.class)} gives its session. The most specific type counts: a class
   * before its superclass, and classes before interfaces. Goes before {@link OnEngine} on the same
   * type. Default: the annotation decides, else the kinds of the engines that map the entity.
   *
   * @param types entities, their superclasses or interfaces
   * @return this
   */
  public EngineConfig owns(Class<?>... types) {
    checkOpen();
    owned.addAll(List.of(types));
    return this;
  }

  /**
   * Who names the constraints and indexes that the mapping leaves without a name. Names given in
   * the mapping always stand. Default: {@link ConstraintNaming#CONVENTION}.
   *
   * @param naming the convention, or Hibernate
   * @return this
   */
  public EngineConfig constraintNaming(ConstraintNaming naming) {
    checkOpen();
    constraintNaming = Objects.requireNonNull(naming, "naming");
    return this;
  }

  /**
   * Migrates the engine's database when the engine starts, before Hibernate looks at it, by way of
   * the engine's own connections. May be called several times, and runs in that order. Default: no
   * migration.
   *
   * @param migration what to do, for example with Flyway
   * @return this
   * @see #migrate(DataSource, Migration)
   */
  public EngineConfig migrate(Migration migration) {
    checkOpen();
    migrations.add(Migrations.Step.own(migration));
    return this;
  }

  /**
   * As {@link #migrate(Migration)}, as another database user: one that owns the tables, where the
   * engine's own may only use them.
   *
   * @param owner connects as that user; stays the application's and is never closed here
   * @param migration what to do
   * @return this
   */
  public EngineConfig migrate(DataSource owner, Migration migration) {
    checkOpen();
    migrations.add(Migrations.Step.by(owner, migration));
    return this;
  }

  /**
   * As {@link #migrate(Migration)}, as another database user of the engine's {@link #url(String)}.
   * Each connection is made when it is asked for, and closed by whoever asked; there is no pool.
   *
   * @param username the user that owns the tables
   * @param password its password; never shown anywhere
   * @param migration what to do
   * @return this
   */
  public EngineConfig migrate(String username, String password, Migration migration) {
    checkOpen();
    migrations.add(Migrations.Step.as(username, password, migration));
    return this;
  }

  /**
   * Names the class on whose behalf the engine is initialised, for integrations that do it for an
   * application. Default: the class that calls {@code initializeEngine}.
   *
   * @param caller below whose package entities are looked for where none are declared
   * @return this
   */
  public EngineConfig onBehalfOf(Class<?> caller) {
    checkOpen();
    this.caller = Objects.requireNonNull(caller, "caller");
    return this;
  }

  /** Marks what has been declared so far as inherited: the engine's own lambda replaces it. */
  void endDefaults() {
    if (entities != null) {
      inheritedEntities = entities;
      entities = null;
    }
  }

  /** Ends the life of this object, also when its lambda failed. */
  void freeze() {
    frozen = true;
    if (sqlComments != null) {
      sqlComments.freeze();
    }
  }

  void refuseContradictions() {
    if (readOnly && autocommit) {
      throw new IllegalArgumentException(
          "Engine '" + name + "' can't be both readOnly() and autocommit(). Remove one of them.");
    }
    if (policy != null && (readOnly || autocommit)) {
      throw new IllegalArgumentException(
          "Engine '"
              + name
              + "' is "
              + kind()
              + " and has no transaction for a policy(...) to end. Remove the policy, or "
              + (readOnly ? "readOnly()." : "autocommit()."));
    }
    if (optional && policy != null && policy.isCoordinated()) {
      throw new IllegalArgumentException(
          "Engine '"
              + name
              + "' commits together with others through a coordinator (JTA) and can't be"
              + " optional(): what it must recover has to be known when the application starts."
              + " Remove optional().");
    }
    if (url == null && (username != null || password != null || !pool.isEmpty())) {
      throw new IllegalArgumentException(
          "Engine '"
              + name
              + "' has username(...), password(...) or pool(...) but no url(...): they configure"
              + " the pool that SqlAssist makes. Configure the DataSource itself, or give a"
              + " url(...).");
    }
  }

  EngineKind kind() {
    if (readOnly) {
      return EngineKind.READ_ONLY;
    }
    return autocommit ? EngineKind.AUTOCOMMIT : EngineKind.READ_WRITE;
  }

  boolean isDefault() {
    return makeDefault;
  }

  List<ConnectionListener> connectionListeners() {
    return connectionListeners;
  }

  @Nullable SqlCommentConfig sqlCommentConfig() {
    return sqlComments;
  }

  List<Consumer<? super Engine>> beforeSession() {
    return beforeSession;
  }

  @Nullable Consumer<? super DataSource> reinit() {
    return reinit;
  }

  boolean isOptional() {
    return optional;
  }

  boolean hasSqlComments() {
    return sqlComments != null;
  }

  @Nullable String url() {
    return url;
  }

  @Nullable String username() {
    return username;
  }

  @Nullable String password() {
    return password;
  }

  List<Consumer<? super HikariConfig>> pool() {
    return pool;
  }

  /** The engine's own declaration, else the inherited one, else null: look for them. */
  @Nullable DeclaredEntities declaredEntities() {
    return entities != null ? entities : inheritedEntities;
  }

  Map<String, Object> properties() {
    return properties;
  }

  List<Consumer<? super HibernatePersistenceConfiguration>> persistence() {
    return persistence;
  }

  @Nullable TransactionPolicy policy() {
    return policy;
  }

  @Nullable String tenant() {
    return tenant;
  }

  String role() {
    return role;
  }

  Set<Class<?>> owned() {
    return owned;
  }

  ConstraintNaming constraintNaming() {
    return constraintNaming;
  }

  List<Migrations.Step> migrations() {
    return migrations;
  }

  @Nullable Class<?> caller() {
    return caller;
  }

  private DeclaredEntities declared() {
    if (entities == null) {
      entities = new DeclaredEntities();
    }
    return entities;
  }

  private void checkOpen() {
    if (frozen) {
      throw new IllegalStateException(
          "The configuration of engine '"
              + name
              + "' is complete. Make every call inside the lambda, not after it has returned.");
    }
  }
}
