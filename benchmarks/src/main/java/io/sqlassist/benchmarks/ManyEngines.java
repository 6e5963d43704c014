package io.sqlassist.benchmarks;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.Units;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One book by its number, from the last of many engines.
 *
 * <p>Used by one thread at a time.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls start() first
public class ManyEngines {

  @Param({"1", "8", "64"})
  public int engines;

  private EngineRegistry registry;
  private String last;
  private long next;

  @Setup
  public void start() {
    Database database = Database.named("h2");
    Bookshelf.fill(database);
    registry = Registries.plain(database, engines, Book.class);
    last = Registries.nameOf(engines - 1);
  }

  @TearDown
  public void stop() {
    registry.close();
  }

  @Benchmark
  public Book read() {
    next = next % Bookshelf.BOOKS + 1;
    return Units.inUnit(registry, db -> db.session(last).find(Book.class, next));
  }
}
