package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.UnknownEngineException;
import io.sqlassist.fixture.EngineTests;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.transaction.CommitReport;
import org.hibernate.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LazinessTest extends EngineTests {

  LazinessTest() {
    super(DatabaseKind.H2);
  }

  @Test
  void unitThatUsesNothingTellsNobodyAndTakesNoConnection() {
    DbSessionsContainer db = engines.unit();
    assertThat(db.commit()).isSameAs(CommitReport.EMPTY);
    db.rollback();
    assertThat(db.commitAndClose()).isSameAs(CommitReport.EMPTY);

    assertThat(events()).isEmpty();
    assertThat(engines.faults("writer").calls("getConnection")).isZero();
  }

  @Test
  void askingAboutAUnitOpensNothing() {
    DbSessionsContainer db = engines.unit();

    assertThat(db.statuses().values()).containsOnly(EngineStatus.INIT);
    assertThat(db.statuses()).containsOnlyKeys("writer", "reader", "logger", "ledger");
    assertThat(db.isOpen("writer")).isFalse();
    assertThat(db.isOpen("nobody")).isFalse();
    assertThat(db.isDoomed()).isFalse();
    assertThat(db.isEnded()).isFalse();
    assertThat(db.attribute("request")).isEmpty();
    assertThat(db).hasToString("DbSessionsContainer[unit of work]" + db.statuses());
    assertThat(db.on("writer").status()).isEqualTo(EngineStatus.INIT);
    db.on("writer").commit();
    db.on("writer").rollback();
    db.on("writer").close();

    assertThat(db.statuses().values()).containsOnly(EngineStatus.INIT);
    db.close();
    assertThat(db.statuses().values()).containsOnly(EngineStatus.INIT);
    assertThat(events()).isEmpty();
  }

  @Test
  void usedEngineIsStartedAndThenEndedWhileTheOthersStayInit() {
    DbSessionsContainer db = engines.unit();
    db.reader();

    assertThat(db.statuses())
        .containsEntry("reader", EngineStatus.START)
        .containsEntry("writer", EngineStatus.INIT);
    db.close();
    assertThat(db.statuses())
        .containsEntry("reader", EngineStatus.END)
        .containsEntry("writer", EngineStatus.INIT);
  }

  @Test
  void statusesCannotBeChangedFromOutside() {
    assertThatThrownBy(() -> engines.unit().statuses().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"writer", "reader", "logger"})
  void sessionTakesItsConnectionWithTheFirstStatement(String engine) {
    DbSessionsContainer db = engines.unit();
    Session session = db.session(engine);

    assertThat(engines.faults(engine).calls("getConnection")).isZero();
    session.createSelectionQuery("from Novel", Novel.class).getResultList();
    assertThat(engines.faults(engine).calls("getConnection")).isEqualTo(1);
    db.close();
  }

  @Test
  void onlyTransactionalEnginesHoldTheirConnectionBetweenStatements() {
    DbSessionsContainer db = engines.unit();
    for (String engine : db.statuses().keySet()) {
      db.session(engine).createSelectionQuery("from Novel", Novel.class).getResultList();
    }

    assertThat(engines.activeConnections("writer")).isEqualTo(1);
    assertThat(engines.activeConnections("reader")).isZero();
    assertThat(engines.activeConnections("logger")).isZero();
    db.close();
  }

  @Test
  void secondCallReturnsTheSameSession() {
    DbSessionsContainer db = engines.unit();

    assertThat(db.writer()).isSameAs(db.writer()).isSameAs(db.session("writer"));
    assertThat(db.reader()).isSameAs(db.reader()).isSameAs(db.on("reader").session());
    assertThat(db.logger()).isSameAs(db.logger());
    assertThat(db.on("ledger")).isSameAs(db.on("ledger"));
    assertThat(db.session("ledger")).isSameAs(db.session("ledger"));
    assertThat(db.on("ledger").statelessSession()).isSameAs(db.on("ledger").statelessSession());
    db.close();
    assertThat(events()).filteredOn(event -> event.startsWith("opened")).hasSize(4);
  }

  @Test
  void sessionsOfTwoUnitsAreDifferentAndEndApart() {
    DbSessionsContainer one = engines.unit();
    DbSessionsContainer two = engines.unit();
    Session first = one.writer();
    Session second = two.writer();

    assertThat(first).isNotSameAs(second);
    one.close();
    assertThat(first.isOpen()).isFalse();
    second.persist(new Novel("two"));
    two.commitAndClose();
    assertThat(engines.isbns("writer")).containsExactly("two");
  }

  @Test
  void anyPrefersTheReader() {
    DbSessionsContainer db = engines.unit();

    assertThat(db.any()).isSameAs(db.reader());
    db.close();
  }

  @Test
  void anyTakesAnOpenWriterRatherThanOpeningTheReader() {
    DbSessionsContainer db = engines.unit();
    Session writer = db.writer();

    assertThat(db.any()).isSameAs(writer);
    assertThat(db.isOpen("reader")).isFalse();
    db.close();
  }

  @Test
  void anyTakesTheReaderWhenBothAreOpen() {
    DbSessionsContainer db = engines.unit();
    db.writer();
    Session reader = db.reader();

    assertThat(db.any()).isSameAs(reader);
    db.close();
  }

  @Test
  void anyNeverTakesTheLogger() {
    DbSessionsContainer db = engines.unit();
    db.logger();

    assertThat(db.any()).isSameAs(db.reader()).isNotSameAs(db.logger());
    db.close();
  }

  @Test
  void anyOpensTheWriterWhereNoReaderIsRegistered() {
    try (TestEngines only =
        TestEngines.none().add("writer", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE)) {
      DbSessionsContainer db = only.unit();
      assertThat(db.any()).isSameAs(db.writer());
      db.close();
    }
  }

  @Test
  void anyWithoutReaderAndWriterListsTheKnownEngines() {
    try (TestEngines only =
        TestEngines.none().add("logger", DatabaseKind.H2.fresh(), EngineKind.AUTOCOMMIT)) {
      DbSessionsContainer db = only.unit();
      assertThatThrownBy(db::any)
          .isInstanceOf(UnknownEngineException.class)
          .hasMessageContaining("reader")
          .hasMessageContaining("logger");
      db.close();
    }
  }

  @Test
  void unknownEngineListsTheKnownOnesAndChangesNothing() {
    DbSessionsContainer db = engines.unit();

    assertThatThrownBy(() -> db.session("wrtier"))
        .isInstanceOf(UnknownEngineException.class)
        .hasMessageContaining("wrtier")
        .hasMessageContaining("writer")
        .hasMessageContaining("ledger");
    assertThat(db.statuses()).doesNotContainKey("wrtier");
    assertThat(db.writer().isOpen()).isTrue();
    db.close();
  }

  @Test
  void engineRegisteredInTheMiddleOfAUnitWorksInIt() {
    try (TestEngines growing =
        TestEngines.none().add("writer", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE)) {
      DbSessionsContainer db = growing.unit();
      db.writer();
      growing.add("late", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE);

      assertThat(db.statuses()).containsEntry("late", EngineStatus.INIT);
      db.session("late").persist(new Novel("late"));
      assertThat(db.statuses()).containsEntry("late", EngineStatus.START);
      db.commitAndClose();
      assertThat(db.statuses()).containsEntry("late", EngineStatus.END);
      assertThat(growing.isbns("late")).containsExactly("late");
    }
  }

  static class ShopSessions extends DbSessionsContainer {
    ShopSessions(EngineRegistry registry, UnitOrigin origin) {
      super(registry, origin);
    }

    Session books() {
      return session("ledger");
    }
  }

  @Test
  void subclassGivesAnEngineANameOfItsOwn() {
    ShopSessions db = new ShopSessions(engines.registry(), () -> "POST /books");
    db.books().persist(new Novel("own name"));

    assertThat(db.books()).isSameAs(db.session("ledger"));
    assertThat(db).hasToString("ShopSessions[POST /books]" + db.statuses());
    db.commitAndClose();
    assertThat(engines.isbns("ledger")).containsExactly("own name");
    assertThat(engines.observer().units().get(0).label()).isEqualTo("POST /books");
  }

  @Test
  void failureToOpenLeavesTheUnitUsableAndIsPairedForObservers() {
    DbSessionsContainer db = engines.unit();
    assertThatThrownBy(() -> db.session("nobody")).isInstanceOf(UnknownEngineException.class);

    db.writer().persist(new Novel("after"));
    db.commitAndClose();
    assertThat(events())
        .containsExactly(
            "started", "opened writer", "committed [writer=COMMITTED]", "closed writer", "ended");
  }

  @Test
  void statelessSessionSharesConnectionAndTransactionOfTheSession() {
    try (TestEngines narrow =
        TestEngines.none()
            .add("writer", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE, 1, config -> {})) {
      DbSessionsContainer db = narrow.unit();
      db.writer().persist(new Novel("session"));
      db.writer().flush();
      db.on("writer").statelessSession().insert(new Novel("stateless"));
      assertThat(db.writer().createSelectionQuery("from Novel", Novel.class).getResultList())
          .hasSize(2);

      db.rollback();
      assertThat(narrow.isbns("writer")).isEmpty();

      db.on("writer").statelessSession().insert(new Novel("stateless"));
      db.writer().persist(new Novel("session"));
      db.commitAndClose();
      assertThat(narrow.isbns("writer")).containsExactlyInAnyOrder("stateless", "session");
      narrow.assertConnectionsAreBackAndClean();
    }
  }

  @Test
  void statelessSessionOpenedFirstOpensTheSessionToo() {
    DbSessionsContainer db = engines.unit();
    db.on("writer").statelessSession().insert(new Novel("stateless"));

    assertThat(db.isOpen("writer")).isTrue();
    db.close();
    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(events())
        .containsExactly("started", "opened writer", "rolled back", "closed writer", "ended");
  }

  @Test
  void statelessSessionOfAnAutocommitEngineIsDurableAtOnce() {
    DbSessionsContainer db = engines.unit();
    db.on("logger").statelessSession().insert(new Novel("stateless"));

    assertThat(engines.isbns("logger")).containsExactly("stateless");
    assertThat(engines.activeConnections("logger")).isZero();
    db.close();
  }

  @Test
  void statelessSessionOfAReadOnlyEngineReads() {
    useUnit(db -> db.writer().persist(new Novel("there")));
    DbSessionsContainer db = engines.unit();

    assertThat(
            db.on("reader")
                .statelessSession()
                .createSelectionQuery("from Novel", Novel.class)
                .getResultList())
        .hasSize(1);
    assertThat(engines.activeConnections("reader")).isZero();
    db.close();
  }
}
