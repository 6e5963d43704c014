package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.MariaDbServer;
import io.sqlassist.embedded.PostgresServer;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.LogCapture;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.OtherPostgres;
import io.sqlassist.fixture.RecordingObserver;
import io.sqlassist.session.Units;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Optional engines and servers that are not there yet. */
class OptionalEngineIT {

  private final RecordingObserver observer = new RecordingObserver();
  private final EngineRegistry registry = EngineRegistry.create(observer);

  @AfterEach
  void close() {
    registry.close();
  }

  private Engine optional(String url, String username, String password) {
    return registry.initializeEngine(
        "audit",
        config ->
            config.entities(Novel.class).optional().url(url).username(username).password(password));
  }

  private void assertThatItWorks(Engine engine) {
    Eventually.until("it is up", () -> engine.state().isUp());
    engine.sessionFactory().getSchemaManager().create(false);
    Units.useUnit(registry, db -> db.session("audit").persist(new Novel("1")));
    long novels =
        Units.<Long, RuntimeException>inUnit(
            registry,
            db ->
                db.session("audit")
                    .createQuery("select count(*) from Novel", Long.class)
                    .getSingleResult());
    assertThat(novels).isEqualTo(1);
  }

  @Test
  void postgresThatIsStoppedAtTheStartIsUsedWhenItRuns() {
    PostgresServer server = OtherPostgres.server();
    DatabaseHandle database = server.freshDatabase();
    server.stop();
    Engine engine;
    try (LogCapture pools = LogCapture.of("com.zaxxer.hikari")) {
      engine = optional(database.jdbcUrl(), database.username(), database.password());

      assertThat(engine.state().reason().orElseThrow()).contains("refused");
      assertThatThrownBy(() -> Units.useUnit(registry, db -> db.session("audit")))
          .isInstanceOf(EngineDownException.class)
          .hasMessageContaining("'audit' is down");
      assertThat(pools.text()).doesNotContain("xception");
    } finally {
      server.restart();
    }

    assertThatItWorks(engine);
    assertThat(observer.warnings()).hasSize(1);
    assertThat(observer.started()).singleElement().asString().contains("on PostgreSQL");
  }

  @Test
  void mariaDbThatRefusesTheUserIsUsedWhenItKnowsHim() {
    MariaDbServer server = MariaDbServer.shared();
    DatabaseHandle database = server.freshDatabase();
    Engine engine = optional(database.jdbcUrl(), database.username(), "not-yet-the-password");

    assertThat(engine.state().isUp()).isFalse();
    assertThat(engine.state().reason().orElseThrow())
        .contains("Access denied")
        .doesNotContain("not-yet-the-password");

    server.createUser(database.username(), "not-yet-the-password");

    assertThatItWorks(engine);
    assertThat(observer.started()).singleElement().asString().contains("on MariaDB");
  }
}
