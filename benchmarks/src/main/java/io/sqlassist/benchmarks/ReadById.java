package io.sqlassist.benchmarks;

import io.sqlassist.benchmarks.Database.Use;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.Units;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One book by its number, in a unit of work of its own.
 *
 * <p>Used by one thread at a time.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls start() first
public class ReadById {

  @Param({"h2", "postgresql"})
  public String database;

  private EngineRegistry registry;
  private HandWritten handWritten;
  private HandWritten usual;
  private long next;

  @Setup
  public void start() {
    Database place = Database.named(database);
    if (database.equals("h2")) {
      Bookshelf.fill(place);
    }
    registry = Registries.readerAndWriter(place, 2);
    handWritten = new HandWritten(place, Use.READING, 2);
    usual = new HandWritten(place, Use.USUAL, 2);
  }

  @TearDown
  public void stop() {
    registry.close();
    handWritten.close();
    usual.close();
  }

  private long id() {
    next = next % Bookshelf.BOOKS + 1;
    return next;
  }

  @Benchmark
  public Book sqlAssist() {
    return Units.inUnit(registry, db -> db.reader().find(Book.class, id()));
  }

  @Benchmark
  public Book tryFinally() {
    return handWritten.readWithoutTransaction(id());
  }

  @Benchmark
  public Book transactionPerRead() {
    return usual.readInTransaction(id());
  }
}
