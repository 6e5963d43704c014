package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import java.util.Optional;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From a session to its unit of work and what that belongs to; from an entity to its session. */
class OwnerTest {

  private final TestEngines engines = TestEngines.shared(DatabaseKind.H2).reset();
  private final Object request = new Object();
  private final DbSessionsContainer db =
      new DbSessionsContainer(
          engines.registry(),
          new UnitOrigin() {
            @Override
            public String label() {
              return "test";
            }

            @Override
            public Optional<Object> attribute(String name) {
              return name.equals("request") ? Optional.of(request) : Optional.empty();
            }
          });

  @AfterEach
  void everyConnectionIsBack() {
    db.close();
    engines.assertConnectionsAreBackAndClean();
  }

  @Test
  void theRequestIsReachableFromASession() {
    assertThat(DbSessionsContainer.of(db.writer()).flatMap(unit -> unit.attribute("request")))
        .containsSame(request);
  }

  @Test
  void theRequestIsReachableFromAnEntity() {
    Novel novel = new Novel("a");
    db.writer().persist(novel);

    assertThat(
            db.sessionOf(novel)
                .flatMap(DbSessionsContainer::of)
                .flatMap(unit -> unit.attribute("request")))
        .containsSame(request);
  }

  @Test
  void anEntityBelongsToTheSessionThatManagesIt() {
    Novel ofWriter = new Novel("a");
    Novel ofLedger = new Novel("b");
    db.writer().persist(ofWriter);
    db.session("ledger").persist(ofLedger);

    assertThat(db.sessionOf(ofWriter)).containsSame(db.writer());
    assertThat(db.sessionOf(ofLedger)).containsSame(db.session("ledger"));
  }

  @Test
  void aSessionOpenedOutsideOfAUnitHasNone() {
    try (Session session = engines.registry().engine("writer").openSession()) {
      assertThat(DbSessionsContainer.of(session)).isEmpty();
    }
  }

  @Test
  void aClosedSessionHasNone() {
    Session session = db.writer();
    db.on("writer").close();

    assertThat(DbSessionsContainer.of(session)).isEmpty();
  }

  @Test
  void aDetachedEntityBelongsToNoSession() {
    Novel novel = new Novel("a");
    db.writer().persist(novel);
    db.writer().detach(novel);

    assertThat(db.sessionOf(novel)).isEmpty();
  }

  @Test
  void anEntityOfAnotherUnitBelongsToNoSessionOfThisOne() {
    Novel novel = new Novel("a");
    try (DbSessionsContainer other = engines.unit()) {
      other.writer().persist(novel);
      db.writer();

      assertThat(db.sessionOf(novel)).isEmpty();
    }
  }

  @Test
  void afterARollbackTheEntityBelongsToNoSession() {
    Novel novel = new Novel("a");
    db.writer().persist(novel);
    db.rollback();

    assertThat(db.sessionOf(novel)).isEmpty();
  }

  @Test
  void afterACommitTheEntityStillBelongsToItsSession() {
    Novel novel = new Novel("a");
    db.writer().persist(novel);
    db.commit();

    assertThat(db.sessionOf(novel)).containsSame(db.writer());
  }

  @Test
  void anObjectThatIsNoEntityBelongsToNoSession() {
    db.writer();

    assertThat(db.sessionOf("text")).isEmpty();
  }

  @Test
  void askingAfterTheEndIsAnError() {
    db.close();

    assertThatThrownBy(() -> db.sessionOf("text")).isInstanceOf(UnitEndedException.class);
  }

  @Test
  void insideOfASavepointTheBlocksSessionBelongsToTheUnit() {
    db.on("writer")
        .savepoint(
            session -> {
              assertThat(DbSessionsContainer.of(session)).containsSame(db);
              return null;
            });
  }
}
