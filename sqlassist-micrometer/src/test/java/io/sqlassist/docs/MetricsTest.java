package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sqlassist.SqlAssist;
import io.sqlassist.micrometer.SqlAssistMetrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The code of docs/metrics-and-health.md that is about metrics. */
class MetricsTest {

  @AfterEach
  void stop() {
    SqlAssist.shutdown();
  }

  @Test
  void enginesAreMeasured() {
    MeterRegistry meters = new SimpleMeterRegistry();
    // tag::measure[]
    SqlAssistMetrics.measure(SqlAssist.registry(), meters); // before the engines
    SqlAssist.initializeEngine("writer", engine -> engine.url("jdbc:h2:mem:shop"));
    // end::measure[]

    SqlAssist.useUnit(
        db -> db.writer().createNativeQuery("select 1", Integer.class).getSingleResult());

    assertThat(meters.get("sqlassist.commits").tag("engine", "writer").counter().count())
        .isEqualTo(1);
  }
}
