package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.sqlassist.embedded.CountingProxy;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.embedded.PostgresServer;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.transaction.Outcome;
import io.sqlassist.transaction.PartialCommitException;
import jakarta.persistence.RollbackException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commits that PostgreSQL refuses, and such whose connection breaks. */
class BrokenCommitIT {

  private final DatabaseHandle direct = DatabaseKind.POSTGRESQL.fresh();
  private final CountingProxy proxy = CountingProxy.inFrontOf(PostgresServer.shared());
  private final TestEngines engines =
      TestEngines.none()
          .add("safe", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE)
          .add("shaky", direct.through(proxy), EngineKind.READ_WRITE)
          .add("last", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE)
          .add("watch", direct, EngineKind.READ_ONLY);

  @AfterEach
  void close() {
    proxy.heal();
    engines.assertConnectionsAreBackAndClean();
    engines.close();
    proxy.close();
  }

  private DbSessionsContainer unitWithWork() {
    DbSessionsContainer db = engines.unit();
    for (String engine : List.of("safe", "shaky", "last")) {
      db.session(engine).persist(new Novel(engine));
    }
    return db;
  }

  @ParameterizedTest
  @EnumSource
  void connectionThatBreaksDuringCommitLeavesTheOutcomeUnknown(CountingProxy.Break how) {
    DbSessionsContainer db = unitWithWork();
    proxy.breakConnectionsOn("COMMIT", how);

    assertThatThrownBy(db::commitAndClose)
        .isInstanceOfSatisfying(
            PartialCommitException.class,
            e ->
                assertThat(e.report().outcomes())
                    .containsExactly(
                        entry("safe", Outcome.COMMITTED),
                        entry("shaky", Outcome.UNKNOWN),
                        entry("last", Outcome.ROLLED_BACK)));
    db.close();
    assertThat(engines.isbns("safe")).containsExactly("safe");
    assertThat(engines.isbns("last")).isEmpty();
    if (how == CountingProxy.Break.REQUEST_LOST) {
      engines.sql("watch", "alter table Novel add column x int"); // waits for the transaction
      assertThat(engines.isbns("watch")).isEmpty();
    } else {
      assertThat(engines.isbns("watch")).containsExactly("shaky");
    }
  }

  @Test
  void sessionGoesOnWithAnotherConnectionAfterItsCommitBroke() {
    DbSessionsContainer db = engines.unit();
    db.session("shaky").persist(new Novel("unknown"));
    proxy.breakConnectionsOn("COMMIT");
    assertThatThrownBy(db::commit).isInstanceOf(PartialCommitException.class);
    proxy.heal();

    db.session("shaky").persist(new Novel("later"));
    db.commitAndClose();
    assertThat(engines.isbns("watch")).containsExactly("unknown", "later");
  }

  @Test
  void sessionGoesOnWithAnotherConnectionAfterItsRollbackBroke() {
    DbSessionsContainer db = engines.unit();
    db.session("shaky").persist(new Novel("lost"));
    db.session("shaky").flush();
    proxy.killAll();
    assertThatThrownBy(db::rollback).isInstanceOf(RuntimeException.class);

    db.session("shaky").persist(new Novel("later"));
    db.commitAndClose();
    assertThat(engines.isbns("watch")).containsExactly("later");
  }

  @Test
  void connectionThatDiedBeforeTheFlushRollsEverythingBack() {
    DbSessionsContainer db = engines.unit();
    db.session("safe").persist(new Novel("safe"));
    db.session("shaky").persist(new Novel("one"));
    db.session("shaky").flush();
    db.session("shaky").persist(new Novel("two"));
    proxy.killAll();

    assertThatThrownBy(db::commitAndClose).isInstanceOf(RuntimeException.class);
    db.close();
    assertThat(engines.isbns("safe")).isEmpty();
    assertThat(engines.isbns("watch")).isEmpty();
  }

  @Test
  void deferredConstraintThatFailsAtCommitIsRolledBackAndNamesTheEngine() {
    engines.sql(
        "watch",
        "alter table Novel add constraint one_stock unique (stock) deferrable initially deferred");
    DbSessionsContainer db = engines.unit();
    db.session("shaky").persist(new Novel("one"));
    db.session("shaky").persist(new Novel("two"));
    db.session("last").persist(new Novel("last"));

    assertThatThrownBy(db::commitAndClose)
        .isInstanceOf(RollbackException.class)
        .hasMessageContaining("'shaky'")
        .rootCause()
        .hasMessageContaining("one_stock");
    db.close();
    assertThat(engines.isbns("watch")).isEmpty();
    assertThat(engines.isbns("last")).isEmpty();
  }

  @Test
  void deferredConstraintAfterAnotherCommitIsReported() {
    engines.sql(
        "watch",
        "alter table Novel add constraint one_stock unique (stock) deferrable initially deferred");
    DbSessionsContainer db = engines.unit();
    db.session("safe").persist(new Novel("safe"));
    db.session("shaky").persist(new Novel("one"));
    db.session("shaky").persist(new Novel("two"));

    assertThatThrownBy(db::commit)
        .isInstanceOfSatisfying(
            PartialCommitException.class,
            e ->
                assertThat(e.report().outcomes())
                    .containsExactly(
                        entry("safe", Outcome.COMMITTED), entry("shaky", Outcome.ROLLED_BACK)));
    db.session("shaky").persist(new Novel("three"));
    db.commitAndClose();
    assertThat(engines.isbns("watch")).containsExactly("three");
  }
}
