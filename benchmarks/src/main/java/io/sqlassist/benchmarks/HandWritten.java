package io.sqlassist.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.benchmarks.Database.Use;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.Transaction;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.transaction.jta.platform.internal.NoJtaPlatform;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/**
 * The baseline: a pool and a session factory as a careful application sets them up for one use, and
 * a try/finally around each session.
 */
final class HandWritten implements AutoCloseable {

  private final HikariDataSource pool;
  private final SessionFactory factory;

  HandWritten(Database database, Use use, int poolSize) {
    pool = database.pool(use, poolSize);
    HibernatePersistenceConfiguration persistence =
        new HibernatePersistenceConfiguration("hand-written-" + use).managedClass(Book.class);
    persistence.property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool);
    persistence.property(AvailableSettings.JTA_PLATFORM, NoJtaPlatform.INSTANCE);
    persistence.property(
        AvailableSettings.CONNECTION_PROVIDER_DISABLES_AUTOCOMMIT, use == Use.WRITING);
    factory = persistence.createEntityManagerFactory();
  }

  SessionFactory factory() {
    return factory;
  }

  Book readWithoutTransaction(long id) {
    try (Session session = factory.openSession()) {
      return session.find(Book.class, id);
    }
  }

  Book readInTransaction(long id) {
    try (Session session = factory.openSession()) {
      Transaction transaction = session.beginTransaction();
      try {
        Book book = session.find(Book.class, id);
        transaction.commit();
        return book;
      } catch (RuntimeException | Error e) {
        rollBack(transaction, e);
        throw e;
      }
    }
  }

  long insert(Book book) {
    try (Session session = factory.openSession()) {
      Transaction transaction = session.beginTransaction();
      try {
        session.persist(book);
        transaction.commit();
        return book.getId();
      } catch (RuntimeException | Error e) {
        rollBack(transaction, e);
        throw e;
      }
    }
  }

  private static void rollBack(Transaction transaction, Throwable cause) {
    try {
      transaction.rollback();
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    try (pool) {
      factory.close();
    }
  }
}
