package io.sqlassist.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.embedded.DatabaseServer;
import io.sqlassist.embedded.PostgresServer;
import io.sqlassist.engine.EngineHealth;
import io.sqlassist.engine.EngineHealth.Problem;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.HealthReport;
import io.sqlassist.fixture.NewThreads;
import io.sqlassist.fixture.RecordingObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HealthIT {

  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofMinutes(1);

  private final EngineRegistry registry = EngineRegistry.create(new RecordingObserver());

  private void start(DatabaseHandle database) {
    registry.initializeEngine(
        "writer",
        config ->
            config
                .url(database.jdbcUrl())
                .username(database.username())
                .password(database.password())
                .entities()
                .pool(pool -> pool.setMaximumPoolSize(2)));
  }

  private static void signal(String signal, DatabaseServer server) throws Exception {
    ProcessHandle postmaster = ProcessHandle.of(server.pid()).orElseThrow();
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    Stream.concat(Stream.of(postmaster), postmaster.descendants())
        .forEach(process -> command.add(String.valueOf(process.pid())));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  @ParameterizedTest
  @EnumSource(DatabaseKind.class)
  void databaseThatAnswersIsUp(DatabaseKind kind) {
    start(kind.fresh());

    assertThat(registry.health(LONG).isUp()).isTrue();
    registry.close();
  }

  @Test
  void serverThatHangsIsDownInTimeAndComesBack() throws Exception {
    NewThreads newThreads = new NewThreads();
    try (PostgresServer server = PostgresServer.start()) {
      start(server.freshDatabase());
      assertThat(registry.health(LONG).isUp()).isTrue();
      newThreads.awaitNone("sqlassist-health-"); // which has answered, but may not be gone
      signal("STOP", server);
      try {
        for (int i = 0; i < 5; i++) {
          EngineHealth health = registry.health(LIMIT).engines().get(0);
          assertThat(health.isUp()).isFalse();
          assertThat(health.elapsed()).isLessThan(LONG);
        }
        assertThat(newThreads.named("sqlassist-health-")).hasSizeLessThanOrEqualTo(1);
      } finally {
        signal("CONT", server);
      }

      HealthReport report = registry.health(LONG);
      for (int i = 0; i < 20 && !report.isUp(); i++) { // who hung may have to be heard first
        report = registry.health(LONG);
      }
      assertThat(report.isUp()).isTrue();
      registry.close();
    }
  }

  @Test
  void serverThatIsKilledIsDown() {
    try (PostgresServer server = PostgresServer.start()) {
      start(server.freshDatabase());
      assertThat(registry.health(LONG).isUp()).isTrue();
      server.kill();

      HealthReport report = registry.health(LIMIT);

      assertThat(report.engines().get(0).problem())
          .hasValueSatisfying(
              problem -> assertThat(problem).isIn(Problem.FAILED, Problem.TIMED_OUT));
      registry.close();
    }
  }
}
