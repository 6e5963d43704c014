package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.OnEngine;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tests over several registries. */
class SeveralExtensionsTest {

  private static Shop shop;
  private static Shop branch;

  @BeforeAll
  static void open() {
    shop = new Shop(DatabaseKind.H2);
    branch = new Shop(DatabaseKind.H2);
    branch.start("till", branch.books(), engine -> engine.entities(Book.class).readOnly());
  }

  @AfterAll
  static void close() {
    shop.close();
    branch.close();
  }

  static class WithOneUnit {

    @RegisterExtension
    static final SqlAssistExtension SHOP =
        SqlAssistExtension.builder().registry(() -> shop.registry()).unit(TestUnit.NONE).build();

    @RegisterExtension
    static final SqlAssistExtension BRANCH =
        SqlAssistExtension.builder().registry(() -> branch.registry()).build();

    @Test
    void has(
        DbSessionsContainer db,
        @OnEngine("writer") Session writer,
        @OnEngine("till") Engine till,
        @OnEngine("till") EngineRegistry engines) {
      assertThat(writer.getSessionFactory())
          .isSameAs(branch.registry().engine("writer").sessionFactory());
      assertThat(db.writer()).isSameAs(writer);
      assertThat(till).isSameAs(branch.registry().engine("till"));
      assertThat(engines).isSameAs(branch.registry());
    }
  }

  @Test
  void aParameterComesFromTheExtensionThatHasAUnitOrTheNamedEngine() {
    Kit.succeeds(WithOneUnit.class);
  }

  /** A unit of its own. */
  static final class BranchSessions extends DbSessionsContainer {
    BranchSessions(EngineRegistry registry, UnitOrigin origin) {
      super(registry, origin);
    }
  }

  static class WithUnitsOfTwoClasses {

    @RegisterExtension
    static final SqlAssistExtension BRANCH =
        SqlAssistExtension.builder()
            .registry(() -> branch.registry())
            .container(BranchSessions::new)
            .build();

    @RegisterExtension
    static final SqlAssistExtension SHOP =
        SqlAssistExtension.builder().registry(() -> shop.registry()).build();

    @Test
    void has(BranchSessions db, @OnEngine("till") Session till) {
      assertThat(db.session("till")).isSameAs(till);
    }
  }

  @Test
  void aUnitIsChosenByItsClass() {
    Kit.succeeds(WithUnitsOfTwoClasses.class);
  }

  static class WithoutUnits {

    @RegisterExtension
    static final SqlAssistExtension SHOP =
        SqlAssistExtension.builder().registry(() -> shop.registry()).unit(TestUnit.NONE).build();

    @RegisterExtension
    static final SqlAssistExtension BRANCH =
        SqlAssistExtension.builder().registry(() -> branch.registry()).unit(TestUnit.NONE).build();

    @Test
    void wants(DbSessionsContainer db) {
      throw new AssertionError("must not run");
    }
  }

  @Test
  void whereNoExtensionHasAUnitTheTestIsToldWhy() {
    assertThat(Kit.failure(WithoutUnits.class))
        .hasMessageContaining("has no unit of work")
        .hasMessageContaining("unit = NONE");
  }
}
