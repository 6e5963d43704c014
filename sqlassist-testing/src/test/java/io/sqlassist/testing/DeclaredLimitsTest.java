package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import shop.Author;
import shop.Catalogue;

/** What tests say of themselves, by annotation: samples that fail, and such that don't. */
class DeclaredLimitsTest {

  private static final Library LIBRARY = Libraries.shared(DatabaseKind.H2);

  @BeforeEach
  void store() {
    LIBRARY.reset();
    Units.useUnit(
        LIBRARY.registry(),
        db -> {
          for (String name : List.of("a", "b", "c")) {
            db.writer().persist(new Author(name, name + "1"));
          }
        });
  }

  private static void fails(Class<?> sample, String method, String... texts) {
    EngineExecutionResults results = Samples.run(sample, method);
    results.testEvents().assertStatistics(events -> events.started(1).failed(1));
    assertThat(Kit.failures(results)).hasSize(1);
    assertThat(Kit.failures(results).get(0)).hasMessageContainingAll(texts);
  }

  private static void succeeds(Class<?> sample, String method) {
    assertThat(Kit.failures(Samples.run(sample, method))).isEmpty();
  }

  @SqlAssistTest(registry = Libraries.OnH2.class, transactions = Transactions.UNTOUCHED)
  @MaxStatements(engine = "reader", value = 3)
  @MaxStatements(engine = "writer", value = 0)
  static class Counted {

    @BeforeEach
    void muchThatDoesNotCount(EngineRegistry registry) {
      for (int i = 0; i < 5; i++) {
        Units.useUnit(registry, db -> Catalogue.names(db.writer()));
      }
    }

    @Test
    void joined(DbSessionsContainer db) {
      Catalogue.joined(db);
    }

    @Test
    void oneByOne(DbSessionsContainer db) {
      Catalogue.oneByOne(db);
    }

    @Test
    @MaxStatements(engine = "reader", value = 4)
    void oneByOneAsAllowed(DbSessionsContainer db) {
      Catalogue.oneByOne(db);
    }

    @Test
    @MaxStatements(engine = "reader", value = 4)
    void writing(DbSessionsContainer db) {
      Catalogue.names(db.writer());
    }

    @Test
    @MaxStatements(3)
    void alltogether(DbSessionsContainer db) {
      Catalogue.names(db.reader());
      Catalogue.names(db.reader());
      Catalogue.names(db.reader());
      Catalogue.names(db.session("ledger"));
    }

    @Test
    @MaxStatements(engine = "raeder", value = 4)
    void unknown() {}

    @Test
    void ofAnotherThread(EngineRegistry registry) throws InterruptedException {
      Thread thread = new Thread(() -> Units.useUnit(registry, db -> Catalogue.oneByOne(db)));
      thread.start();
      thread.join();
    }

    @Test
    void failsByItself(DbSessionsContainer db) {
      Catalogue.oneByOne(db);
      throw new IllegalStateException("of the test itself");
    }

    @Test
    void programmed(DbSessionsContainer db, Statements statements) {
      Catalogue.names(db.reader());
      statements.assertExactly("reader", 1);
    }
  }

  @Test
  void whatKeepsTheLimitSucceedsAndTheFixtureDoesNotCount() {
    succeeds(Counted.class, "joined");
  }

  @Test
  void tooManyStatementsFailTheTestAndAreListed() {
    fails(
        Counted.class,
        "oneByOne",
        "4 statements ran on engine 'reader', at most 3 expected",
        "at shop.Catalogue.oneByOne");
  }

  @Test
  void theLimitOfTheMethodGoesBeforeThatOfTheClass() {
    succeeds(Counted.class, "oneByOneAsAllowed");
  }

  @Test
  void theLimitsOfOtherEnginesHoldStill() {
    fails(Counted.class, "writing", "1 statement ran on engine 'writer', at most 0 expected");
  }

  @Test
  void allEnginesTogetherHaveALimitToo() {
    fails(
        Counted.class,
        "alltogether",
        "4 statements ran, at most 3 expected",
        "ledger: 1 statement");
  }

  @Test
  void aLimitForAnUnknownEngineFailsTheTest() {
    fails(Counted.class, "unknown", "raeder", "reader");
  }

  @Test
  void otherThreadsCount() {
    fails(Counted.class, "ofAnotherThread", "4 statements ran on engine 'reader'");
  }

  @Test
  void whatATestFailsWithItselfIsNotHidden() {
    fails(Counted.class, "failsByItself", "of the test itself");
  }

  @Test
  void aTestCanAskForItsStatements() {
    succeeds(Counted.class, "programmed");
  }

  @SqlAssistTest(registry = Libraries.OnH2.class)
  @NoNPlusOne
  static class Fetching {

    @Test
    void joined(DbSessionsContainer db) {
      Catalogue.joined(db);
    }

    @Test
    void oneByOne(DbSessionsContainer db) {
      Catalogue.oneByOne(db);
    }

    @Test
    @NoNPlusOne(repeats = Integer.MAX_VALUE)
    void oneByOneAsAllowed(DbSessionsContainer db) {
      Catalogue.oneByOne(db);
    }
  }

  @Test
  void aCollectionThatIsLoadedForEachEntityFailsTheTestInASharedTransactionToo() {
    fails(
        Fetching.class,
        "oneByOne",
        "N+1: a query ran 3 times",
        "shop.Catalogue.oneByOne(Catalogue.java:");
  }

  @Test
  void aJoinDoesNot() {
    succeeds(Fetching.class, "joined");
    succeeds(Fetching.class, "oneByOneAsAllowed");
  }

  @SqlAssistTest(registry = Libraries.OnH2.class, transactions = Transactions.UNTOUCHED)
  static class Connecting {

    @Test
    @MaxConnections(engine = "reader", value = 1)
    void twice(DbSessionsContainer db) {
      Catalogue.names(db.reader());
      Catalogue.names(db.reader());
    }

    @Test
    @MaxConnections(engine = "reader", value = 2)
    void twiceAsAllowed(DbSessionsContainer db) {
      Catalogue.names(db.reader());
      Catalogue.names(db.reader());
    }

    @Test
    @SqlAssistTest(registry = Libraries.OnH2.class, transactions = Transactions.SHARED)
    @MaxConnections(engine = "reader", value = 2)
    void inASharedTransaction() {}
  }

  @Test
  void tooManyConnectionsFailTheTest() {
    fails(
        Connecting.class,
        "twice",
        "engine 'reader' acquired a connection 2 times, at most 1 expected");
    succeeds(Connecting.class, "twiceAsAllowed");
  }

  @Test
  void connectionsCanNotBeCountedWhereThereAreNone() {
    fails(Connecting.class, "inASharedTransaction", "shared transaction", "@MaxStatements");
  }

  @Test
  void aTestThatIsRefusedLetsNothingBeRecordedAfterIt() {
    Samples.run(Connecting.class, "inASharedTransaction");

    assertThat(LIBRARY.instruments().log().isWanted()).isFalse();
  }
}
