package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SharedTransactionTest {

  private static Shop shop;

  @BeforeAll
  static void start() {
    shop = new Shop(DatabaseKind.H2);
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  static final class OfShop implements RegistrySource {
    @Override
    public EngineRegistry registry() {
      return shop.registry();
    }
  }

  @SqlAssistTest(registry = OfShop.class)
  static class CommitsOfTheApplication {

    @Test
    void areSeenByTheTest(DbSessionsContainer db) {
      Units.useUnit(shop.registry(), app -> app.writer().persist(new Book("Emma")));
      Units.useUnit(shop.registry(), app -> app.logger().persist(new Book("sold")));

      assertThat(Shop.titles(db, "writer")).containsExactly("Emma");
      assertThat(Shop.titles(db, "reader")).containsExactly("Emma");
      assertThat(Shop.titles(db, "logger")).containsExactly("sold");
      assertThat(shop.stored("writer")).as("elsewhere").isEmpty();
    }
  }

  @Test
  void whatTheApplicationHasCommittedIsSeenByTheTestAndUndoneAtItsEnd() {
    Kit.run(CommitsOfTheApplication.class)
        .testEvents()
        .assertStatistics(events -> events.started(1).succeeded(1));

    assertThat(shop.stored("writer")).isEmpty();
    assertThat(shop.stored("logger")).isEmpty();
  }
}
