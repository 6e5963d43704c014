package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.JtaShop;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator can be closed and started again, as the same node. */
class RestartTest {

  @TempDir static Path store;

  @Test
  void theSameNodeStartsAgainAndAnotherNeedsAnotherJvm() {
    for (int i = 0; i < 2; i++) {
      try (JtaShop shop = new JtaShop(store).withEngines()) {
        shop.useUnit(
            db -> {
              db.session("orders").persist(new Entry(1, "one"));
              db.session("ledger").persist(new Entry(1, "one"));
            });
        assertThat(shop.texts("orders")).containsExactly("one");
        assertThat(shop.jta().recoverNow().isEmpty()).isTrue();
      }
    }
    assertThatThrownBy(() -> new JtaShop(store, cfg -> cfg.nodeId = "test-2"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("test-1", "test-2", "JVM");
  }

  @Test
  void aClosedCoordinatorBeginsNothingAndSaysSo() {
    EngineRegistry registry;
    JtaShop shop = new JtaShop(store);
    try {
      shop.withEngines();
      registry = shop.registry();
      shop.useUnit(db -> db.session("orders").persist(new Entry(1, "one")));
    } finally {
      shop.close();
      shop.jta().close(); // a second time does nothing
    }
    assertThat(registry.find("orders")).isEmpty();
    assertThatThrownBy(() -> shop.jta().initializeEngine("late", JtaShop.h2()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }
}
