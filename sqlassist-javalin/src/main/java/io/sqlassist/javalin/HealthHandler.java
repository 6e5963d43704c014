package io.sqlassist.javalin;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.Header;
import io.javalin.http.HttpStatus;
import io.sqlassist.engine.EngineHealth;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.HealthReport;
import io.sqlassist.engine.PoolFigures;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/** Answers which engines are up. Writes its JSON itself: Javalin's mapper may be missing. */
final class HealthHandler implements Handler {

  private final Supplier<EngineRegistry> registry;
  private final Duration limit;

  HealthHandler(Supplier<EngineRegistry> registry, Duration limit) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException(
          "The limit of a health check must be longer than nothing, not " + limit + ".");
    }
    this.registry = registry;
    this.limit = limit;
  }

  @Override
  public void handle(Context ctx) {
    HealthReport report = registry.get().health(limit);
    ctx.status(report.isUp() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .header(Header.CACHE_CONTROL, "no-store")
        .contentType("application/json")
        .result(json(report));
  }

  private static String json(HealthReport report) {
    StringBuilder json = new StringBuilder("{\"status\":").append(status(report.isUp()));
    json.append(",\"engines\":{");
    String separator = "";
    for (EngineHealth engine : report.engines()) {
      json.append(separator).append(quoted(engine.engine())).append(':');
      append(json, engine);
      separator = ",";
    }
    return json.append("}}").toString();
  }

  private static void append(StringBuilder json, EngineHealth engine) {
    json.append("{\"status\":").append(status(engine.isUp()));
    engine
        .problem()
        .ifPresent(
            problem ->
                json.append(",\"problem\":\"")
                    .append(problem.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                    .append('"'));
    json.append(",\"optional\":").append(engine.optional());
    engine.pool().ifPresent(pool -> append(json, pool));
    json.append('}');
  }

  private static void append(StringBuilder json, PoolFigures pool) {
    json.append(",\"pool\":{\"active\":")
        .append(pool.active())
        .append(",\"idle\":")
        .append(pool.idle())
        .append(",\"waiting\":")
        .append(pool.waiting())
        .append(",\"max\":")
        .append(pool.max())
        .append('}');
  }

  private static String status(boolean up) {
    return up ? "\"up\"" : "\"down\"";
  }

  /** The name of an engine may be any text. */
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
