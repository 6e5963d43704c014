package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Retries, time-outs and isolation levels of blocks. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class BlockSettingsIT {

  private final DatabaseKind kind;
  private final TestEngines engines;
  private final DbSessionsContainer db;
  private final EngineScope writer;
  private final ExecutorService others = Executors.newCachedThreadPool();

  BlockSettingsIT(DatabaseKind kind) {
    this.kind = kind;
    engines = TestEngines.shared(kind).reset();
    db = engines.unit();
    writer = db.on("writer");
  }

  @AfterEach
  void everyConnectionIsBack() {
    db.close();
    others.shutdown();
    engines.assertConnectionsAreBackAndClean();
  }

  private static Void persist(Session session, String isbn) {
    session.persist(new Novel(isbn));
    session.flush();
    return null;
  }

  private static SQLException conflict() {
    return new SQLException("could not serialize access (injected)", "40001");
  }

  // Retries

  @Test
  void twoBlocksThatDeadlockBothSucceedWithRetries() throws Exception {
    Units.useUnit(
        engines.registry(),
        setUp -> {
          persist(setUp.writer(), "a");
          persist(setUp.writer(), "b");
        });
    CyclicBarrier bothHoldOne = new CyclicBarrier(2);
    AtomicInteger attempts = new AtomicInteger();

    Future<Void> first = others.submit(() -> increment("a", "b", bothHoldOne, attempts));
    Future<Void> second = others.submit(() -> increment("b", "a", bothHoldOne, attempts));
    first.get(60, TimeUnit.SECONDS);
    second.get(60, TimeUnit.SECONDS);

    assertThat(engines.stock("writer", "a")).isEqualTo(2);
    assertThat(engines.stock("writer", "b")).isEqualTo(2);
    assertThat(attempts.get()).as("one of them was refused").isGreaterThan(2);
  }

  private Void increment(
      String one, String other, CyclicBarrier bothHoldOne, AtomicInteger attempts)
      throws Exception {
    return Units.<Void, Exception>inUnit(
        engines.registry(),
        own ->
            own.on("writer")
                .retries(10)
                .atomic(
                    session -> {
                      increment(session, one);
                      if (attempts.incrementAndGet() <= 2) {
                        bothHoldOne.await(60, TimeUnit.SECONDS);
                      }
                      increment(session, other);
                      return null;
                    }));
  }

  private static void increment(Session session, String isbn) {
    session
        .createMutationQuery("update Novel set stock = stock + 1 where isbn = :isbn")
        .setParameter("isbn", isbn)
        .executeUpdate();
  }

  @Test
  void aSerializationFailureAtCommitIsRepeated() {
    AtomicInteger commits = new AtomicInteger();
    engines
        .faults("writer")
        .before(
            "commit",
            () -> {
              if (commits.incrementAndGet() == 1) {
                throw conflict();
              }
            });
    AtomicInteger attempts = new AtomicInteger();

    writer
        .retries(3)
        .atomic(
            session -> {
              attempts.incrementAndGet();
              return persist(session, "a");
            });

    assertThat(attempts).hasValue(2);
    assertThat(engines.isbns("writer")).containsExactly("a");
  }

  @Test
  void theLastFailurePassesWhenTheRetriesAreUsedUp() {
    AtomicInteger attempts = new AtomicInteger();

    assertThatThrownBy(
            () ->
                writer
                    .retries(2)
                    .atomic(
                        session -> {
                          attempts.incrementAndGet();
                          throw conflict();
                        }))
        .isInstanceOf(SQLException.class)
        .satisfies(last -> assertThat(last.getSuppressed()).as("the one before").hasSize(1));

    assertThat(attempts).hasValue(3);
  }

  @Test
  void otherFailuresAreNotRepeated() {
    AtomicInteger attempts = new AtomicInteger();

    assertThatThrownBy(
            () ->
                writer
                    .retries(2)
                    .atomic(
                        session -> {
                          attempts.incrementAndGet();
                          throw new IllegalStateException("no");
                        }))
        .hasMessage("no");

    assertThat(attempts).hasValue(1);
  }

  @Test
  void aBlockThatHasCommittedElsewhereIsNotRepeated() {
    AtomicInteger attempts = new AtomicInteger();

    assertThatThrownBy(
            () ->
                writer
                    .retries(2)
                    .atomic(
                        session -> {
                          attempts.incrementAndGet();
                          persist(db.session("ledger"), "ledger");
                          db.on("ledger").commit();
                          throw conflict();
                        }))
        .isInstanceOf(SQLException.class);

    assertThat(attempts).hasValue(1);
    assertThat(engines.isbns("ledger")).containsExactly("ledger");
  }

  @Test
  void joinedWorkCantBeRepeated() {
    persist(db.writer(), "before");

    assertThatThrownBy(() -> writer.retries(1).atomic(WhenOpen.JOIN, session -> null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("can neither repeat it");

    db.commit();
    assertThat(engines.isbns("writer")).containsExactly("before");
  }

  @Test
  void negativeRetriesAreRefused() {
    assertThatThrownBy(() -> writer.retries(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void settingsHoldForTheScopeTheyWereMadeFor() {
    EngineScope retrying = writer.retries(5);

    assertThat(retrying).isNotSameAs(writer);
    assertThat(db.on("writer")).isSameAs(writer);
    assertThat(retrying.session()).isSameAs(db.writer());
  }

  // Time-outs

  /** Long enough for a statement to begin before, on a busy machine too. */
  private static final Duration UNTIL_IT_WAITS = Duration.ofSeconds(2);

  /** Holds the row of a book in another unit until the latch opens. */
  private Future<Void> holdRow(String isbn, CountDownLatch held, CountDownLatch letGo) {
    return others.submit(
        () ->
            Units.inUnit(
                engines.registry(),
                other -> {
                  increment(other.writer(), isbn);
                  held.countDown();
                  if (!letGo.await(60, TimeUnit.SECONDS)) {
                    throw new AssertionError("waited in vain");
                  }
                  return null;
                }));
  }

  @Test
  void aStatementThatWaitsForALockIsCancelledWhenTheTimeIsOver() throws Exception {
    Units.useUnit(engines.registry(), setUp -> persist(setUp.writer(), "a"));
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch letGo = new CountDownLatch(1);
    Future<Void> holder = holdRow("a", held, letGo);
    assertThat(held.await(60, TimeUnit.SECONDS)).isTrue();
    try {
      assertThatThrownBy(
              () ->
                  writer
                      .timeout(UNTIL_IT_WAITS)
                      .atomic(
                          session -> {
                            persist(session, "block");
                            increment(session, "a");
                            return null;
                          }))
          .isInstanceOf(UnitTimeoutException.class)
          .hasMessageContaining("atomic block on engine 'writer' took longer than the 2000 ms")
          .hasCauseInstanceOf(RuntimeException.class);
    } finally {
      letGo.countDown();
    }
    holder.get(60, TimeUnit.SECONDS);

    persist(db.writer(), "after");
    db.commit();
    assertThat(engines.isbns("writer")).containsExactlyInAnyOrder("a", "after");
    assertThat(engines.stock("writer", "a")).isEqualTo(1);
  }

  /** Hibernate tells the driver once only, and what it tells may come too early. */
  @Test
  void aStatementWhoseCancellationIsLostLosesItsConnection() throws Exception {
    assumeThat(kind).as("H2, in this JVM, has no connection to cut").isNotEqualTo(DatabaseKind.H2);
    Units.useUnit(engines.registry(), setUp -> persist(setUp.writer(), "a"));
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch letGo = new CountDownLatch(1);
    Future<Void> holder = holdRow("a", held, letGo);
    assertThat(held.await(60, TimeUnit.SECONDS)).isTrue();
    engines.faults("writer").fail("statement.cancel");
    try {
      assertThatThrownBy(
              () ->
                  writer
                      .timeout(UNTIL_IT_WAITS)
                      .atomic(
                          session -> {
                            increment(session, "a");
                            return null;
                          }))
          .isInstanceOf(UnitTimeoutException.class);
      assertThat(engines.faults("writer").calls("abort")).isEqualTo(1);
    } finally {
      letGo.countDown();
    }
    holder.get(60, TimeUnit.SECONDS);

    assertThat(engines.stock("writer", "a")).isEqualTo(1);
  }

  @Test
  void aBlockThatIsTooLateWithoutAStatementIsNotCommitted() {
    assertThatThrownBy(
            () ->
                writer
                    .timeout(Duration.ofMillis(1))
                    .atomic(
                        session -> {
                          session.persist(new Novel("a"));
                          long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
                          while (System.nanoTime() - end < 0) {
                            Thread.onSpinWait();
                          }
                          return null;
                        }))
        .isInstanceOf(UnitTimeoutException.class);

    db.commit();
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void aSavepointBlockThatIsTooLateIsUndoneAlone() throws Exception {
    Units.useUnit(engines.registry(), setUp -> persist(setUp.writer(), "a"));
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch letGo = new CountDownLatch(1);
    Future<Void> holder = holdRow("a", held, letGo);
    assertThat(held.await(60, TimeUnit.SECONDS)).isTrue();
    persist(db.writer(), "outer");
    try {
      assertThatThrownBy(
              () ->
                  writer
                      .timeout(Duration.ofMillis(200))
                      .savepoint(
                          session -> {
                            increment(session, "a");
                            return null;
                          }))
          .isInstanceOf(UnitTimeoutException.class);
    } finally {
      letGo.countDown();
    }
    holder.get(60, TimeUnit.SECONDS);
    db.commit();

    assertThat(engines.isbns("writer")).containsExactlyInAnyOrder("a", "outer");
  }

  @Test
  void aUnitThatIsTooLateRefusesEveryUseAndTheCommit() throws Exception {
    Units.useUnit(engines.registry(), setUp -> persist(setUp.writer(), "a"));
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch letGo = new CountDownLatch(1);
    Future<Void> holder = holdRow("a", held, letGo);
    assertThat(held.await(60, TimeUnit.SECONDS)).isTrue();
    try {
      assertThatThrownBy(
              () ->
                  Units.useUnit(
                      engines.registry(),
                      own -> {
                        own.timeout(Duration.ofMillis(200));
                        persist(own.writer(), "unit");
                        try {
                          increment(own.writer(), "a");
                        } catch (RuntimeException swallowed) {
                          assertThatThrownBy(() -> own.session("ledger"))
                              .isInstanceOf(UnitTimeoutException.class);
                        }
                      }))
          .isInstanceOf(UnitTimeoutException.class);
    } finally {
      letGo.countDown();
    }
    holder.get(60, TimeUnit.SECONDS);

    assertThat(engines.isbns("writer")).containsExactly("a");
  }

  @Test
  void aBlockThatIsInTimeIsNotDisturbedLater() throws Exception {
    Duration limit = Duration.ofSeconds(1);
    Eventually.until("a block is in time", () -> persistWithin(limit, "in time"));
    long begun = System.nanoTime();
    Units.useUnit(engines.registry(), setUp -> persist(setUp.writer(), "a"));
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch letGo = new CountDownLatch(1);
    Future<Void> holder = holdRow("a", held, letGo);
    assertThat(held.await(60, TimeUnit.SECONDS)).isTrue();
    Future<Void> waiting =
        others.submit(
            () -> {
              waitForLocks(60_000);
              increment(db.writer(), "a");
              waitForLocks(2_000); // as usual
              return null;
            });
    Eventually.until(
        "the limit would be over",
        () -> System.nanoTime() - begun > limit.plusMillis(300).toNanos());
    assertThat(waiting.isDone()).as("cancelled though the limit was lifted").isFalse();
    letGo.countDown();
    holder.get(60, TimeUnit.SECONDS);
    waiting.get(60, TimeUnit.SECONDS);
    db.commit();

    assertThat(engines.stock("writer", "a")).isEqualTo(2);
  }

  /** H2 gives up after two seconds, in which a busy machine may not have let go of the lock. */
  private void waitForLocks(int millis) {
    if (kind == DatabaseKind.H2) {
      db.writer().createNativeMutationQuery("set lock_timeout " + millis).executeUpdate();
    }
  }

  private boolean persistWithin(Duration limit, String isbn) {
    try {
      writer.timeout(limit).atomic(session -> persist(session, isbn));
      return true;
    } catch (UnitTimeoutException e) {
      return false; // the machine is busy
    }
  }

  @Test
  void aTimeoutOfNothingIsRefused() {
    assertThatThrownBy(() -> writer.timeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // Isolation

  private static int isolationOf(Session session) {
    return session.doReturningWork(Connection::getTransactionIsolation);
  }

  @Test
  void aBlockRunsAtItsIsolationLevelAndGivesTheConnectionBackClean() {
    int usual = writer.atomic(session -> isolationOf(session));

    int inBlock =
        writer
            .isolation(Isolation.SERIALIZABLE)
            .atomic(
                session -> {
                  persist(session, "a");
                  return isolationOf(session);
                });

    assertThat(inBlock).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
    assertThat(usual).isNotEqualTo(Connection.TRANSACTION_SERIALIZABLE);
    int after = writer.atomic(session -> isolationOf(session));
    assertThat(after).isEqualTo(usual);
    assertThat(engines.isbns("writer")).containsExactly("a");
  }

  @Test
  void theIsolationLevelOfJoinedWorkCantBeChanged() {
    persist(db.writer(), "before");

    assertThatThrownBy(
            () -> writer.isolation(Isolation.SERIALIZABLE).atomic(WhenOpen.JOIN, session -> null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("change its isolation level");
  }

  @Test
  void writeSkewIsRefusedAtSerializableAndGoesAwayWithRetries() throws Exception {
    if (kind != DatabaseKind.POSTGRESQL) {
      return; // the others lock what they read: see the deadlock above
    }
    Units.useUnit(
        engines.registry(),
        setUp -> {
          persist(setUp.writer(), "a");
          persist(setUp.writer(), "b");
        });
    CyclicBarrier bothHaveRead = new CyclicBarrier(2);
    AtomicInteger attempts = new AtomicInteger();

    Future<Void> first = others.submit(() -> takeIfBothAreFree("a", bothHaveRead, attempts));
    Future<Void> second = others.submit(() -> takeIfBothAreFree("b", bothHaveRead, attempts));
    first.get(60, TimeUnit.SECONDS);
    second.get(60, TimeUnit.SECONDS);

    assertThat(engines.stock("writer", "a") + engines.stock("writer", "b")).isEqualTo(1);
    assertThat(attempts.get()).isGreaterThan(2);
  }

  private Void takeIfBothAreFree(String mine, CyclicBarrier bothHaveRead, AtomicInteger attempts)
      throws Exception {
    return Units.<Void, Exception>inUnit(
        engines.registry(),
        own ->
            own.on("writer")
                .isolation(Isolation.SERIALIZABLE)
                .retries(10)
                .atomic(
                    session -> {
                      Long taken =
                          session
                              .createQuery("select sum(stock) from Novel", Long.class)
                              .getSingleResult();
                      if (attempts.incrementAndGet() <= 2) {
                        bothHaveRead.await(60, TimeUnit.SECONDS);
                      }
                      if (taken == 0) {
                        increment(session, mine);
                      }
                      return null;
                    }));
  }
}
