package io.sqlassist.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.PoolFigures;
import io.sqlassist.observe.ConnectionObserver;
import io.sqlassist.observe.Observer;
import io.sqlassist.observe.UnitInfo;
import io.sqlassist.observe.UnitObserver;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.Outcome;
import io.sqlassist.transaction.PartialCommitException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Counts and measures what engines and units of work do. Every meter has the tag {@code engine} and
 * no other, so that there are as many time series as engines. The meters of an engine that is
 * stopped are removed.
 *
 * <table>
 * <caption>The meters</caption>
 * <tr><th>name</th><th>kind</th><th>what</th></tr>
 * <tr><td>sqlassist.connections.active</td><td>gauge</td><td>connections in use</td></tr>
 * <tr><td>sqlassist.connections.idle</td><td>gauge</td><td>connections open and free</td></tr>
 * <tr><td>sqlassist.connections.waiting</td><td>gauge</td><td>threads that wait for one</td></tr>
 * <tr><td>sqlassist.connections.max</td><td>gauge</td><td>how many there may be</td></tr>
 * <tr><td>sqlassist.connections.acquire</td><td>timer</td><td>how long sessions waited for a
 * connection that they got</td></tr>
 * <tr><td>sqlassist.connections.hold</td><td>timer</td><td>how long sessions held one</td></tr>
 * <tr><td>sqlassist.connections.busy</td><td>counter</td><td>sessions that got none, since all were
 * in use: {@code EngineBusyException}</td></tr>
 * <tr><td>sqlassist.connections.failed</td><td>counter</td><td>sessions that got none for another
 * reason</td></tr>
 * <tr><td>sqlassist.connections.rejected</td><td>counter</td><td>connections that a listener
 * rejected</td></tr>
 * <tr><td>sqlassist.sessions.opened</td><td>counter</td><td>sessions of units of work</td></tr>
 * <tr><td>sqlassist.commits</td><td>counter</td><td>commits of units of work that succeeded on the
 * engine, also those that failed on another one</td></tr>
 * <tr><td>sqlassist.rollbacks</td><td>counter</td><td>rollbacks, asked for or after a failure</td>
 * </tr>
 * <tr><td>sqlassist.commits.partial</td><td>counter</td><td>commits that were not complete, for each
 * engine that took part</td></tr>
 * <tr><td>sqlassist.commits.unknown</td><td>counter</td><td>commits of which nobody knows whether
 * they succeeded on the engine</td></tr>
 * </table>
 *
 * <p>Thread-safe.
 */
public final class SqlAssistMetrics implements Observer {

  private final EngineRegistry engines;
  private final MeterRegistry meters;
  private final Map<String, OfEngine> ofEngines = new ConcurrentHashMap<>();

  private SqlAssistMetrics(EngineRegistry engines, MeterRegistry meters) {
    this.engines = engines;
    this.meters = meters;
  }

  /**
   * Measures a registry from now on. Call it before the engines are initialised: an engine that
   * runs already has no meters for waiting and holding.
   *
   * @param engines whose engines are measured
   * @param meters where the meters are registered
   */
  public static void measure(EngineRegistry engines, MeterRegistry meters) {
    SqlAssistMetrics metrics = new SqlAssistMetrics(engines, meters);
    engines.observe(metrics);
    engines.names().forEach(metrics::of);
  }

  private OfEngine of(String engine) {
    return ofEngines.computeIfAbsent(engine, name -> new OfEngine(name, engines, meters));
  }

  @Override
  public ConnectionObserver connections(String engine) {
    return of(engine);
  }

  @Override
  public void engineStarted(String engine, String description) {
    of(engine);
  }

  @Override
  public void engineStopped(String engine) {
    if (engines.find(engine).isPresent()) {
      return; // it was replaced, and its successor goes on counting
    }
    OfEngine stopped = ofEngines.remove(engine);
    if (stopped != null) {
      stopped.all().forEach(meters::remove);
    }
  }

  @Override
  public UnitObserver unitStarted(UnitInfo unit) {
    return new OfUnit();
  }

  /** Counts by engine; without a state of its own. */
  private final class OfUnit implements UnitObserver {

    @Override
    public void sessionOpened(String engine) {
      count(engine, OfEngine::opened);
    }

    @Override
    public void committed(CommitReport report) {
      count(report);
    }

    @Override
    public void commitFailed(Throwable cause, List<String> participants) {
      if (cause instanceof PartialCommitException partial) {
        count(partial.report().outcomes().keySet(), OfEngine::partial);
        count(partial.report());
      } else {
        rolledBack(participants);
      }
    }

    @Override
    public void rolledBack(List<String> participants) {
      count(participants, OfEngine::rollbacks);
    }

    private void count(CommitReport report) {
      report.outcomes().forEach((engine, outcome) -> count(engine, of -> of.of(outcome)));
    }

    private void count(Collection<String> participants, Function<OfEngine, Counter> counter) {
      participants.forEach(engine -> count(engine, counter));
    }

    /** Makes no meters: a unit may end after its engine, whose meters nobody would remove again. */
    private void count(String engine, Function<OfEngine, Counter> counter) {
      OfEngine of = ofEngines.get(engine);
      if (of != null) {
        counter.apply(of).increment();
      }
    }
  }

  /** The meters of one engine. */
  private static final class OfEngine implements ConnectionObserver {

    private final String engine;
    private final EngineRegistry engines;
    private final MeterRegistry meters;
    private final List<Gauge> pool;
    private final Timer acquire;
    private final Timer hold;
    private final Counter busy;
    private final Counter failed;
    private final Counter rejected;
    private final Counter opened;
    private final Counter commits;
    private final Counter rollbacks;
    private final Counter partial;
    private final Counter unknown;

    OfEngine(String engine, EngineRegistry engines, MeterRegistry meters) {
      this.engine = engine;
      this.engines = engines;
      this.meters = meters;
      this.pool =
          List.of(
              gauge("active", "Connections in use", PoolFigures::active),
              gauge("idle", "Connections open and free", PoolFigures::idle),
              gauge("waiting", "Threads that wait for a connection", PoolFigures::waiting),
              gauge("max", "How many connections there may be", PoolFigures::max));
      this.acquire = timer("acquire", "How long sessions waited for a connection");
      this.hold = timer("hold", "How long sessions held a connection");
      this.busy = counter("connections.busy", "Sessions that got no connection: all in use");
      this.failed = counter("connections.failed", "Sessions that got no connection: a failure");
      this.rejected = counter("connections.rejected", "Connections that a listener rejected");
      this.opened = counter("sessions.opened", "Sessions of units of work");
      this.commits = counter("commits", "Commits that succeeded on the engine");
      this.rollbacks = counter("rollbacks", "Rollbacks, asked for or after a failure");
      this.partial = counter("commits.partial", "Commits of several engines that were incomplete");
      this.unknown = counter("commits.unknown", "Commits whose outcome nobody knows");
    }

    private Gauge gauge(String name, String description, ToDoubleFunction<PoolFigures> figure) {
      return Gauge.builder("sqlassist.connections." + name, this, me -> me.figure(figure))
          .description(description)
          .tag("engine", engine)
          .strongReference(true)
          .register(meters);
    }

    /** Not a number where the pool does not tell, or the engine has not started. */
    private double figure(ToDoubleFunction<PoolFigures> figure) {
      return engines
          .find(engine)
          .flatMap(Engine::pool)
          .map(figures -> figure.applyAsDouble(figures))
          .orElse(Double.NaN);
    }

    private Timer timer(String name, String description) {
      return Timer.builder("sqlassist.connections." + name)
          .description(description)
          .tag("engine", engine)
          .register(meters);
    }

    private Counter counter(String name, String description) {
      return Counter.builder("sqlassist." + name)
          .description(description)
          .tag("engine", engine)
          .register(meters);
    }

    Counter opened() {
      return opened;
    }

    Counter rollbacks() {
      return rollbacks;
    }

    Counter partial() {
      return partial;
    }

    private Counter of(Outcome outcome) {
      return switch (outcome) {
        case COMMITTED, DECIDED -> commits;
        case ROLLED_BACK -> rollbacks;
        case UNKNOWN -> unknown;
      };
    }

    List<Meter> all() {
      return List.of(
          pool.get(0),
          pool.get(1),
          pool.get(2),
          pool.get(3),
          acquire,
          hold,
          busy,
          failed,
          rejected,
          opened,
          commits,
          rollbacks,
          partial,
          unknown);
    }

    @Override
    public void acquired(long waitedNanos) {
      acquire.record(waitedNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void busy(long waitedNanos) {
      busy.increment();
    }

    @Override
    public void failed(long waitedNanos) {
      failed.increment();
    }

    @Override
    public void rejected() {
      rejected.increment();
    }

    @Override
    public void released(long heldNanos) {
      hold.record(heldNanos, TimeUnit.NANOSECONDS);
    }
  }
}
