package io.sqlassist.benchmarks;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import io.sqlassist.session.Units;
import org.eclipse.jetty.util.Attributes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a request pays that touches no session: a container that is attached and never used.
 *
 * <p>Used by one thread at a time.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls start() first
public class UnusedContainer {

  @Param({"1", "8", "64"})
  public int engines;

  private EngineRegistry registry;

  @Setup
  public void start() {
    registry = Registries.plain(Database.named("h2"), engines);
  }

  @TearDown
  public void stop() {
    registry.close();
  }

  /** The object alone. */
  @Benchmark
  public Object container() {
    return new DbSessionsContainer(registry, UnitOrigin.NONE);
  }

  /** Made, current on the thread, and ended. */
  @Benchmark
  public Object attachedAndEnded() {
    DbSessionsContainer db = new DbSessionsContainer(registry, UnitOrigin.NONE);
    Units.enter(db);
    db.close();
    return db;
  }

  /** What the servlet's request takes to keep one attribute, whoever sets it. */
  @Benchmark
  public Object attributeOfTheServlet() {
    Attributes.Mapped attributes = new Attributes.Mapped();
    attributes.setAttribute("dbSession", this);
    return attributes;
  }
}
