package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.EngineSettings;
import io.sqlassist.engine.Verification;
import io.sqlassist.engine.Verification.Finding;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.ThisNode;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.Units;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postgresql.xa.PGXADataSource;

/** Engines of a coordinator take their settings from text, and are verified like others. */
class VerifyIT {

  @Test
  void enginesOfACoordinatorHaveSettingsAndAreVerified() {
    EngineSettings settings =
        EngineSettings.of(
                Map.of(
                    "sqlassist.defaults.pool.maximumPoolSize", "3",
                    "sqlassist.engines.orders.data-source", "application",
                    "sqlassist.engines.orders.hold-budget", "5s",
                    "sqlassist.engines.ledger.data-source", "application",
                    "sqlassist.engines.ledger.hibernate.jdbc.batch_size", "20"))
            .withEnvironment(Map.of("SQLASSIST_DEFAULTS_HIBERNATE_HBM2DDL_AUTO", "create"));
    try (EngineRegistry registry = EngineRegistry.create(Observer.NONE);
        JtaCoordinator jta =
            JtaCoordinator.start(
                cfg -> {
                  cfg.nodeId = ThisNode.ID;
                  cfg.objectStore = ThisNode.emptyStore();
                  cfg.registry = registry;
                })) {
      for (String name : settings.names()) {
        jta.initializeEngine(
            name,
            pool(DatabaseKind.POSTGRESQL.fresh()),
            engine -> {
              settings.engine(name).accept(engine);
              engine.entities(Entry.class);
            });
      }

      assertThat(registry.engine("orders").options().pool().holdBudget())
          .contains(Duration.ofSeconds(5));
      assertThat(registry.engine("ledger").options().properties())
          .containsEntry("hibernate.jdbc.batch_size", "20");
      Verification verification = registry.verify();
      assertThat(verification.findings())
          .extracting(Finding::toString)
          .singleElement()
          .asString()
          .startsWith(
              "WARNING ledger, prepared transactions: max_prepared_transactions is 64, but"
                  + " the pools of [ledger, orders] have 80 connections");
      assertThat(jta.pool("orders").orElseThrow().active()).isZero();
      Units.useUnit(
          registry,
          db -> {
            db.session("orders").persist(new Entry(1, "one"));
            db.session("ledger").persist(new Entry(1, "one"));
          });
      assertThat(registry.verify().isSound()).isFalse();
    }
  }

  private static XaPool pool(DatabaseHandle database) {
    PGXADataSource source = new PGXADataSource();
    source.setUrl(database.jdbcUrl());
    source.setUser(database.username());
    source.setPassword(database.password());
    XaPool pool = XaPool.of(source);
    pool.maximumPoolSize = 40;
    return pool;
  }
}
