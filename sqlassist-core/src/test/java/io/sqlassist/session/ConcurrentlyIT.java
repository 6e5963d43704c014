package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.EngineTests;
import io.sqlassist.fixture.Novel;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Pieces of work that the database works for at the same time. */
@ParameterizedClass
@EnumSource
@Timeout(300) // less than the statements take that are not cancelled
class ConcurrentlyIT extends EngineTests {

  private final AtomicReference<Thread> callerThread = new AtomicReference<>();
  private final ExecutorService caller =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "caller");
            callerThread.set(thread);
            return thread;
          });

  ConcurrentlyIT(DatabaseKind kind) {
    super(kind);
  }

  @BeforeEach
  void letH2Nap() {
    if (kind == DatabaseKind.H2) {
      engines.sql("writer", "create alias if not exists nap for 'java.lang.Thread.sleep(long)'");
    }
  }

  @AfterEach
  void stopCaller() throws InterruptedException {
    caller.shutdownNow();
    assertThat(caller.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  /** Takes ten minutes, if it is not cancelled. */
  private String slowQuery() {
    return switch (kind) {
      case H2 ->
          // naps, to leave the processors to other virtual threads
          "select count(*) from system_range(1, 200000000000)"
              + " where mod(x, 4096) = 0 and nap(1) is null";
      case POSTGRESQL -> "select cast(pg_sleep(600) as text)";
      case MARIADB -> "select sleep(600)";
    };
  }

  /** Writes, then has the database work for ten minutes. */
  private UnitFunction<String, RuntimeException> slowly(String isbn) {
    return db -> {
      db.writer().persist(new Novel(isbn));
      db.writer().flush();
      return String.valueOf(
          db.writer().createNativeQuery(slowQuery(), Object.class).getSingleResult());
    };
  }

  private void awaitSlow(int count) {
    awaitRunning(count, kind == DatabaseKind.H2 ? "system_range" : "sleep(600)");
  }

  private long slow() {
    return running(kind == DatabaseKind.H2 ? "system_range" : "sleep(600)");
  }

  /** Waits until the database works on so many statements with that text. */
  private void awaitRunning(int count, String text) {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (running(text) < count) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "the database does not work on " + count + " statements with '" + text + "'");
      }
      Thread.onSpinWait();
    }
  }

  private long running(String text) {
    String running =
        switch (kind) {
          case H2 ->
              "select count(*) from information_schema.sessions where session_id <> session_id()"
                  + " and executing_statement like '%";
          case POSTGRESQL ->
              "select count(*) from pg_stat_activity where state = 'active' and datname ="
                  + " current_database() and pid <> pg_backend_pid() and query like '%";
          case MARIADB ->
              "select count(*) from information_schema.processlist where db = database() and id <>"
                  + " connection_id() and info like '%";
        };
    try (Connection connection = engines.connect("writer");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(running + text + "%'")) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void piecesOnSeveralConnectionsCommit() {
    List<UnitFunction<String, RuntimeException>> work =
        IntStream.range(0, 40)
            .<UnitFunction<String, RuntimeException>>mapToObj(
                i ->
                    db -> {
                      db.writer().persist(new Novel("piece " + i));
                      db.session("ledger").persist(new Novel("piece " + i));
                      return "piece " + i;
                    })
            .toList();

    List<String> results = inUnit(outer -> outer.concurrently(work));

    assertThat(results).hasSize(40).startsWith("piece 0", "piece 1").endsWith("piece 39");
    assertThat(engines.isbns("writer")).containsExactlyInAnyOrderElementsOf(results);
    assertThat(engines.isbns("ledger")).containsExactlyInAnyOrderElementsOf(results);
  }

  @Test
  void theFirstFailureCancelsTheStatementsOfTheOthersAndRollsThemBack() {
    engines.sql("writer", "insert into Novel (id, isbn, stock) values (-1, 'taken', 0)");
    List<UnitFunction<String, RuntimeException>> work =
        List.of(
            slowly("one"),
            slowly("two"),
            db -> {
              awaitSlow(2);
              db.writer().persist(new Novel("taken"));
              return "three";
            },
            slowly("never"),
            slowly("never"));
    useUnit(
        outer -> {
          outer.session("ledger").persist(new Novel("outer"));
          assertThatThrownBy(() -> outer.concurrently(work))
              .isInstanceOf(ConstraintViolationException.class);
        });

    assertThat(slow()).isZero();
    assertThat(engines.isbns("writer")).containsExactly("taken");
    assertThat(engines.isbns("ledger")).containsExactly("outer");
  }

  @Test
  void aStatementThatChangesRowsIsCancelled() {
    engines.sql("writer", "insert into Novel (id, isbn, stock) values (-1, 'locked', 0)");
    useUnit(
        outer -> {
          outer.writer().find(Novel.class, -1L).setStock(1);
          outer.writer().flush();
          String update = "update Novel set stock = 2 where isbn = 'locked'";
          assertThatThrownBy(
                  () ->
                      outer.concurrently(
                          List.of(
                              db -> db.writer().createNativeMutationQuery(update).executeUpdate(),
                              db -> {
                                awaitRunning(1, "set stock = 2");
                                throw new IllegalStateException("second");
                              })))
              .hasMessage("second");
        });

    assertThat(engines.stock("writer", "locked")).isEqualTo(1);
  }

  @Test
  void anInterruptOfTheCallerCancelsTheStatements() throws Exception {
    Future<Throwable> call =
        caller.submit(
            () ->
                catchThrowable(
                    () -> useUnit(outer -> outer.concurrently(List.of(slowly("a"), slowly("b"))))));
    awaitSlow(2);

    callerThread.get().interrupt();

    assertThat(call.get(60, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
    assertThat(slow()).isZero();
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void theTimeLimitOfTheOuterUnitCancelsTheStatements() {
    assertThatThrownBy(
            () ->
                useUnit(
                    outer -> {
                      outer.timeout(Duration.ofMillis(300));
                      outer.concurrently(List.of(slowly("a"), slowly("b")));
                    }))
        .isInstanceOf(UnitTimeoutException.class);

    assertThat(slow()).isZero();
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void anAbandonedOuterUnitCancelsTheStatements() throws Exception {
    DbSessionsContainer outer = engines.unit();
    outer.session("ledger").persist(new Novel("outer"));
    outer.session("ledger").flush();
    Future<?> call = caller.submit(() -> outer.concurrently(List.of(slowly("a"), slowly("b"))));
    awaitSlow(2);

    outer.abandon();

    assertThatThrownBy(() -> call.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(UnitEndedException.class);
    assertThat(slow()).isZero();
    assertThat(engines.isbns("writer")).isEmpty();
    for (int ended = 0; ended < 3; ended++) {
      engines.observer().awaitEnd();
    }
    assertThat(engines.isbns("ledger")).isEmpty();
  }

  @Test
  void piecesInsideOfPiecesAreCancelled() {
    List<UnitFunction<Object, RuntimeException>> work = new ArrayList<>();
    work.add(db -> db.concurrently(List.of(slowly("a"), slowly("b"))));
    work.add(
        db -> {
          awaitSlow(2);
          throw new IllegalStateException("second");
        });

    assertThatThrownBy(() -> useUnit(outer -> outer.concurrently(work))).hasMessage("second");

    assertThat(slow()).isZero();
    assertThat(engines.isbns("writer")).isEmpty();
  }
}
