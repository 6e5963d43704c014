package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import io.sqlassist.session.Units;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import shop.Catalogue;

/** What tests leave open. */
class LeaksTest {

  private static AutoCloseable left = () -> {};

  @AfterEach
  void cleanUp() throws Exception {
    left.close();
    left = () -> {};
  }

  private static List<Throwable> run(String method) {
    EngineExecutionResults results = Samples.run(Leaking.class, method);
    return Kit.failures(results);
  }

  @SqlAssistTest(
      registry = Libraries.OnH2.class,
      transactions = Transactions.UNTOUCHED,
      unit = TestUnit.NONE)
  @LeakCheck(graceMillis = 20)
  static class Leaking {

    @Test
    void nothing(EngineRegistry registry) {
      Units.useUnit(registry, Catalogue::joined);
    }

    @Test
    void aUnit(EngineRegistry registry) {
      DbSessionsContainer db = new DbSessionsContainer(registry, UnitOrigin.NONE);
      left = db;
      Catalogue.names(db.writer());
    }

    @Test
    @LeakCheck(false)
    void aUnitAsAllowed(EngineRegistry registry) {
      aUnit(registry);
    }

    @Test
    void theCurrentUnit(EngineRegistry registry) {
      left = Units.openUnit(registry);
    }

    @Test
    void aSessionOfItsOwn(EngineRegistry registry) {
      Session session = registry.engine("ledger").openSession();
      left = session;
      session.beginTransaction();
      Catalogue.names(session);
    }

    @Test
    @LeakCheck(graceMillis = 120_000)
    void somethingThatIsAboutToBeClosed(EngineRegistry registry) throws InterruptedException {
      CountDownLatch isOpen = new CountDownLatch(1);
      Thread closing =
          new Thread(
              () -> {
                DbSessionsContainer db = new DbSessionsContainer(registry, UnitOrigin.NONE);
                Catalogue.names(db.writer());
                isOpen.countDown();
                Thread.yield();
                db.close();
              });
      closing.start();
      isOpen.await();
    }

    @Test
    @MaxStatements(engine = "raeder", value = 1)
    void limitsAnUnknownEngineAndLeaks(EngineRegistry registry) {
      aUnit(registry);
    }

    @Test
    void leaksOnAThreadThatIsInterrupted(EngineRegistry registry) {
      aUnit(registry);
      Thread.currentThread().interrupt();
    }

    @Test
    @SqlAssistTest(registry = Libraries.OnH2.class, transactions = Transactions.UNTOUCHED)
    void theCurrentUnitInsideOfThatOfTheTest(EngineRegistry registry) {
      theCurrentUnit(registry);
    }

    @Test
    void failsAndLeaks(EngineRegistry registry) {
      aUnit(registry);
      throw new IllegalStateException("of the test itself");
    }
  }

  @Test
  void whatIsClosedIsNoLeak() {
    assertThat(run("nothing")).isEmpty();
  }

  @Test
  void aUnitThatIsLeftOpenFailsTheTestAndIsNamedWithItsSessionsAndItsPlace() {
    assertThat(run("aUnit"))
        .singleElement()
        .satisfies(
            failure ->
                assertThat(failure)
                    .hasMessageContaining("'Leaking.aUnit' is over, and left open")
                    .hasMessageContaining("unit of work")
                    .hasMessageContaining("sessions of [writer]")
                    .hasMessageContaining(
                        "a connection of engine 'writer', opened at shop.Catalogue")
                    .hasMessageContaining("LeaksTest$Leaking.aUnit(LeaksTest.java:"));
  }

  @Test
  void aTestCanAllowIt() {
    assertThat(run("aUnitAsAllowed")).isEmpty();
  }

  @Test
  void aUnitThatStaysCurrentIsFoundThoughItHasNoSessionAndTheNextTestIsFreeOfIt() {
    assertThat(run("theCurrentUnit"))
        .singleElement()
        .satisfies(failure -> assertThat(failure).hasMessageContaining("still the current one"));
    assertThat(Units.findCurrent()).isEmpty();
  }

  @Test
  void aUnitThatStaysCurrentIsFoundInsideOfTheUnitOfTheTestToo() {
    assertThat(run("theCurrentUnitInsideOfThatOfTheTest"))
        .singleElement()
        .satisfies(failure -> assertThat(failure).hasMessageContaining("still the current one"));
    assertThat(Units.findCurrent()).isEmpty();
  }

  @Test
  void aLimitThatMakesNoSenseHidesNoLeak() {
    assertThat(run("limitsAnUnknownEngineAndLeaks"))
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure).hasMessageContaining("raeder");
              assertThat(failure.getSuppressed())
                  .singleElement()
                  .satisfies(leak -> assertThat(leak).hasMessageContaining("left open"));
            });
  }

  @Test
  void anInterruptedThreadHidesNoLeak() {
    try {
      assertThat(run("leaksOnAThreadThatIsInterrupted"))
          .singleElement()
          .satisfies(failure -> assertThat(failure).hasMessageContaining("left open"));
    } finally {
      Thread.interrupted(); // for the tests that follow
    }
  }

  @Test
  void theConnectionOfASessionOutsideOfUnitsIsFound() {
    assertThat(run("aSessionOfItsOwn"))
        .singleElement()
        .satisfies(
            failure -> assertThat(failure).hasMessageContaining("a connection of engine 'ledger'"));
  }

  @Test
  void whatIsAboutToBeClosedIsWaitedFor() {
    assertThat(run("somethingThatIsAboutToBeClosed")).isEmpty();
  }

  @Test
  void aTestThatFailsShowsItsOwnFailureFirst() {
    assertThat(run("failsAndLeaks"))
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure).hasMessage("of the test itself");
              assertThat(failure.getSuppressed())
                  .singleElement()
                  .satisfies(more -> assertThat(more).hasMessageContaining("left open"));
            });
  }

  @Test
  void whatWasOpenBeforeTheTestDoesNotCount() {
    try (DbSessionsContainer db =
        new DbSessionsContainer(Libraries.shared(DatabaseKind.H2).registry(), UnitOrigin.NONE)) {
      Catalogue.names(db.writer());

      assertThat(run("nothing")).isEmpty();
    }
  }
}
