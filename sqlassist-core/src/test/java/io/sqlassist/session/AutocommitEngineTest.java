package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.EngineTests;
import io.sqlassist.fixture.Novel;
import java.util.List;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.Test;

class AutocommitEngineTest extends EngineTests {

  AutocommitEngineTest() {
    super(DatabaseKind.H2);
  }

  @Test
  void persistedRowIsDurableBeforeTheUnitEnds() {
    DbSessionsContainer db = engines.unit();
    db.logger().persist(new Novel("line"));

    assertThat(engines.isbns("logger")).containsExactly("line");
    assertThat(engines.activeConnections("logger")).isZero();
    db.close();
  }

  @Test
  void rowsAreKeptWhenTheUnitFails() {
    assertThatThrownBy(
            () ->
                useUnit(
                    db -> {
                      db.writer().persist(new Novel("lost"));
                      db.logger().persist(new Novel("line"));
                      throw new IllegalStateException("fails");
                    }))
        .hasMessage("fails");

    assertThat(engines.isbns("logger")).containsExactly("line");
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void neitherTheFirstAccessNorTheEndRollsBack() {
    DbSessionsContainer db = engines.unit();
    db.logger().persist(new Novel("line"));
    db.rollback();
    db.on("logger").rollback();
    db.close();

    assertThat(engines.isbns("logger")).containsExactly("line");
    assertThat(engines.faults("logger").calls("rollback")).isZero();
    assertThat(engines.faults("logger").calls("commit")).isZero();
  }

  @Test
  void changeOfAManagedEntityIsFlushedAtTheEndOfAUnitThatSucceeds() {
    useUnit(
        db -> {
          Novel line = new Novel("line");
          db.logger().persist(line);
          line.setStock(3);
        });

    assertThat(engines.stock("logger", "line")).isEqualTo(3);
  }

  @Test
  void changeOfAManagedEntityIsFlushedAtTheEndOfAUnitThatFails() {
    assertThatThrownBy(
            () ->
                useUnit(
                    db -> {
                      Novel line = new Novel("line");
                      db.logger().persist(line);
                      line.setStock(3);
                      throw new IllegalStateException("fails");
                    }))
        .hasMessage("fails");

    assertThat(engines.stock("logger", "line")).isEqualTo(3);
  }

  @Test
  void changeOfAManagedEntityIsFlushedWhenItsScopeIsClosed() {
    DbSessionsContainer db = engines.unit();
    Novel line = new Novel("line");
    db.logger().persist(line);
    line.setStock(3);
    db.on("logger").close();

    assertThat(engines.stock("logger", "line")).isEqualTo(3);
    db.close();
  }

  @Test
  void removedAndMergedEntitiesAreDurableAtOnce() {
    DbSessionsContainer db = engines.unit();
    Novel line = new Novel("line");
    db.logger().persist(line);
    db.logger().detach(line);
    line.setStock(9);
    Novel merged = db.logger().merge(line);
    assertThat(engines.stock("logger", "line")).isEqualTo(9);

    db.logger().remove(merged);
    assertThat(engines.isbns("logger")).isEmpty();
    db.close();
  }

  @Test
  void queriesSeePersistedRows() {
    DbSessionsContainer db = engines.unit();
    db.logger().persist(new Novel("line"));

    assertThat(
            db.logger()
                .createSelectionQuery("select isbn from Novel", String.class)
                .getResultList())
        .containsExactly("line");
    assertThat(
            db.logger().createNativeQuery("select isbn from Novel", String.class).getResultList())
        .isEqualTo(List.of("line"));
    db.close();
  }

  @Test
  void statementsOfHqlAreDurableAtOnce() {
    DbSessionsContainer db = engines.unit();
    db.logger().persist(new Novel("line"));
    db.logger().createMutationQuery("update Novel set stock = 4").executeUpdate();

    assertThat(engines.stock("logger", "line")).isEqualTo(4);
    db.close();
  }

  @Test
  void explicitCommitFlushesAndTheSessionGoesOn() {
    DbSessionsContainer db = engines.unit();
    Novel line = new Novel("line");
    db.logger().persist(line);
    line.setStock(1);
    assertThat(db.commit().outcomes()).isEmpty();
    assertThat(engines.stock("logger", "line")).isEqualTo(1);

    line.setStock(2);
    db.commitAndClose();
    assertThat(engines.stock("logger", "line")).isEqualTo(2);
  }

  @Test
  void flushThatFailsAtTheEndRollsTheOtherEnginesBack() {
    engines.sql("logger", "insert into Novel (id, isbn, stock) values (-1, 'twice', 0)");

    assertThatThrownBy(
            () ->
                useUnit(
                    db -> {
                      db.writer().persist(new Novel("lost"));
                      db.logger().setHibernateFlushMode(org.hibernate.FlushMode.MANUAL);
                      db.logger().persist(new Novel("twice"));
                      db.logger().setHibernateFlushMode(org.hibernate.FlushMode.AUTO);
                    }))
        .isInstanceOf(ConstraintViolationException.class);
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void changeOfAManagedEntityIsFlushedWhenTheCommitOfAnotherEngineFails() {
    engines.sql("writer", "insert into Novel (id, isbn, stock) values (-1, 'twice', 0)");

    assertThatThrownBy(
            () ->
                useUnit(
                    db -> {
                      db.writer().persist(new Novel("twice"));
                      Novel line = new Novel("line");
                      db.logger().persist(line);
                      line.setStock(3);
                    }))
        .isInstanceOf(ConstraintViolationException.class);

    assertThat(engines.stock("logger", "line")).isEqualTo(3);
  }

  @Test
  void sessionGoesOnAfterAFlushThatFailed() {
    DbSessionsContainer db = engines.unit();
    Novel line = new Novel("line");
    db.logger().persist(line);
    line.setStock(1);
    engines.faults("logger").fail("execute", 1);
    assertThatThrownBy(db::commit).hasRootCauseMessage("provoked failure of execute");

    db.logger().persist(new Novel("later"));
    db.commitAndClose();
    assertThat(engines.isbns("logger")).containsExactly("line", "later");
    assertThat(engines.stock("logger", "line")).isZero();
  }

  @Test
  void lineThatWasRefusedAndCaughtDisturbsNeitherLaterLinesNorTheUnit() {
    engines.sql("logger", "insert into Novel (id, isbn, stock) values (-1, 'twice', 0)");

    useUnit(
        db -> {
          db.writer().persist(new Novel("kept"));
          assertThatThrownBy(() -> db.logger().persist(new Novel("twice")))
              .isInstanceOf(ConstraintViolationException.class);
          db.logger().persist(new Novel("later"));
        });

    assertThat(engines.isbns("logger")).containsExactly("twice", "later");
    assertThat(engines.isbns("writer")).containsExactly("kept");
  }
}
