package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.session.Units;
import io.sqlassist.transaction.Outcome;
import io.sqlassist.transaction.PartialCommitException;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import shop.Author;
import shop.Catalogue;

/** What becomes of commits and connections that are made to fail, on each kind of database. */
abstract class FaultScenarios {

  private final Library library;
  private Faults faults;

  FaultScenarios(DatabaseKind kind) {
    library = Libraries.shared(kind);
  }

  @BeforeEach
  void begin() {
    library.reset();
    faults = library.instruments().faults();
  }

  @AfterEach
  void everythingIsBackAndWorks() {
    faults.clear();
    for (String engine : library.registry().names()) {
      assertThat(library.connectionsInUse(engine)).as(engine).isZero();
    }
    store("afterwards");
    assertThat(library.authors("writer")).contains("afterwards");
  }

  private void store(String name) {
    Units.useUnit(library.registry(), db -> db.writer().persist(new Author(name)));
  }

  private static SQLException sqlException(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException found) {
        return found;
      }
    }
    throw new AssertionError("no SQLException", failure);
  }

  @Test
  void theNextCommitFailsAndIsRolledBackAndTheOneAfterItSucceeds() {
    faults.failCommit("writer");
    Throwable failure = catchThrowable(() -> store("lost"));

    assertThat(failure).isNotNull();
    assertThat(sqlException(failure).getSQLState()).isEqualTo("40001");
    assertThat(library.authors("writer")).isEmpty();
    assertThat(faults.happened("writer")).isEqualTo(1);
    store("kept");
    assertThat(library.authors("writer")).containsExactly("kept");
  }

  @Test
  void aCommitFailsAsOftenAsWantedWithTheStateThatIsWanted() {
    faults.failCommit("writer", fault -> fault.times(2).sqlState("23505"));
    for (int i = 0; i < 2; i++) {
      Throwable failure = catchThrowable(() -> store("lost"));
      assertThat(sqlException(failure).getSQLState()).isEqualTo("23505");
    }
    store("kept");

    assertThat(library.authors("writer")).containsExactly("kept");
  }

  @Test
  void aCommitFailsUntilItIsCleared() {
    faults.failCommit("writer", FaultConfig::always);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> store("lost")).isInstanceOf(RuntimeException.class);
    }
    assertThat(faults.happened("writer")).isEqualTo(3);
    faults.clear();
    store("kept");

    assertThat(library.authors("writer")).containsExactly("kept");
  }

  @Test
  void aCommitWhoseAnswerIsLostIsDurableAndItsOutcomeUnknown() {
    faults.failCommit("writer", FaultConfig::afterCommit);

    assertThatThrownBy(() -> store("durable"))
        .isInstanceOfSatisfying(
            PartialCommitException.class,
            e -> assertThat(e.report().outcomes()).isEqualTo(Map.of("writer", Outcome.UNKNOWN)));
    assertThat(library.authors("writer")).containsExactly("durable");
  }

  @Test
  void aConnectionThatBreaksBeforeTheCommitIsUnknownTooAndLeavesNothing() {
    faults.failCommit("writer", fault -> fault.sqlState("08006"));

    assertThatThrownBy(() -> store("lost"))
        .isInstanceOfSatisfying(
            PartialCommitException.class,
            e -> assertThat(e.report().outcomes()).isEqualTo(Map.of("writer", Outcome.UNKNOWN)));
    store("kept"); // at once: the pool must not hand out the broken one
    assertThat(library.authors("writer")).containsExactly("kept");
  }

  @Test
  void theSecondOfTwoEnginesFailsAndTheReportTellsOfEach() {
    faults.failCommit("ledger");

    assertThatThrownBy(
            () ->
                Units.useUnit(
                    library.registry(),
                    db -> {
                      db.writer().persist(new Author("kept"));
                      db.session("ledger").persist(new Author("lost"));
                    }))
        .isInstanceOfSatisfying(
            PartialCommitException.class,
            e ->
                assertThat(e.report().outcomes())
                    .containsEntry("writer", Outcome.COMMITTED)
                    .containsEntry("ledger", Outcome.ROLLED_BACK));
    assertThat(library.authors("writer")).containsExactly("kept");
    assertThat(library.authors("ledger")).isEmpty();
  }

  @Test
  void anEngineGetsNoConnectionOnce() {
    faults.failAcquisition("reader");

    Throwable failure =
        catchThrowable(() -> Units.inUnit(library.registry(), db -> Catalogue.names(db.reader())));
    assertThat(failure).isNotNull();
    assertThat(sqlException(failure).getSQLState()).isEqualTo("08001");
    assertThat(
            Units.<Object, RuntimeException>inUnit(
                library.registry(), db -> Catalogue.names(db.reader())))
        .isEqualTo(java.util.List.of());
  }

  @Test
  void aReadOnlyUnitIsNotTouchedByAFaultOfTheWriter() {
    faults.failCommit("writer");

    Units.useUnit(library.registry(), db -> assertThat(Catalogue.names(db.reader())).isEmpty());
    assertThat(faults.happened("writer")).isZero();
    assertThat(faults.missing()).singleElement().asString().contains("'writer'", "1 more wanted");
  }
}
