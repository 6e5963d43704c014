package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is said with {@link WithDatabase}, and what is wrong with it. */
class DeclaredDatabasesTest {

  @WithDatabase(name = "shop")
  @WithDatabase(name = "audit", lifetime = WithDatabase.Lifetime.CLASS)
  static class Two {

    private static TestDatabases atStart;

    @BeforeAll
    static void start(TestDatabases databases) {
      atStart = databases;
    }

    @Test
    void bothAreThereFromTheBeginning(TestDatabases databases) {
      assertThat(databases.names()).containsExactlyInAnyOrder("shop", "audit");
      assertThat(databases.get("shop")).isSameAs(atStart.get("shop"));
      assertThat(databases.get("audit").jdbcUrl()).isNotEqualTo(databases.get("shop").jdbcUrl());
      assertThatThrownBy(() -> databases.get("shpo"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("'shpo'", "shop", "audit");
    }

    @Nested
    @WithDatabase(name = "more")
    class Inside {
      @Test
      void thoseOfTheClassAroundAreThereToo(TestDatabases databases) {
        assertThat(databases.names()).contains("shop", "audit", "more");
        assertThat(databases.get("shop")).isSameAs(atStart.get("shop"));
      }
    }
  }

  @Test
  void aClassCanHaveSeveralAndNestedOnesMore() {
    var results = Kit.run(Two.class);
    assertThat(Kit.failures(results)).isEmpty();
    results.testEvents().assertStatistics(events -> events.succeeded(2));
  }

  @WithDatabase(lifetime = WithDatabase.Lifetime.CLASS)
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  static class WantedByTheConstructor {

    private final TestDatabase wanted;

    WantedByTheConstructor(TestDatabase wanted) {
      this.wanted = wanted;
    }

    @Test
    void isTheOneOfTheClass(TestDatabase ofTest) {
      assertThat(ofTest).isSameAs(wanted);
    }
  }

  @Test
  void theConstructorOfTheOneInstanceForAllTestsMayWantADatabase() {
    Kit.succeeds(WantedByTheConstructor.class);
  }

  @WithDatabase(name = "shop")
  @WithDatabase(name = "audit")
  static class Ambiguous {
    @Test
    void which(TestDatabase database) {
      database.jdbcUrl();
    }
  }

  @WithDatabase(name = "shop")
  @WithDatabase(name = "shop", product = DatabaseProduct.POSTGRESQL)
  static class Twice {
    @Test
    void never() {}
  }

  @Test
  void whatIsAmbiguousIsRefused() {
    assertThat(Kit.failures(Kit.run(Ambiguous.class)))
        .singleElement()
        .satisfies(e -> assertThat(e).hasMessageContaining("TestDatabases, and get(name)"));
    assertThat(Kit.failures(Kit.run(Twice.class)))
        .singleElement()
        .satisfies(e -> assertThat(e).hasMessageContaining("two databases 'shop'"));
  }

  private static final Map<String, TestDatabase> GIVEN = new ConcurrentHashMap<>();

  @WithDatabase(name = "shop")
  @WithDatabase(name = "audit")
  static class Above {
    @Test
    void remembers(TestDatabases databases) {
      for (String name : databases.names()) {
        GIVEN.put(getClass().getSimpleName() + " " + name, databases.get(name));
      }
    }
  }

  @WithDatabase(name = "shop", lifetime = WithDatabase.Lifetime.CLASS)
  static class Below extends Above {}

  @WithDatabase(name = "shop")
  static class TheSameBelow extends Above {}

  @Test
  void theDatabaseOfASubclassGoesBeforeThatOfItsSuperclass() {
    GIVEN.clear();
    assertThat(Kit.failures(Kit.run(Above.class, Below.class, TheSameBelow.class))).isEmpty();

    assertThat(GIVEN).hasSize(6);
    assertThat(GIVEN.get("Below shop")).isNotSameAs(GIVEN.get("Above shop"));
    assertThat(GIVEN.get("Below audit")).isSameAs(GIVEN.get("Above audit"));
    assertThat(GIVEN.get("TheSameBelow shop")).isSameAs(GIVEN.get("Above shop"));
  }

  @Test
  void aReadOnlyUserMakesNoOthers() {
    TestDatabase reader = H2Memory.fresh().readOnlyUser();

    assertThatThrownBy(reader::readOnlyUser).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(reader::drop).isInstanceOf(IllegalStateException.class);
  }
}
