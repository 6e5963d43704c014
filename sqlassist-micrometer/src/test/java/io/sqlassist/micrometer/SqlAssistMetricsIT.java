package io.sqlassist.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.Units;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SqlAssistMetricsIT {

  @Test
  void workOnPostgresIsMeasured() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    DatabaseHandle database = DatabaseKind.POSTGRESQL.fresh();
    try (EngineRegistry engines = EngineRegistry.create()) {
      SqlAssistMetrics.measure(engines, meters);
      engines.initializeEngine(
          "writer",
          config ->
              config
                  .url(database.jdbcUrl())
                  .username(database.username())
                  .password(database.password())
                  .entities());

      Units.useUnit(
          engines,
          db ->
              db.writer()
                  .createNativeQuery("select cast(pg_sleep(0.2) as varchar)", String.class)
                  .getSingleResult());

      assertThat(meters.get("sqlassist.commits").tag("engine", "writer").counter().count())
          .isEqualTo(1);
      assertThat(
              meters
                  .get("sqlassist.connections.hold")
                  .tag("engine", "writer")
                  .timer()
                  .max(TimeUnit.MILLISECONDS))
          .isGreaterThanOrEqualTo(200);
    }
    assertThat(meters.getMeters()).isEmpty();
  }
}
