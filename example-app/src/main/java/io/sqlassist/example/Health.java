package io.sqlassist.example;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpStatus;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.PoolFigures;
import io.sqlassist.jta.InDoubt;
import io.sqlassist.jta.JtaCoordinator;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /health}: each engine up or down, with the figures of its pool. 503 as soon as one is
 * down, the logger too: without it no order is taken, since every order leaves a line in the audit.
 * An engine is up if its pool gives a connection that answers within a few seconds.
 *
 * <p>And what recovery has still to do: orders of which the shop can't say yet whether they are
 * placed, since it was killed or lost a database in the middle; and those that somebody must look
 * after, because a database decided by itself.
 *
 * <p>Connections in use by this check are not counted: the figures are read after it.
 */
final class Health implements Handler {

  private static final Logger LOG = LoggerFactory.getLogger(Health.class);
  private static final int TIMEOUT_SECONDS = 2;

  private record Report(String status, Map<String, EngineHealth> engines, Recovery recovery) {}

  /** Not looked yet: {@code lastScan} is 1970-01-01T00:00:00Z. */
  private record Recovery(int inDoubt, int toBeRepaired, String lastScan) {}

  private record EngineHealth(String status, Pool pool) {}

  private record Pool(int active, int idle, int waiting, int max) {}

  private final EngineRegistry registry;
  private final JtaCoordinator jta;

  Health(EngineRegistry registry, JtaCoordinator jta) {
    this.registry = registry;
    this.jta = jta;
  }

  @Override
  public void handle(Context ctx) {
    List<Engine> engines = registry.names().stream().map(registry::engine).toList();
    List<CompletableFuture<Boolean>> checks =
        engines.stream().map(each -> CompletableFuture.supplyAsync(() -> isUp(each))).toList();
    Map<String, EngineHealth> health = new LinkedHashMap<>();
    boolean allUp = true;
    for (int i = 0; i < engines.size(); i++) {
      boolean up = checks.get(i).join();
      allUp &= up;
      health.put(engines.get(i).name(), new EngineHealth(text(up), pool(engines.get(i))));
    }
    ctx.status(allUp ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .json(new Report(text(allUp), health, recovery()));
  }

  private static boolean isUp(Engine engine) {
    try (Connection connection = engine.dataSource().getConnection()) {
      return connection.isValid(TIMEOUT_SECONDS);
    } catch (SQLException e) {
      LOG.warn("Engine '{}' is down: {}", engine.name(), e.getMessage());
      return false;
    }
  }

  private Pool pool(Engine engine) {
    PoolFigures now = engine.pool().or(() -> jta.pool(engine.name())).orElseThrow();
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
