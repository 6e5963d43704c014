package io.sqlassist.session;

import io.sqlassist.engine.Engine;
import jakarta.persistence.RollbackException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Savepoint;
import java.util.LinkedHashSet;
import java.util.Set;
import org.hibernate.FlushMode;
import org.hibernate.HibernateException;
import org.hibernate.Interceptor;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.jspecify.annotations.Nullable;

/**
 * One savepoint of a transaction, with a session of its own.
 *
 * <p>Hibernate knows no savepoints: an error inside of one marks its whole transaction
 * rollback-only, and after a rollback to one the session still holds what is gone from the
 * database. A second session on the same connection, whose commit and rollback mean the savepoint,
 * has neither problem: the outer session sees no error, and never held what was undone.
 */
final class SavepointBlock {

  private record Change(String entityName, Object id, boolean removed) {}

  private final String engine;
  private final Session outer;
  private final Session session;
  private final Connection connection;
  private final Savepoint savepoint;
  private final Set<Change> changes;

  private SavepointBlock(
      String engine,
      Session outer,
      Session session,
      Connection connection,
      Savepoint savepoint,
      Set<Change> changes) {
    this.engine = engine;
    this.outer = outer;
    this.session = session;
    this.connection = connection;
    this.savepoint = savepoint;
    this.changes = changes;
  }

  /** Flushes the outer session, sets the savepoint, and opens the session of the block. */
  static SavepointBlock begin(Engine engine, Session outer, Unit unit) {
    if (outer.getTransaction().getStatus() != TransactionStatus.ACTIVE) {
      throw new RollbackException(
          "Engine '"
              + engine.name()
              + "' can't set a savepoint: its transaction is "
              + outer.getTransaction().getStatus()
              + ". Set it before the operation that may fail, or call rollback() first.");
    }
    if (outer.getHibernateFlushMode() != FlushMode.MANUAL) {
      outer.flush();
    }
    Connection connection =
        outer
            .unwrap(SharedSessionContractImplementor.class)
            .getJdbcCoordinator()
            .getLogicalConnection()
            .getPhysicalConnection();
    Savepoint savepoint = set(engine.name(), connection);
    Set<Change> changes = new LinkedHashSet<>();
    Session session;
    try {
      session =
          engine
              .withOptions(unit.origin()::attribute)
              .connection(boundTo(savepoint, connection))
              .interceptor(collecting(changes, engine))
              .openSession();
      session.addEventListeners(unit.guard());
      session.beginTransaction();
    } catch (RuntimeException | Error e) {
      try {
        connection.rollback(savepoint);
      } catch (SQLException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
    return new SavepointBlock(engine.name(), outer, session, connection, savepoint, changes);
  }

  private static Savepoint set(String engine, Connection connection) {
    try {
      if (!connection.getMetaData().supportsSavepoints()) {
        throw unsupported(engine, connection, null);
      }
      try {
        return connection.setSavepoint();
      } catch (SQLFeatureNotSupportedException e) {
        throw unsupported(engine, connection, e);
      }
    } catch (SQLException e) {
      throw new HibernateException("Engine '" + engine + "': the savepoint could not be set", e);
    }
  }

  private static UnsupportedOperationException unsupported(
      String engine, Connection connection, @Nullable SQLException refusal) throws SQLException {
    return new UnsupportedOperationException(
        "Engine '"
            + engine
            + "' can't set a savepoint: the driver "
            + connection.getMetaData().getDriverName()
            + " has none. Use atomic(...) for the part that may fail, or a unit of its own.",
        refusal);
  }

  Session session() {
    return session;
  }

  /** Ends the block well: its work becomes part of the outer transaction. */
  void release() {
    if (session.getTransaction().getStatus() != TransactionStatus.ACTIVE) {
      throw new RollbackException(
          "The savepoint block on engine '"
              + engine
              + "' can't end well: its transaction is "
              + session.getTransaction().getStatus()
              + ", because an operation in it failed and the failure was caught. Let the exception"
              + " leave the block, and catch it outside.");
    }
    if (session.getHibernateFlushMode() != FlushMode.MANUAL) {
      session.flush(); // whose failures, unlike those of the commit, keep their type
    }
    session.getTransaction().commit();
    forgetSavepoint();
    session.close();
    changes.forEach(this::refreshOuter);
  }

  /** Ends the block ill: its work is undone, that of the outer transaction stays. */
  void rollback() {
    try {
      if (session.isOpen() && session.getTransaction().getStatus().canRollback()) {
        session.getTransaction().rollback();
      } else {
        rollbackToSavepoint();
      }
      forgetSavepoint();
    } finally {
      session.close();
    }
  }

  private void rollbackToSavepoint() {
    try {
      connection.rollback(savepoint);
    } catch (SQLException e) {
      throw new HibernateException(
          "Engine '" + engine + "': the rollback to the savepoint failed", e);
    }
  }

  private void forgetSavepoint() {
    try {
      connection.releaseSavepoint(savepoint);
    } catch (SQLFeatureNotSupportedException e) {
      // Oracle's driver: the savepoint ends with the transaction.
    } catch (SQLException e) {
      throw new HibernateException(
          "Engine '" + engine + "': the savepoint could not be released", e);
    }
  }

  /** The outer session may hold what the block changed. */
  private void refreshOuter(Change change) {
    SharedSessionContractImplementor implementor =
        outer.unwrap(SharedSessionContractImplementor.class);
    EntityPersister persister =
        implementor.getFactory().getMappingMetamodel().getEntityDescriptor(change.entityName());
    Object held =
        implementor
            .getPersistenceContextInternal()
            .getEntity(implementor.generateEntityKey(change.id(), persister));
    if (held == null) {
      return;
    }
    if (change.removed()) {
      outer.detach(held);
    } else {
      outer.refresh(held);
    }
  }

  /** A connection whose transaction is the savepoint. */
  private static Connection boundTo(Savepoint savepoint, Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            SavepointBlock.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "commit", "close", "setAutoCommit" -> null;
                  case "rollback" -> {
                    if (arguments == null) {
                      connection.rollback(savepoint);
                      yield null;
                    }
                    yield invoke(connection, method, arguments);
                  }
                  default -> invoke(connection, method, arguments);
                });
  }

  /** Notes what the block changes; everything else is left to the application's interceptor. */
  private static Interceptor collecting(Set<Change> changes, Engine engine) {
    Interceptor applications =
        engine
            .sessionFactory()
            .unwrap(SessionFactoryImplementor.class)
            .getSessionFactoryOptions()
            .getInterceptor();
    return (Interceptor)
        Proxy.newProxyInstance(
            SavepointBlock.class.getClassLoader(),
            new Class<?>[] {Interceptor.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("onFlushDirty")) {
                changes.add(change(engine, arguments, false));
              } else if (method.getName().equals("onRemove")) {
                changes.add(change(engine, arguments, true));
              }
              return invoke(applications, method, arguments);
            });
  }

  private static Change change(Engine engine, Object[] arguments, boolean removed) {
    String entityName =
        engine
            .sessionFactory()
            .unwrap(SessionFactoryImplementor.class)
            .bestGuessEntityName(arguments[0]);
    return new Change(entityName, arguments[1], removed);
  }

  private static @Nullable Object invoke(
      Object target, Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
