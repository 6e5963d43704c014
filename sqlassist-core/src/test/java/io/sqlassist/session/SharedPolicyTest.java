package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.SharedPolicy;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.transaction.Outcome;
import io.sqlassist.transaction.PartialCommitException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedPolicyTest {

  private final SharedPolicy policy = new SharedPolicy();
  private final TestEngines engines =
      TestEngines.none()
          .add("shop", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE, 2, c -> c.policy(policy))
          .add("bank", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE, 2, c -> c.policy(policy))
          .add("other", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE);

  @AfterEach
  void close() {
    engines.assertConnectionsAreBackAndClean();
    engines.close();
  }

  private DbSessionsContainer unitWithWork() {
    DbSessionsContainer db = engines.unit();
    db.session("shop").persist(new Novel("shop"));
    db.session("other").persist(new Novel("other"));
    db.session("bank").persist(new Novel("bank"));
    return db;
  }

  @Test
  void enginesWithOnePolicyShareOneTransactionBegunByTheFirst() {
    DbSessionsContainer db = unitWithWork();

    assertThat(db.commitAndClose().outcomes())
        .containsExactly(
            entry("shop", Outcome.COMMITTED),
            entry("bank", Outcome.COMMITTED),
            entry("other", Outcome.COMMITTED));
    assertThat(policy.calls())
        .containsExactly("1 begin", "1 join shop", "1 join bank", "1 flush", "1 flush", "1 commit");
  }

  @Test
  void unitThatDoesNotUseThemBeginsNothing() {
    Units.useUnit(engines.registry(), db -> db.session("other").persist(new Novel("other")));

    assertThat(policy.calls()).isEmpty();
  }

  @Test
  void commitOfOneScopeCommitsItsPartnersAndNobodyElse() {
    DbSessionsContainer db = unitWithWork();

    assertThat(db.on("bank").commit().outcomes()).containsOnlyKeys("shop", "bank");
    assertThat(engines.isbns("shop")).containsExactly("shop");
    assertThat(engines.isbns("bank")).containsExactly("bank");
    db.close();
    assertThat(engines.isbns("other")).isEmpty();
    assertThat(policy.calls())
        .containsSubsequence("1 commit", "2 begin", "2 join shop", "2 join bank", "2 rollback");
  }

  @Test
  void partnersOfAClosedScopeAreRolledBackAndGoOnTogether() {
    DbSessionsContainer db = unitWithWork();
    db.on("shop").close();
    assertThat(engines.activeConnections("bank")).isZero();

    db.session("bank").persist(new Novel("bank later"));
    db.session("shop").persist(new Novel("shop later"));
    db.commitAndClose();
    assertThat(engines.isbns("bank")).containsExactly("bank later");
    assertThat(engines.isbns("shop")).containsExactly("shop later");
    assertThat(engines.isbns("other")).containsExactly("other");
    assertThat(policy.calls())
        .containsExactly(
            "1 begin",
            "1 join shop",
            "1 join bank",
            "1 rollback",
            "2 begin",
            "2 join bank",
            "2 join shop",
            "2 flush",
            "2 flush",
            "2 commit");
  }

  @Test
  void flushThatFailsRollsEverybodyBackAndAllGoOn() {
    DbSessionsContainer db = unitWithWork();
    policy.fail("flush");
    assertThatThrownBy(db::commit).hasMessage("provoked failure of flush");
    policy.fail("");

    db.session("bank").persist(new Novel("bank later"));
    db.session("other").persist(new Novel("other later"));
    db.commitAndClose();
    assertThat(engines.isbns("shop")).isEmpty();
    assertThat(engines.isbns("bank")).containsExactly("bank later");
    assertThat(engines.isbns("other")).containsExactly("other later");
  }

  @Test
  void commitThatFailsWithoutAReportCountsAsRolledBackForAllOfThePolicy() {
    DbSessionsContainer db = engines.unit();
    db.session("other").persist(new Novel("other"));
    db.session("shop").persist(new Novel("shop"));
    db.session("bank").persist(new Novel("bank"));
    policy.fail("commit");

    assertThatThrownBy(db::commitAndClose)
        .isInstanceOfSatisfying(
            PartialCommitException.class,
            e ->
                assertThat(e.report().outcomes())
                    .containsExactly(
                        entry("other", Outcome.COMMITTED),
                        entry("shop", Outcome.ROLLED_BACK),
                        entry("bank", Outcome.ROLLED_BACK)));
    db.close();
    assertThat(engines.isbns("other")).containsExactly("other");
    assertThat(engines.isbns("shop")).isEmpty();
    assertThat(engines.isbns("bank")).isEmpty();
  }

  @Test
  void transactionWhoseFirstSessionCannotJoinIsRolledBack() {
    DbSessionsContainer db = engines.unit();
    policy.fail("join");
    assertThatThrownBy(() -> db.session("shop")).hasMessage("provoked failure of join");
    assertThat(db.statuses()).containsEntry("shop", EngineStatus.INIT);
    policy.fail("");

    db.session("shop").persist(new Novel("shop"));
    db.commitAndClose();
    assertThat(policy.calls())
        .containsExactly(
            "1 begin",
            "1 join shop",
            "1 rollback",
            "2 begin",
            "2 join shop",
            "2 flush",
            "2 commit");
    assertThat(engines.events())
        .containsExactly(
            "started", "opened shop", "committed [shop=COMMITTED]", "closed shop", "ended");
  }

  @Test
  void failingRollbackStopsNoCloseOfTheSessions() {
    DbSessionsContainer db = unitWithWork();
    policy.fail("rollback");
    db.close();

    assertThat(engines.events()).contains("rollback failed").endsWith("ended");
  }
}
