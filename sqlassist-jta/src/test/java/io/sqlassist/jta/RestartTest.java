package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.Faulty;
import io.sqlassist.jta.fixture.JtaShop;
import io.sqlassist.jta.fixture.ThisNode;
import io.sqlassist.session.Units;
import java.time.Duration;
import java.util.List;
import javax.transaction.xa.XAException;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A coordinator can be closed and started again, as the same node. */
class RestartTest {

  @BeforeEach
  void forget() {
    ThisNode.emptyStore();
  }

  @Test
  void theSameNodeStartsAgainAndAnotherNeedsAnotherJvm() {
    for (int i = 0; i < 2; i++) {
      try (JtaShop shop = new JtaShop(ThisNode.store()).withEngines()) {
        shop.useUnit(
            db -> {
              db.session("orders").persist(new Entry(1, "one"));
              db.session("ledger").persist(new Entry(1, "one"));
            });
        assertThat(shop.texts("orders")).containsExactly("one");
        assertThat(shop.jta().recoverNow().isEmpty()).isTrue();
      }
    }
    assertThatThrownBy(() -> new JtaShop(ThisNode.store(), cfg -> cfg.nodeId = "shop-2"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll(ThisNode.ID, "shop-2", "JVM");
  }

  @Test
  void aClosedCoordinatorBeginsNothingAndSaysSo() {
    EngineRegistry registry;
    JtaShop shop = new JtaShop(ThisNode.store());
    try {
      shop.withEngines();
      registry = shop.registry();
      shop.useUnit(db -> db.session("orders").persist(new Entry(1, "one")));
    } finally {
      shop.close();
      shop.jta().close(); // a second time does nothing
    }
    assertThat(registry.find("orders")).isEmpty();
    assertThatThrownBy(() -> shop.jta().userTransaction().begin())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> shop.jta().initializeEngine("late", JtaShop.h2()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void whatACoordinatorLeavesInDoubtTheNextOneFinishes() {
    JdbcDataSource orders = JtaShop.h2();
    JdbcDataSource ledger = JtaShop.h2();
    for (boolean first : List.of(true, false)) {
      EngineRegistry registry = EngineRegistry.create();
      Faulty ofLedger = new Faulty(ledger);
      try (JtaCoordinator jta =
          JtaCoordinator.start(
              cfg -> {
                cfg.nodeId = ThisNode.ID;
                cfg.objectStore = ThisNode.store();
                cfg.registry = registry;
              })) {
        Engine one = jta.initializeEngine("orders", orders, cfg -> cfg.entities(Entry.class));
        Engine two =
            jta.initializeEngine("ledger", XaPool.of(ofLedger), cfg -> cfg.entities(Entry.class));
        if (first) {
          one.sessionFactory().getSchemaManager().create(false);
          two.sessionFactory().getSchemaManager().create(false);
          ofLedger.before(Faulty.failing("commit", XAException.XAER_RMFAIL));
          Units.useUnit(
              registry,
              db -> {
                db.session("orders").persist(new Entry(1, "one"));
                db.session("ledger").persist(new Entry(1, "one"));
              });
        } else {
          long end = System.nanoTime() + Duration.ofMinutes(5).toNanos();
          while (!jta.recoverNow().isEmpty()) {
            assertThat(System.nanoTime()).isLessThan(end);
          }
          long count =
              Units.<Long, RuntimeException>inUnit(
                  registry,
                  db ->
                      db.session("ledger")
                          .createSelectionQuery("select count(*) from Entry", Long.class)
                          .getSingleResult());
          assertThat(count).isEqualTo(1);
        }
      } finally {
        registry.close();
      }
    }
  }
}
