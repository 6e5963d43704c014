package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineBusyException;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.EngineTests;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class FailedUnitTest extends EngineTests {

  FailedUnitTest() {
    super(DatabaseKind.H2);
  }

  static Stream<Throwable> failures() {
    return Stream.of(
        new IOException("checked"),
        new IllegalArgumentException("unchecked"),
        new StackOverflowError("error"));
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void sneak(Throwable failure) throws X {
    throw (X) failure;
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whateverTheWorkThrowsPassesUnchangedAndRollsEverythingBack(Throwable failure) {
    Throwable thrown =
        catchThrowable(
            () ->
                useUnit(
                    db -> {
                      db.writer().persist(new Novel("lost"));
                      db.writer().flush();
                      db.session("ledger").persist(new Novel("lost"));
                      FailedUnitTest.<RuntimeException>sneak(failure);
                    }));

    assertThat(thrown).isSameAs(failure);
    assertThat(thrown.getSuppressed()).isEmpty();
    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(engines.isbns("ledger")).isEmpty();
    assertThat(events())
        .containsExactly(
            "started",
            "opened writer",
            "opened ledger",
            "rolled back",
            "closed writer",
            "closed ledger",
            "ended");
  }

  private Throwable failWith(Throwable failure) {
    return catchThrowable(
        () ->
            useUnit(
                db -> {
                  db.writer().persist(new Novel("lost"));
                  db.writer().flush();
                  db.logger().persist(new Novel("log"));
                  db.session("ledger").persist(new Novel("lost"));
                  db.session("ledger").flush();
                  FailedUnitTest.<RuntimeException>sneak(failure);
                }));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void failingRollbackIsSuppressedInTheFailureAndStopsNoOtherCleanUp(Throwable failure) {
    engines.faults("writer").fail("rollback");

    assertThat(failWith(failure)).isSameAs(failure);

    assertThat(failure.getSuppressed()).hasSize(1);
    assertThat(failure.getSuppressed()[0]).hasRootCauseMessage("provoked failure of rollback");
    assertThat(engines.faults("ledger").calls("rollback")).isEqualTo(1);
    engines.faults("writer").clear();
    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(engines.isbns("ledger")).isEmpty();
    assertThat(engines.isbns("logger")).containsExactly("log");
    assertThat(events())
        .contains("rollback failed", "closed writer", "closed logger", "closed ledger")
        .endsWith("ended");
  }

  @Test
  void errorOfTheDriverDuringARollbackStopsNoOtherCleanUp() {
    engines
        .faults("writer")
        .before(
            "rollback",
            () -> {
              throw new LinkageError("provoked");
            });
    RuntimeException failure = new RuntimeException("of the work");

    assertThat(failWith(failure)).isSameAs(failure);
    assertThat(failure.getSuppressed()).hasSize(1);
    engines.faults("writer").clear();
    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(engines.isbns("ledger")).isEmpty();
  }

  @Test
  void failingFlushOfTheAutocommitEngineIsSuppressedInTheFailure() {
    RuntimeException failure = new RuntimeException("of the work");
    Throwable thrown =
        catchThrowable(
            () ->
                useUnit(
                    db -> {
                      Novel line = new Novel("log");
                      db.logger().persist(line);
                      line.setStock(1);
                      db.writer().persist(new Novel("lost"));
                      db.writer().flush();
                      engines.faults("logger").fail("execute");
                      throw failure;
                    }));

    assertThat(thrown).isSameAs(failure);
    assertThat(failure.getSuppressed()).hasSize(1);
    assertThat(failure.getSuppressed()[0]).hasRootCauseMessage("provoked failure of execute");
    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(events()).contains("rollback failed").endsWith("ended");
  }

  @Test
  void connectionThatFailsToCloseIsReportedAndDoesNotTurnTheOutcome() {
    engines.faults("writer").failAfter("close");

    useUnit(
        db -> {
          db.writer().persist(new Novel("kept"));
          db.session("ledger").persist(new Novel("kept"));
        });

    assertThat(engines.isbns("writer")).containsExactly("kept");
    assertThat(engines.isbns("ledger")).containsExactly("kept");
    assertThat(engines.observer().warnings())
        .anyMatch(warning -> warning.startsWith("writer:") && warning.contains("given back"));
  }

  @Test
  void connectionThatDiesOnTheWayOutStopsNoOtherCleanUp() {
    RuntimeException failure = new RuntimeException("of the work");
    engines
        .faults("writer")
        .before(
            "rollback",
            () -> {
              throw new SQLException("connection lost", "08006");
            })
        .failAfter("close");

    assertThat(failWith(failure)).isSameAs(failure);
    assertThat(failure.getSuppressed()).isNotEmpty();
    engines.faults("writer").clear();
    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(engines.isbns("ledger")).isEmpty();
  }

  @Test
  void closeThrowsNothingWhateverFails() {
    DbSessionsContainer db = engines.unit();
    db.writer().persist(new Novel("lost"));
    db.writer().flush();
    db.session("ledger").persist(new Novel("lost"));
    db.session("ledger").flush();
    engines.faults("writer").fail("rollback").failAfter("close");
    engines.faults("ledger").fail("rollback").failAfter("close");

    db.close();

    assertThat(db.isEnded()).isTrue();
    assertThat(db.statuses())
        .containsEntry("writer", EngineStatus.END)
        .containsEntry("ledger", EngineStatus.END);
    assertThat(events()).contains("rollback failed").endsWith("ended");
    assertThat(engines.observer().failures().get(0).getSuppressed()).hasSize(1);
  }

  @Test
  void failureOfTheCommitIsThrownOnceAndToldOnce() {
    engines.faults("writer").fail("commit", 1);

    assertThatThrownBy(() -> useUnit(db -> db.writer().persist(new Novel("lost"))));
    assertThat(events())
        .containsExactly("started", "opened writer", "commit failed", "closed writer", "ended");
  }

  @Test
  void poolThatIsExhaustedFailsTheStatementAndTheUnitEndsCleanly() throws SQLException {
    try (TestEngines narrow =
        TestEngines.none()
            .add("writer", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE, 1, config -> {})) {
      HikariDataSource pool = narrow.pool("writer");
      Connection taken = pool.getConnection();
      pool.setConnectionTimeout(250);
      assertThatThrownBy(
              () ->
                  io.sqlassist.session.Units.useUnit(
                      narrow.registry(), db -> db.writer().persist(new Novel("lost"))))
          .isInstanceOf(EngineBusyException.class);
      taken.close();
      pool.setConnectionTimeout(60_000);
      narrow.assertConnectionsAreBackAndClean();
    }
  }

  @Test
  void failedStatementInsideOfTheUnitGivesTheConnectionBack() {
    for (int nth = 1; nth <= 3; nth++) {
      engines.faults("writer").fail("execute", nth);
      Throwable thrown =
          catchThrowable(
              () ->
                  useUnit(
                      db -> {
                        for (int i = 0; i < 3; i++) {
                          db.writer().persist(new Novel("novel " + i));
                          db.writer().flush();
                        }
                      }));
      assertThat(thrown).hasRootCauseMessage("provoked failure of execute");
      assertThat(engines.activeConnections("writer")).isZero();
      assertThat(engines.isbns("writer")).isEmpty();
    }
  }

  @Test
  void engineThatIsRemovedInTheMiddleOfAUnitGetsItsConnectionsBack() {
    TestEngines own = TestEngines.fresh(DatabaseKind.H2);
    DbSessionsContainer db = own.unit();
    db.writer().persist(new Novel("lost"));
    db.writer().flush();
    db.session("ledger").persist(new Novel("lost"));
    db.session("ledger").flush();
    own.registry().remove("writer");
    db.close();

    assertThat(own.isbns("writer")).isEmpty();
    assertThat(own.isbns("ledger")).isEmpty();
    own.assertConnectionsAreBackAndClean();
    assertThat(own.events()).endsWith("ended");
    own.close();
  }

  /** Hands out one physical connection, without a pool that would clean it. */
  private static final class OneConnection {
    private final Connection physical;
    private final AtomicInteger out = new AtomicInteger();

    OneConnection(DatabaseHandle database) throws SQLException {
      physical = database.dataSource().getConnection();
    }

    DataSource dataSource() {
      return (DataSource)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {DataSource.class},
              (proxy, method, args) -> handOut());
    }

    private Connection handOut() {
      out.incrementAndGet();
      return (Connection)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, args) -> {
                if (method.getName().equals("close")) {
                  out.decrementAndGet();
                  return null;
                }
                return method.invoke(physical, args);
              });
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectionOfAPoolThatCleansNothingComesBackAsItWent(EngineKind engineKind)
      throws SQLException {
    DatabaseHandle database = DatabaseKind.H2.fresh();
    OneConnection one = new OneConnection(database);
    try (TestEngines plain = TestEngines.none()) {
      if (engineKind == EngineKind.READ_ONLY) {
        plain.add("setup", database, EngineKind.READ_WRITE);
      }
      plain.add("plain", one.dataSource(), engineKind, config -> config.entities(Novel.class));
      int isolation = one.physical.getTransactionIsolation();
      DbSessionsContainer db = plain.unit();
      Session session = db.session("plain");
      session.createSelectionQuery("from Novel", Novel.class).getResultList();
      if (engineKind != EngineKind.READ_ONLY) {
        session.persist(new Novel("work"));
        session.flush();
      }
      db.close();

      assertThat(one.out).hasValue(0);
      assertThat(one.physical.getAutoCommit()).isTrue();
      assertThat(one.physical.isReadOnly()).isFalse();
      assertThat(one.physical.getTransactionIsolation()).isEqualTo(isolation);
    }
    one.physical.close();
  }

  @Test
  void workThatAFailedRollbackLeftInAConnectionIsNotCommittedByAnybodyLater() throws SQLException {
    DatabaseHandle database = DatabaseKind.H2.fresh();
    OneConnection one = new OneConnection(database);
    try (TestEngines plain = TestEngines.none()) {
      plain.add(
          "plain", one.dataSource(), EngineKind.READ_WRITE, config -> config.entities(Novel.class));
      DbSessionsContainer db = plain.unit();
      db.session("plain").persist(new Novel("lost"));
      db.session("plain").flush();
      plain.faults("plain").fail("rollback", 1);
      db.close();

      Units.useUnit(plain.registry(), next -> next.session("plain").persist(new Novel("kept")));
      assertThat(one.out).hasValue(0);
      assertThat(
              Units.<java.util.List<String>, RuntimeException>inUnit(
                  plain.registry(),
                  reading ->
                      reading
                          .session("plain")
                          .createSelectionQuery("select isbn from Novel", String.class)
                          .getResultList()))
          .containsExactly("kept");
    }
    one.physical.close();
  }
}
