package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.EngineTests;
import io.sqlassist.fixture.Novel;
import jakarta.persistence.RollbackException;
import org.hibernate.Session;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class CommitIT extends EngineTests {

  CommitIT(DatabaseKind kind) {
    super(kind);
  }

  private void taken(String engine, String isbn) {
    engines.sql(engine, "insert into Novel (id, isbn, stock) values (-1, '" + isbn + "', 0)");
  }

  @Test
  void workOfEveryEngineIsDurable() {
    useUnit(
        db -> {
          db.writer().persist(new Novel("writer"));
          db.session("ledger").persist(new Novel("ledger"));
          db.logger().persist(new Novel("logger"));
        });

    assertThat(engines.isbns("writer")).containsExactly("writer");
    assertThat(engines.isbns("ledger")).containsExactly("ledger");
    assertThat(engines.isbns("logger")).containsExactly("logger");
  }

  @Test
  void duplicateKeyInTheSecondEngineLeavesNothingInTheFirst() {
    taken("ledger", "twice");

    assertThatThrownBy(
            () ->
                useUnit(
                    db -> {
                      db.writer().persist(new Novel("writer"));
                      db.session("ledger").persist(new Novel("twice"));
                    }))
        .isInstanceOf(ConstraintViolationException.class);
    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(engines.isbns("ledger")).containsExactly("twice");
  }

  @Test
  void swallowedConstraintViolationNeverCommitsSilently() {
    taken("writer", "twice");

    assertThatThrownBy(
            () ->
                useUnit(
                    db -> {
                      db.writer().persist(new Novel("lost"));
                      db.writer().flush();
                      db.writer().persist(new Novel("twice"));
                      assertThatThrownBy(() -> db.writer().flush())
                          .isInstanceOf(ConstraintViolationException.class);
                    }))
        .isInstanceOf(RollbackException.class)
        .hasMessageContaining("'writer'");
    assertThat(engines.isbns("writer")).containsExactly("twice");
  }

  @Test
  void swallowedViolationOfNativeSqlNeverCommitsSilently() {
    taken("writer", "twice");

    assertThatThrownBy(
            () ->
                useUnit(
                    db -> {
                      db.writer().persist(new Novel("lost"));
                      assertThatThrownBy(
                              () ->
                                  db.writer()
                                      .createNativeMutationQuery(
                                          "insert into Novel (id, isbn, stock) values (-2,"
                                              + " 'twice', 0)")
                                      .executeUpdate())
                          .isInstanceOf(ConstraintViolationException.class);
                    }))
        .isInstanceOf(RollbackException.class);
    assertThat(engines.isbns("writer")).containsExactly("twice");
  }

  @Test
  void swallowedViolationOfTheStatelessSessionNeverLosesTheRestSilently() {
    taken("writer", "twice");

    Throwable failure =
        catchThrowable(
            () ->
                useUnit(
                    db -> {
                      db.writer().persist(new Novel("rest"));
                      db.writer().flush();
                      assertThatThrownBy(
                              () -> db.on("writer").statelessSession().insert(new Novel("twice")))
                          .isInstanceOf(ConstraintViolationException.class);
                    }));

    if (failure == null) {
      assertThat(engines.isbns("writer")).containsExactly("twice", "rest");
    } else {
      assertThat(failure).isInstanceOf(RollbackException.class).hasMessageContaining("'writer'");
      assertThat(engines.isbns("writer")).containsExactly("twice");
    }
  }

  @Test
  void swallowedViolationOfPlainJdbcNeverLosesTheRestSilently() {
    taken("writer", "twice");

    Throwable failure =
        catchThrowable(
            () ->
                useUnit(
                    db -> {
                      db.writer().persist(new Novel("rest"));
                      db.writer().flush();
                      assertThatThrownBy(
                              () ->
                                  db.writer()
                                      .doWork(
                                          connection -> {
                                            try (var statement = connection.createStatement()) {
                                              statement.execute(
                                                  "insert into Novel (id, isbn, stock) values (-2,"
                                                      + " 'twice', 0)");
                                            }
                                          }))
                          .isInstanceOf(ConstraintViolationException.class);
                    }));

    if (failure == null) {
      assertThat(engines.isbns("writer")).containsExactly("twice", "rest");
    } else {
      assertThat(failure).isInstanceOf(RollbackException.class).hasMessageContaining("'writer'");
      assertThat(engines.isbns("writer")).containsExactly("twice");
    }
  }

  @Test
  void workGoesOnThroughTheSameSessionsAfterCommitRollbackAndFailure() {
    taken("ledger", "twice");
    DbSessionsContainer db = engines.unit();
    Session writer = db.writer();
    writer.persist(new Novel("one"));
    db.commit();
    writer.persist(new Novel("lost"));
    writer.flush();
    db.rollback();
    writer.persist(new Novel("lost too"));
    db.session("ledger").persist(new Novel("twice"));
    assertThatThrownBy(db::commit).isInstanceOf(ConstraintViolationException.class);
    writer.persist(new Novel("two"));
    db.session("ledger").persist(new Novel("once"));
    db.commitAndClose();

    assertThat(engines.isbns("writer")).containsExactly("one", "two");
    assertThat(engines.isbns("ledger")).containsExactly("twice", "once");
  }

  @Test
  void statelessSessionSharesTheTransaction() {
    DbSessionsContainer db = engines.unit();
    db.on("writer").statelessSession().insert(new Novel("stateless"));
    db.writer().persist(new Novel("session"));
    db.writer().flush();
    assertThat(engines.activeConnections("writer")).isEqualTo(1);
    db.rollback();
    assertThat(engines.isbns("writer")).isEmpty();

    db.on("writer").statelessSession().insert(new Novel("stateless"));
    db.writer().persist(new Novel("session"));
    db.commitAndClose();
    assertThat(engines.isbns("writer")).containsExactlyInAnyOrder("stateless", "session");
  }

  @Test
  void lineOfTheLoggerIsDurableAtOnceAndKeptWhenTheUnitFails() {
    assertThatThrownBy(
            () ->
                useUnit(
                    db -> {
                      Novel line = new Novel("line");
                      db.logger().persist(line);
                      assertThat(engines.isbns("logger")).containsExactly("line");
                      assertThat(engines.activeConnections("logger")).isZero();
                      line.setStock(5);
                      throw new IllegalStateException("fails");
                    }))
        .hasMessage("fails");

    assertThat(engines.stock("logger", "line")).isEqualTo(5);
  }

  @Test
  void queryAfterPersistSeesTheRow() {
    useUnit(
        db -> {
          for (String engine : new String[] {"writer", "logger"}) {
            Session session = db.session(engine);
            session.persist(new Novel("hql"));
            assertThat(
                    session
                        .createSelectionQuery("select isbn from Novel", String.class)
                        .getResultList())
                .containsExactly("hql");
            session.persist(new Novel("native"));
            assertThat(
                    session
                        .createNativeQuery("select isbn from Novel order by id", String.class)
                        .getResultList())
                .hasSize(2);
          }
        });
  }

  @Test
  void changeOfAnotherUnitIsSeenAfterARefresh() {
    useUnit(db -> db.writer().persist(new Novel("novel")));
    DbSessionsContainer db = engines.unit();
    Novel mine = db.writer().createSelectionQuery("from Novel", Novel.class).getSingleResult();
    db.commit();
    useUnit(
        other ->
            other
                .writer()
                .createSelectionQuery("from Novel", Novel.class)
                .getSingleResult()
                .setStock(8));

    assertThat(db.writer().find(Novel.class, mine.getId()).getStock()).isZero();
    db.writer().refresh(mine);
    assertThat(mine.getStock()).isEqualTo(8);
    db.close();
  }
}
