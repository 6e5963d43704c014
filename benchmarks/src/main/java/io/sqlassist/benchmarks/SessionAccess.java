package io.sqlassist.benchmarks;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.Transaction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Getting a session and giving it back, without a statement.
 *
 * <p>Used by one thread at a time.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls start() first
public class SessionAccess {

  private EngineRegistry registry;
  private SessionFactory reader;
  private SessionFactory writer;
  private DbSessionsContainer open;

  @Setup
  public void start() {
    Database database = Database.named("h2");
    Bookshelf.fill(database);
    registry = Registries.readerAndWriter(database, 2);
    reader = registry.engine("reader").sessionFactory();
    writer = registry.engine("writer").sessionFactory();
    open = new DbSessionsContainer(registry, UnitOrigin.NONE);
    open.writer();
  }

  @TearDown
  public void stop() {
    open.close();
    registry.close();
  }

  @Benchmark
  public Session firstReader() {
    try (DbSessionsContainer db = new DbSessionsContainer(registry, UnitOrigin.NONE)) {
      return db.reader();
    }
  }

  @Benchmark
  public Session bareReader() {
    try (Session session = reader.openSession()) {
      return session;
    }
  }

  @Benchmark
  public Session firstWriter() {
    try (DbSessionsContainer db = new DbSessionsContainer(registry, UnitOrigin.NONE)) {
      return db.writer();
    }
  }

  /** With the transaction, which the unit of work begins too. */
  @Benchmark
  public Session bareWriter() {
    try (Session session = writer.openSession()) {
      Transaction transaction = session.beginTransaction();
      transaction.rollback();
      return session;
    }
  }

  @Benchmark
  public Session memoized() {
    return open.writer();
  }
}
