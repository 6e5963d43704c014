package io.sqlassist.example;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpStatus;
import io.sqlassist.engine.EngineHealth;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.HealthReport;
import io.sqlassist.engine.PoolFigures;
import io.sqlassist.jta.InDoubt;
import io.sqlassist.jta.JtaCoordinator;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code GET /health}: each engine up or down, with the figures of its pool. 503 as soon as one is
 * down, the logger too: without it no order is taken, since every order leaves a line in the audit.
 *
 * <p>And what recovery has still to do: orders of which the shop can't say yet whether they are
 * placed, since it was killed or lost a database in the middle; and those that somebody must look
 * after, because a database decided by itself.
 */
final class Health implements Handler {

  private static final Duration LIMIT = Duration.ofSeconds(2);

  private record Report(String status, Map<String, Engine> engines, Recovery recovery) {}

  /** Not looked yet: {@code lastScan} is 1970-01-01T00:00:00Z. */
  private record Recovery(int inDoubt, int toBeRepaired, String lastScan) {}

  private record Engine(String status, Pool pool) {}

  private record Pool(int active, int idle, int waiting, int max) {}

  private final EngineRegistry registry;
  private final JtaCoordinator jta;

  Health(EngineRegistry registry, JtaCoordinator jta) {
    this.registry = registry;
    this.jta = jta;
  }

  @Override
  public void handle(Context ctx) {
    HealthReport report = registry.health(LIMIT);
    Map<String, Engine> engines = new LinkedHashMap<>();
    for (EngineHealth each : report.engines()) {
      engines.put(each.engine(), new Engine(text(each.isUp()), pool(each)));
    }
    ctx.status(report.isUp() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .json(new Report(text(report.isUp()), engines, recovery()));
  }

  /** The coordinator makes the pools of its engines itself. */
  private Pool pool(EngineHealth health) {
    PoolFigures now = health.pool().or(() -> jta.pool(health.engine())).orElseThrow();
    return new Pool(now.active(), now.idle(), now.waiting(), now.max());
  }

  private Recovery recovery() {
    InDoubt now = jta.recovery();
    return new Recovery(now.branches().size(), now.heuristics().size(), now.lastScan().toString());
  }

  private static String text(boolean up) {
    return up ? "up" : "down";
  }
}
