package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import shop.Author;
import shop.Catalogue;

/** Faults as tests meet them: in a shared transaction, and when they never happen. */
class FaultsInTestsTest {

  private static final Library LIBRARY = Libraries.shared(DatabaseKind.H2);

  @BeforeEach
  void reset() {
    LIBRARY.reset();
  }

  private static List<Throwable> run(Class<?> sample, String method) {
    return Kit.failures(Samples.run(sample, method));
  }

  @SqlAssistTest(registry = Libraries.OnH2.class)
  static class InASharedTransaction {

    @Test
    void aCommitThatFailsUndoesItsUnitOnly(
        EngineRegistry registry, Faults faults, DbSessionsContainer db) {
      Units.useUnit(registry, app -> app.writer().persist(new Author("before")));
      faults.failCommit("writer");
      assertThatThrownBy(
              () -> Units.useUnit(registry, app -> app.writer().persist(new Author("lost"))))
          .isInstanceOf(RuntimeException.class);
      Units.useUnit(registry, app -> app.writer().persist(new Author("after")));

      assertThat(Catalogue.names(db.writer())).containsExactly("after", "before");
    }

    @Test
    void rollbacksAndSavepointsAreNoCommits(
        EngineRegistry registry, Faults faults, DbSessionsContainer db) {
      faults.failCommit("writer");
      Units.useUnit(
          registry,
          app -> {
            app.writer().persist(new Author("rolled back"));
            app.writer().flush();
            app.rollback();
          });
      assertThatThrownBy(
              () ->
                  Units.useUnit(
                      registry,
                      app -> {
                        app.on("writer")
                            .savepoint(
                                session -> {
                                  session.persist(new Author("in a savepoint"));
                                  return "";
                                });
                        assertThat(faults.happened("writer")).isZero();
                      }))
          .isInstanceOf(RuntimeException.class);

      assertThat(faults.happened("writer")).isEqualTo(1);
      assertThat(Catalogue.names(db.writer())).isEmpty();
    }

    @Test
    void whatIsNotTheApplicationsIsRefused(Faults faults) {
      assertThatThrownBy(() -> faults.failCommit("writer", FaultConfig::afterCommit))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("savepoint");
      assertThatThrownBy(() -> faults.failCommit("writer", fault -> fault.sqlState("08006")))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(() -> faults.failAcquisition("writer"))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("acquires no connection");
    }
  }

  @Test
  void commitsFailInASharedTransactionToo() {
    assertThat(Kit.failures(Kit.run(InASharedTransaction.class))).isEmpty();
    assertThat(LIBRARY.authors("writer")).isEmpty();
  }

  @SqlAssistTest(registry = Libraries.OnH2.class, transactions = Transactions.UNTOUCHED)
  static class Wanting {

    @Test
    void neverTried(Faults faults) {
      faults.failCommit("writer", fault -> fault.times(2));
    }

    @Test
    void cleared(Faults faults) {
      faults.failCommit("writer");
      faults.clear();
    }

    @Test
    void alwaysAndTriedOnce(Faults faults, EngineRegistry registry) {
      faults.failCommit("writer", FaultConfig::always);
      assertThatThrownBy(
              () -> Units.useUnit(registry, db -> db.writer().persist(new Author("lost"))))
          .isInstanceOf(RuntimeException.class);
    }
  }

  @Test
  void aFaultThatNeverHappenedFailsTheTest() {
    assertThat(run(Wanting.class, "neverTried"))
        .singleElement()
        .satisfies(
            failure ->
                assertThat(failure)
                    .hasMessageContaining("Wanting.neverTried")
                    .hasMessageContaining("The commit of engine 'writer' (SQLSTATE 40001")
                    .hasMessageContaining("2 more wanted"));
    assertThat(run(Wanting.class, "cleared")).isEmpty();
  }

  @Test
  void everythingWorksAgainAfterTheTest() {
    assertThat(run(Wanting.class, "alwaysAndTriedOnce")).isEmpty();
    Units.useUnit(LIBRARY.registry(), db -> db.writer().persist(new Author("kept")));

    assertThat(LIBRARY.authors("writer")).containsExactly("kept");
  }
}
