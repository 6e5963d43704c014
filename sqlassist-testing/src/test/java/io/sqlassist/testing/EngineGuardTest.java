package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EngineGuardTest {

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

  private static UndeclaredEngineException onlyFailure(Class<?> sample) {
    Throwable failure = Kit.failure(sample);
    assertThat(failure).isInstanceOf(UndeclaredEngineException.class);
    return (UndeclaredEngineException) failure;
  }

  @SqlAssistTest(registry = OfShop.class, engines = "writer")
  static class ThatUsesAnother {

    @Test
    void uses(DbSessionsContainer db) {
      db.writer().persist(new Book("Emma"));
      db.logger();
    }
  }

  @Test
  void anEngineThatIsNotDeclaredIsRefusedWithWhatToDo() {
    UndeclaredEngineException failure = onlyFailure(ThatUsesAnother.class);

    assertThat(failure.engine()).isEqualTo("logger");
    assertThat(failure)
        .hasMessageContaining("Test 'ThatUsesAnother.uses' does not declare engine 'logger'")
        .hasMessageContaining("It declares [writer]")
        .hasMessageContaining("engines = {\"writer\", \"logger\"}")
        .hasMessageContaining(Thread.currentThread().getName());
    assertThat(failure.getSuppressed()).isEmpty();
  }

  @SqlAssistTest(registry = OfShop.class, engines = "writer")
  static class ThatSwallowsIt {

    @Test
    void swallows() {
      Units.useUnit(
          shop.registry(),
          app -> {
            assertThatThrownBy(app::logger).isInstanceOf(UndeclaredEngineException.class);
            assertThatThrownBy(app::logger).isInstanceOf(UndeclaredEngineException.class);
            assertThatThrownBy(app::reader).isInstanceOf(UndeclaredEngineException.class);
          });
    }
  }

  @Test
  void aRefusalThatWasSwallowedFailsTheTestAtItsEndOnceForEachEngine() {
    UndeclaredEngineException failure = onlyFailure(ThatSwallowsIt.class);

    assertThat(failure.engine()).isEqualTo("logger");
    assertThat(failure.getSuppressed())
        .singleElement()
        .satisfies(
            other -> assertThat(((UndeclaredEngineException) other).engine()).isEqualTo("reader"));
  }

  @SqlAssistTest(
      registry = OfShop.class,
      engines = {"writer", "reader"})
  static class OnAnotherThread {

    @Test
    void uses() {
      CompletableFuture<Void> work =
          CompletableFuture.runAsync(
              () -> Units.useUnit(shop.registry(), app -> app.logger().persist(new Book("x"))),
              task -> new Thread(task, "a worker").start());
      assertThatThrownBy(work::join).isInstanceOf(CompletionException.class);
    }
  }

  @Test
  void anEngineThatIsUsedOnAnotherThreadFailsTheTest() {
    assertThat(onlyFailure(OnAnotherThread.class))
        .hasMessageContaining("on thread 'a worker'")
        .hasMessageContaining("It declares [writer, reader]");
  }

  @SqlAssistTest(registry = OfShop.class, engines = "writer")
  static class OutsideOfUnits {

    @Test
    void opensASession() {
      try (Session session = shop.registry().engine("logger").openSession()) {
        session.createNativeQuery("select 1", Integer.class).list();
      }
    }

    @Test
    void opensAStatelessSessionAndSwallowsTheRefusal() {
      try (StatelessSession session = shop.registry().engine("reader").openStatelessSession()) {
        assertThatThrownBy(() -> session.createNativeQuery("select 1", Integer.class).list())
            .isInstanceOf(UndeclaredEngineException.class);
      }
    }

    @Test
    void usesADeclaredOne() {
      try (Session session = shop.registry().engine("writer").openSession()) {
        assertThat(session.createNativeQuery("select 1", Integer.class).list()).containsExactly(1);
      }
    }

    @Test
    void startsAnother() {
      shop.start("late", shop.books(), engine -> engine.entities(Book.class));
      shop.registry().remove("late");
    }
  }

  @Test
  void sessionsOutsideOfUnitsOfWorkAreRefusedToo() {
    assertThat(Kit.failures(Kit.run(OutsideOfUnits.class)))
        .extracting(failure -> ((UndeclaredEngineException) failure).engine())
        .containsExactlyInAnyOrder("logger", "reader");
    assertThat(shop.stored("logger")).as("afterwards nothing is refused").isEmpty();
  }

  @SqlAssistTest(registry = OfShop.class, engines = "writer")
  static class ThatFailsOtherwise {

    @Test
    void fails(DbSessionsContainer db) {
      assertThatThrownBy(db::logger).isInstanceOf(UndeclaredEngineException.class);
      throw new AssertionError("expected 201 but was 500");
    }
  }

  @Test
  void aTestThatFailsForAnotherReasonTellsOfTheRefusalToo() {
    assertThat(Kit.failures(Kit.run(ThatFailsOtherwise.class)))
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure).hasMessage("expected 201 but was 500");
              assertThat(failure.getSuppressed())
                  .singleElement()
                  .isInstanceOf(UndeclaredEngineException.class);
            });
  }

  @SqlAssistTest(registry = OfShop.class, engines = "writer")
  static class ThatOnlyAsks {

    @Test
    void asks(DbSessionsContainer db) {
      assertThat(db.statuses()).containsKeys("reader", "logger");
      assertThat(db.isOpen("logger")).isFalse();
      db.on("logger").status();
      assertThat(shop.registry().engine("logger").isReadOnly()).isFalse();
    }
  }

  @SqlAssistTest(registry = OfShop.class, transactions = Transactions.UNTOUCHED)
  static class ThatDeclaresNone {

    @Test
    void uses(DbSessionsContainer db) {
      db.writer();
      db.reader();
      db.logger();
    }
  }

  @Test
  void whoOnlyAsksForTheStateOfAnEngineDoesNotUseItAndNoneDeclaredMeansAll() {
    assertThat(Kit.failures(Kit.run(ThatOnlyAsks.class, ThatDeclaresNone.class))).isEmpty();
  }

  @Test
  void outsideOfTestsNothingIsRefused() {
    Kit.run(ThatUsesAnother.class);

    Units.useUnit(shop.registry(), app -> assertThat(Shop.titles(app, "logger")).isEmpty());
  }

  @SqlAssistTest(
      registry = OfShop.class,
      engines = {"writer", "wirter"})
  static class WithAWrongName {

    @Test
    void isNotRun() {
      throw new AssertionError("must not run");
    }
  }

  @Test
  void aNameThatIsNotKnownIsRefusedWithTheKnownOnes() {
    assertThat(Kit.failures(Kit.run(WithAWrongName.class)))
        .singleElement()
        .satisfies(
            failure ->
                assertThat(failure).hasMessageContaining("wirter").hasMessageContaining("reader"));
  }
}
