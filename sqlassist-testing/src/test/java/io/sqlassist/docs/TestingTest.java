package io.sqlassist.docs;

import static io.sqlassist.docs.TestedShop.titles;
import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.SqlAssist;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.OnEngine;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.testing.RegistrySource;
import io.sqlassist.testing.SqlAssistExtension;
import io.sqlassist.testing.SqlAssistTest;
import io.sqlassist.testing.TestUnit;
import io.sqlassist.testing.Transactions;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The code of docs/testing.md. */
class TestingTest {

  private static TestedShop shop;

  @BeforeAll
  static void start() {
    TestedShop.startEngines();
    shop = TestedShop.start();
  }

  /** Runs before the extension undoes a test, so it is asked at the end. */
  @AfterAll
  static void nothingIsLeft() {
    try {
      assertThat(TestedShop.stored("writer")).isEmpty();
      assertThat(TestedShop.stored("logger")).isEmpty();
    } finally {
      shop.close();
      SqlAssist.shutdown();
    }
  }

  @Nested
  // tag::shared[]
  @SqlAssistTest
  class BooksTest {

    @Test
    void aBookThatIsAddedIsListed(DbSessionsContainer db) throws Exception {
      db.writer().persist(new TestedBook("Emma"));
      db.writer().flush(); // what is only in the session nobody sees

      assertThat(shop.post("/books/Persuasion")).isEqualTo(201); // commits

      assertThat(shop.get("/books")).isEqualTo("Emma Persuasion");
      assertThat(titles(db, "writer")).containsExactly("Emma", "Persuasion");
    } // neither is there any more
  }

  // end::shared[]

  @Nested
  // tag::separate[]
  @SqlAssistTest(transactions = Transactions.SEPARATE)
  class BooksWithRealCommitsTest {

    @Test
    void whatIsAddedIsCommitted() throws Exception {
      assertThat(shop.post("/books/Emma")).isEqualTo(201);

      assertThat(TestedShop.stored("writer")).containsExactly("Emma"); // as others see it
    } // deletes all rows
  }

  // end::separate[]

  @Nested
  // tag::parameters[]
  @SqlAssistTest(unit = TestUnit.COMMIT) // a commit that fails fails the test
  class ParametersTest {

    @Test
    void aTestHasAUnit(
        DbSessionsContainer db, @OnEngine("writer") Session writer, EngineRegistry engines) {
      assertThat(SqlAssist.current()).isSameAs(db);
      assertThat(db.writer()).isSameAs(writer);
      assertThat(engines.names()).containsExactly("writer", "reader", "logger");
      writer.persist(new TestedBook("Emma"));
    }
  }

  // end::parameters[]

  @Nested
  // tag::engines[]
  @SqlAssistTest(engines = {"writer", "reader"})
  class EnginesTest {

    @Test
    void aBookIsAddedAndNothingIsLogged() throws Exception {
      assertThat(shop.post("/books/Emma")).isEqualTo(201);
    }
  }

  // end::engines[]

  // tag::own[]
  @SqlAssistTest(
      engines = {"writer", "reader"},
      unit = TestUnit.COMMIT)
  @Target(ElementType.TYPE)
  @Retention(RetentionPolicy.RUNTIME)
  @interface ShopTest {}

  // end::own[]

  @Nested
  @ShopTest
  class WithAnAnnotationOfItsOwn {

    @Test
    void isATest(DbSessionsContainer db) {
      db.writer().persist(new TestedBook("Emma"));
      assertThat(titles(db, "reader")).isEmpty(); // it is in the session only
    }
  }

  // tag::source[]
  static final class ShopEngines implements RegistrySource {

    @Override
    public EngineRegistry registry() {
      return SqlAssist.registry(); // or one of your own
    }
  }

  // end::source[]

  @Nested
  @SqlAssistTest(registry = ShopEngines.class)
  class WithARegistryOfItsOwn {

    @Test
    void isATest(EngineRegistry registry) {
      assertThat(registry).isSameAs(SqlAssist.registry());
    }
  }

  @Nested
  class ProgrammedTest {

    // tag::builder[]
    @RegisterExtension
    static final SqlAssistExtension SQL =
        SqlAssistExtension.builder()
            .registry(() -> SqlAssist.registry())
            .engines("writer", "reader")
            .transactions(Transactions.SHARED)
            .unit(TestUnit.COMMIT)
            .build();

    // end::builder[]

    @Test
    void isATest(DbSessionsContainer db) {
      db.writer().persist(new TestedBook("Emma"));
    }
  }
}
