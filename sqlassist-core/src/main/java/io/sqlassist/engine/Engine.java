package io.sqlassist.engine;

import io.sqlassist.schema.MappedTables;
import io.sqlassist.schema.SchemaInfo;
import io.sqlassist.schema.SchemaReport;
import io.sqlassist.transaction.TransactionPolicy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.SessionBuilder;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;

/**
 * A named database: its {@link DataSource}, its Hibernate {@link SessionFactory}, its options.
 * Lives as long as the application.
 *
 * <p>Thread-safe.
 */
public final class Engine {

  private final EngineOptions options;
  private final DataSource dataSource;
  private final SessionFactory sessionFactory;
  private final EngineConnections connections;
  private final MappedTables tables;
  private final Runnable pool;
  private volatile EngineState state = EngineState.of(EngineState.Status.UP);

  /**
   * Creates an engine that is ready.
   *
   * @param connections gives the factory its connections
   * @param tables what the entities are mapped to
   * @param pool closes the pool if SqlAssist made it; does nothing for one that was handed in
   */
  Engine(
      EngineOptions options,
      DataSource dataSource,
      SessionFactory sessionFactory,
      EngineConnections connections,
      MappedTables tables,
      Runnable pool) {
    this.options = options;
    this.dataSource = dataSource;
    this.sessionFactory = sessionFactory;
    this.connections = connections;
    this.tables = tables;
    this.pool = pool;
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
   * Hibernate's factory of this engine. Sessions opened from it are the caller's to end and close.
   *
   * @return the factory
   */
  public SessionFactory sessionFactory() {
    return sessionFactory;
  }

  /**
   * Where the engine's connections come from: the object handed in, or the pool made for it.
   *
   * @return the data source, without the observers' instruments
   */
  public DataSource dataSource() {
    return dataSource;
  }

  /**
   * How the engine's pool stands at this moment.
   *
   * @return its figures; empty if the pool is not HikariCP's and no engine on it has {@link
   *     EngineConfig#maxConnections(int)}; with that setting the figures of another pool count the
   *     connections of engines only, and none as idle
   */
  public Optional<PoolFigures> pool() {
    return Optional.ofNullable(connections.gate().figures());
  }

  /**
   * Ends a thread's waiting for a connection of this engine's pool, because the work that it waits
   * for is over. Does nothing if the thread does not wait, or not there.
   *
   * @param thread the thread
   * @param reason gives the exception that the thread gets, on that thread
   */
  public void stopWaiting(Thread thread, Supplier<? extends RuntimeException> reason) {
    connections.gate().callOff(thread, reason);
    policy().stopWaiting(thread, reason);
  }

  /**
   * What has been said about the engine's pool already. For the sessions of units of work.
   *
   * @return the same object for all engines on the same data source
   */
  public PoolNotices poolNotices() {
    return connections.gate().notices();
  }

  /**
   * Whether the engine can be used. Asks no database.
   *
   * @return its state at this moment
   */
  public EngineState state() {
    return state;
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
    connections.evict(connection);
  }

  /** Whether that very class is an entity here. */
  boolean maps(Class<?> type) {
    return sessionFactory
        .unwrap(SessionFactoryImplementor.class)
        .getMappingMetamodel()
        .isEntityClass(type);
  }

  /**
   * Opens a session that belongs to no unit of work: the caller begins, commits and closes.
   * Acquires no connection.
   *
   * @return a new session
   */
  public Session openSession() {
    Session session = sessionFactory.openSession();
    if (connections.asksForWhom()) {
      session.addEventListeners(Acquiring.forNobody());
    }
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
    SqlComments comments = comments();
    Session session =
        comments == null ? sessionFactory.openSession() : withOptions(attributes).openSession();
    if (connections.asksForWhom()) {
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
    SessionBuilder options = sessionFactory.withOptions();
    SqlComments comments = comments();
    return comments == null ? options : options.statementInspector(comments.of(attributes));
  }

  private @Nullable SqlComments comments() {
    return sessionFactory
                .unwrap(SessionFactoryImplementor.class)
                .getSessionFactoryOptions()
                .getStatementInspector()
            instanceof SqlComments comments
        ? comments
        : null;
  }

  /**
   * Opens a stateless session that belongs to no unit of work: the caller begins, commits and
   * closes.
   *
   * @return a new stateless session
   */
  public StatelessSession openStatelessSession() {
    return sessionFactory.openStatelessSession();
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
    connections.isolate(connection, level);
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
    tables.create(connections, entities);
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
    tables.drop(connections, entities);
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
    return tables.compare(connections, entities);
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
    return MappedTables.reflect(name(), connections, names);
  }

  private void refuseIfReadOnly(String attempt) {
    if (isReadOnly()) {
      throw new ReadOnlyEngineException(name(), attempt);
    }
  }

  /**
   * Closes the factory, then the pool if it is ours; the failure of one does not stop the other.
   */
  void close() {
    state = EngineState.of(EngineState.Status.CLOSED);
    connections.close();
    try {
      sessionFactory.close();
    } catch (RuntimeException | Error e) {
      try {
        pool.run();
      } catch (RuntimeException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
    pool.run();
  }

  @Override
  public String toString() {
    return "Engine[" + options.name() + ", " + options.kind() + "]";
  }
}
