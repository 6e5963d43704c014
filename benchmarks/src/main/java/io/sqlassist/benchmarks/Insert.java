package io.sqlassist.benchmarks;

import io.sqlassist.benchmarks.Database.Use;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.Units;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One new book, committed.
 *
 * <p>Used by one thread at a time.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls start() first
public class Insert {

  @Param({"h2", "postgresql"})
  public String database;

  private Database place;
  private EngineRegistry registry;
  private HandWritten handWritten;

  @Setup
  public void start() {
    place = Database.named(database);
    if (database.equals("h2")) {
      Bookshelf.fill(place);
    }
    registry = Registries.readerAndWriter(place, 2);
    handWritten = new HandWritten(place, Use.WRITING, 2);
  }

  @Setup(Level.Iteration)
  public void trim() {
    Bookshelf.trim(place);
  }

  @TearDown
  public void stop() {
    Bookshelf.trim(place);
    registry.close();
    handWritten.close();
  }

  @Benchmark
  public long sqlAssist() {
    return Units.inUnit(
            registry,
            db -> {
              Book book = new Book("New", 1);
              db.writer().persist(book);
              return book;
            })
        .getId();
  }

  @Benchmark
  public long tryFinally() {
    return handWritten.insert(new Book("New", 1));
  }
}
