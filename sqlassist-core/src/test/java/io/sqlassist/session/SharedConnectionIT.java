package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.ReadOnlyEngineException;
import io.sqlassist.engine.UnknownEngineException;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.hibernate.Session;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Units of work in a transaction that somebody else owns. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class SharedConnectionIT {

  private final DatabaseKind kind;
  private final TestEngines engines;
  private final EngineRegistry registry;
  private Connection owner;
  private String settings;

  SharedConnectionIT(DatabaseKind kind) {
    this.kind = kind;
    engines = TestEngines.shared(kind).reset();
    registry = engines.registry();
  }

  @BeforeEach
  void begin() throws SQLException {
    owner = engines.connect("writer");
    owner.setAutoCommit(false);
    owner.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    settings = settings(owner);
  }

  @AfterEach
  void everythingIsAsItWas() throws SQLException {
    assertThat(settings(owner)).isEqualTo(settings);
    owner.rollback();
    owner.close();
    assertThat(registry.lent().isEmpty()).isTrue();
    engines.assertConnectionsAreBackAndClean();
    assertThat(Units.findCurrent()).isEmpty();
  }

  private static String settings(Connection connection) throws SQLException {
    return "autoCommit="
        + connection.getAutoCommit()
        + " isolation="
        + connection.getTransactionIsolation()
        + " readOnly="
        + connection.isReadOnly()
        + " holdability="
        + connection.getHoldability()
        + " closed="
        + connection.isClosed();
  }

  private Map<String, Connection> writer() {
    return Map.of("writer", owner);
  }

  /** What the owner of a connection sees. */
  private static List<String> seenBy(Connection connection) throws SQLException {
    List<String> isbns = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select isbn from Novel order by isbn")) {
      while (row.next()) {
        isbns.add(row.getString(1));
      }
    }
    return isbns;
  }

  private void insert(String isbn) throws SQLException {
    try (Statement statement = owner.createStatement()) {
      statement.execute(
          "insert into Novel (id, isbn, stock) values ("
              + (-1 - Math.floorMod(isbn.hashCode(), 1000))
              + ", '"
              + isbn
              + "', 0)");
    }
  }

  private static Void persist(Session session, String isbn) {
    session.persist(new Novel(isbn));
    session.flush();
    return null;
  }

  @Test
  void aCommitIsVisibleToTheOwnerAndToNobodyElse() throws SQLException {
    Units.inUnit(registry, writer(), db -> persist(db.writer(), "joined"));

    assertThat(seenBy(owner)).containsExactly("joined");
    assertThat(engines.isbns("writer")).isEmpty();
    assertThat(engines.activeConnections("writer")).isZero();
  }

  @Test
  void theOwnersRollbackUndoesWhatWasCommitted() throws SQLException {
    Units.inUnit(registry, writer(), db -> persist(db.writer(), "joined"));

    owner.rollback();

    assertThat(seenBy(owner)).isEmpty();
  }

  @Test
  void theOwnersCommitMakesItDurable() throws SQLException {
    Units.inUnit(registry, writer(), db -> persist(db.writer(), "joined"));

    owner.commit();

    assertThat(engines.isbns("writer")).containsExactly("joined");
  }

  @Test
  void theUnitSeesWhatTheOwnerHasDone() throws SQLException {
    insert("owners");

    Long count =
        Units.inUnit(
            registry,
            writer(),
            db ->
                db.writer()
                    .createSelectionQuery("select count(*) from Novel", Long.class)
                    .getSingleResult());

    assertThat(count).isEqualTo(1);
  }

  @Test
  void aUnitThatFailsUndoesItsOwnWorkAndNothingElse() throws SQLException {
    insert("owners");

    assertThatThrownBy(
            () ->
                Units.inUnit(
                    registry,
                    writer(),
                    db -> {
                      persist(db.writer(), "joined");
                      throw new IOException("no");
                    }))
        .isInstanceOf(IOException.class)
        .hasNoSuppressedExceptions();

    assertThat(seenBy(owner)).containsExactly("owners");
  }

  @Test
  void aViolationFailsTheUnitAndLeavesTheOwnersTransactionUsable() throws SQLException {
    insert("same");

    assertThatThrownBy(() -> Units.inUnit(registry, writer(), db -> persist(db.writer(), "same")))
        .isInstanceOf(ConstraintViolationException.class);
    insert("after");

    assertThat(seenBy(owner)).containsExactly("after", "same");
  }

  @Test
  void aUnitThatUsesNothingLeavesTheConnectionAlone() throws SQLException {
    Units.inUnit(
        registry,
        writer(),
        db -> {
          db.writer(); // opening is free
          assertThat(db.on("writer").status()).isEqualTo(EngineStatus.START);
          assertThat(db.statuses()).containsEntry("ledger", EngineStatus.INIT);
          return null;
        });

    assertThat(owner.isClosed()).isFalse();
  }

  @Test
  void severalEnginesHaveAConnectionEachAndTheOthersUseTheirPools() throws SQLException {
    try (Connection ledger = engines.connect("ledger")) {
      ledger.setAutoCommit(false);
      Units.inUnit(
          registry,
          Map.of("writer", owner, "ledger", ledger),
          db -> {
            persist(db.writer(), "writer's");
            persist(db.session("ledger"), "ledger's");
            return persist(db.logger(), "logger's");
          });

      assertThat(seenBy(owner)).containsExactly("writer's");
      assertThat(seenBy(ledger)).containsExactly("ledger's");
      assertThat(engines.isbns("writer")).isEmpty();
      assertThat(engines.isbns("ledger")).isEmpty();
      assertThat(engines.isbns("logger")).containsExactly("logger's");
      ledger.rollback();
    }
  }

  @Test
  void aReaderOnTheSameConnectionSeesWhatIsNotCommittedAndStillRefusesToWrite() {
    Units.inUnit(
        registry,
        Map.of("writer", owner, "reader", owner),
        db -> {
          persist(db.writer(), "joined");
          assertThat(db.reader().createSelectionQuery("from Novel", Novel.class).getResultList())
              .hasSize(1);
          assertThatThrownBy(() -> db.reader().persist(new Novel("no")))
              .isInstanceOf(ReadOnlyEngineException.class);
          return null;
        });
  }

  @Test
  void anAutocommitEngineKeepsWhatItWroteInAFailedUnitUntilTheOwnerRollsBack() throws SQLException {
    try (Connection logger = engines.connect("logger")) {
      logger.setAutoCommit(false);
      assertThatThrownBy(
              () ->
                  Units.inUnit(
                      registry,
                      Map.of("writer", owner, "logger", logger),
                      db -> {
                        persist(db.writer(), "undone");
                        db.logger().persist(new Novel("logged"));
                        throw new IOException("no");
                      }))
          .isInstanceOf(IOException.class);

      assertThat(seenBy(owner)).isEmpty();
      assertThat(seenBy(logger)).containsExactly("logged");
      assertThat(logger.getAutoCommit()).isFalse();
      logger.rollback();
      assertThat(engines.isbns("logger")).isEmpty();
    }
  }

  @Test
  void aUnitGoesOnAfterACommitAndAfterARollback() throws SQLException {
    Units.inUnit(
        registry,
        writer(),
        db -> {
          persist(db.writer(), "1 committed");
          db.commit();
          persist(db.writer(), "2 rolled back");
          db.rollback();
          return persist(db.writer(), "3 committed");
        });

    assertThat(seenBy(owner)).containsExactly("1 committed", "3 committed");
  }

  @Test
  void atomicAndSavepointBlocksWorkAsElsewhere() throws SQLException {
    try (DbSessionsContainer db = Units.openUnit(registry, writer())) {
      EngineScope writer = db.on("writer");
      writer.atomic(WhenOpen.REFUSE, session -> persist(session, "1 atomic"));
      assertThatThrownBy(
              () ->
                  writer.savepoint(
                      session -> {
                        persist(session, "2 undone");
                        return persist(session, "1 atomic");
                      }))
          .isInstanceOf(ConstraintViolationException.class);
      writer.savepoint(session -> persist(session, "3 savepoint"));
      assertThatThrownBy(() -> writer.atomic(WhenOpen.REFUSE, session -> null))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("has work under way");
      db.commit();
      writer.savepoint(session -> persist(session, "4 not committed"));
    }

    assertThat(seenBy(owner)).containsExactly("1 atomic", "3 savepoint");
  }

  @Test
  void anIsolationLevelOfABlocksOwnIsRefused() {
    try (DbSessionsContainer db = Units.openUnit(registry, writer())) {
      assertThatThrownBy(
              () ->
                  db.on("writer")
                      .isolation(Isolation.SERIALIZABLE)
                      .atomic(session -> persist(session, "no")))
          .hasStackTraceContaining("can't be chosen here");
    }
  }

  @Test
  void theUnitIsCurrentAndThoseInsideOfItAreJoinedToTheSameTransaction() throws SQLException {
    Units.inUnit(
        registry,
        writer(),
        db -> {
          assertThat(Units.current()).isSameAs(db);
          persist(db.writer(), "1 outer");
          Units.inUnit(registry, inner -> persist(inner.writer(), "2 inner"));
          assertThatThrownBy(
                  () ->
                      Units.inUnit(
                          registry,
                          inner -> {
                            persist(inner.writer(), "3 undone");
                            throw new IOException("no");
                          }))
              .isInstanceOf(IOException.class);
          return Units.joinUnit(registry, same -> persist(same.writer(), "4 joined"));
        });

    assertThat(seenBy(owner)).containsExactly("1 outer", "2 inner", "4 joined");
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void aUnitInsideThatOutlivesTheOuterOneIsUndoneWithItAndCannotCommit() throws SQLException {
    DbSessionsContainer outer = Units.openUnit(registry, writer());
    persist(outer.writer(), "outer");
    DbSessionsContainer inner = Units.openUnit(registry);
    persist(inner.writer(), "inner");
    assertThatThrownBy(outer::commit).hasMessageContaining("End the inner unit first");
    outer.close();

    assertThatThrownBy(() -> persist(inner.writer(), "more"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has been rolled back before it");
    inner.close();

    assertThat(seenBy(owner)).isEmpty();
  }

  @Test
  void aUnitsWorkIsRefusedWhileOneInsideHasATransaction() throws SQLException {
    List<String> told = new ArrayList<>();
    assertThatThrownBy(
            () ->
                Units.inUnit(
                    registry,
                    writer(),
                    outer -> {
                      outer.afterCommit(report -> told.add("committed"));
                      persist(outer.writer(), "1 outer");
                      return Units.inUnit(
                          registry,
                          inner -> {
                            persist(inner.writer(), "2 inner");
                            return persist(outer.writer(), "3 outer");
                          });
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("which was begun inside of it, has a transaction there");

    assertThat(told).isEmpty();
    assertThat(seenBy(owner)).isEmpty();
  }

  @Test
  void anErrorThatTheUnitHasCaughtDoesNotFailTheOwnersTransaction() throws SQLException {
    insert("owners");
    UnitFunction<Void, RuntimeException> work =
        db -> {
          persist(db.writer(), "units");
          db.writer()
              .doWork(
                  connection -> {
                    try (Statement statement = connection.createStatement()) {
                      assertThatThrownBy(() -> statement.execute("select nonsense from nowhere"))
                          .isInstanceOf(SQLException.class);
                    }
                  });
          return null;
        };
    if (kind == DatabaseKind.POSTGRESQL) { // whose transaction such an error ends
      assertThatThrownBy(() -> Units.inUnit(registry, writer(), work))
          .isInstanceOf(RuntimeException.class);
      assertThat(seenBy(owner)).containsExactly("owners");
    } else {
      Units.inUnit(registry, writer(), work);
      assertThat(seenBy(owner)).containsExactly("owners", "units");
    }
  }

  @Test
  void aDeadlockThatTakesTheOwnersWorkIsToldToTheOwner() throws Exception {
    // The others undo the statement or the savepoint; H2 chooses its victim by who asks last.
    assumeTrue(kind == DatabaseKind.MARIADB);
    engines.sql(
        "writer",
        "insert into Novel (id, isbn, stock) values (-2001, 'x', 0)",
        "insert into Novel (id, isbn, stock) values (-2002, 'y', 0)");
    insert("owners");
    AtomicReference<Throwable> rivals = new AtomicReference<>();
    try (Connection rival = engines.connect("writer");
        Statement statement = rival.createStatement()) {
      rival.setAutoCommit(false);
      statement.execute("update Novel set stock = 1 where id = -2002");
      for (int i = 0; i < 30; i++) { // InnoDB chooses who has changed less
        statement.execute(
            "insert into Novel (id, isbn, stock) values (" + (-3000 - i) + ", 'r" + i + "', 0)");
      }
      Thread thread =
          new Thread(
              () -> {
                try {
                  statement.execute("update Novel set stock = 1 where id = -2001");
                } catch (SQLException e) {
                  rivals.set(e);
                }
              });
      assertThatThrownBy(
              () ->
                  Units.inUnit(
                      registry,
                      writer(),
                      db -> {
                        update(db.writer(), -2001);
                        thread.start();
                        update(db.writer(), -2002);
                        return null;
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is lost: the database could not go back")
          .hasStackTraceContaining("Deadlock");
      thread.join();
      assertThat(rivals.get()).isNull();
      rival.rollback();
    }

    assertThat(seenBy(owner)).doesNotContain("owners");
    assertThatThrownBy(() -> Units.openUnit(registry, writer()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("on a new connection");
  }

  private static void update(Session session, int id) {
    session
        .createNativeMutationQuery("update Novel set stock = 2 where id = " + id)
        .executeUpdate();
  }

  @Test
  void piecesOfWorkRunOneAfterTheOtherInTheSameTransaction() throws SQLException {
    List<String> running = new ArrayList<>();
    Units.inUnit(
        registry,
        writer(),
        db -> {
          persist(db.writer(), "0 outer");
          List<UnitFunction<String, RuntimeException>> pieces = new ArrayList<>();
          for (int i = 1; i <= 3; i++) {
            String isbn = i + " piece";
            pieces.add(
                piece -> {
                  synchronized (running) {
                    running.add(isbn);
                    assertThat(running).hasSize(1);
                  }
                  persist(piece.writer(), isbn);
                  synchronized (running) {
                    running.remove(isbn);
                  }
                  return isbn;
                });
          }
          return db.concurrently(pieces);
        });

    assertThat(seenBy(owner)).containsExactly("0 outer", "1 piece", "2 piece", "3 piece");
    owner.rollback();
    assertThat(engines.isbns("writer")).isEmpty();
  }

  @Test
  void hooksRunAtTheCommitOfTheUnit() {
    List<String> told = new ArrayList<>();
    Units.inUnit(
        registry,
        writer(),
        db -> {
          db.afterCommit(report -> told.add(report.outcomes().toString()));
          return persist(db.writer(), "joined");
        });

    assertThat(told).containsExactly("{writer=COMMITTED}");
  }

  @Test
  void aConnectionWithoutATransactionIsRefused() throws SQLException {
    Connection autocommit = engines.connect("writer");
    assertThatThrownBy(() -> Units.openUnit(registry, Map.of("writer", autocommit)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("setAutoCommit(false)");
    autocommit.close();
    assertThatThrownBy(() -> Units.openUnit(registry, Map.of("writer", autocommit)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void anUnknownEngineIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> Units.openUnit(registry, Map.of("wirter", owner)))
        .isInstanceOf(UnknownEngineException.class)
        .hasMessageContaining("writer");
  }

  @Test
  void twoEnginesThatWriteDoNotShareOneConnection() {
    assertThatThrownBy(() -> Units.openUnit(registry, Map.of("writer", owner, "ledger", owner)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("can't be lent the same connection");
  }

  @Test
  void lentToTheRegistryEveryUnitOnEveryThreadIsJoined() throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    try (EngineRegistry.Loan loan = registry.lend(writer())) {
      assertThat(loan).isNotNull();
      Units.inUnit(registry, db -> persist(db.writer(), "1 here"));
      Thread other =
          new Thread(
              () -> {
                try {
                  Units.inUnit(registry, db -> persist(db.writer(), "2 there"));
                } catch (RuntimeException | AssertionError e) {
                  failure.set(e);
                }
              });
      other.start();
      other.join();
      assertThatThrownBy(() -> registry.lend(writer()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("lent to these engines already");
    }

    assertThat(failure.get()).isNull();
    assertThat(seenBy(owner)).containsExactly("1 here", "2 there");
    owner.rollback();
    Units.inUnit(registry, db -> persist(db.writer(), "by the pool"));
    assertThat(engines.isbns("writer")).containsExactly("by the pool");
  }

  @Test
  void unitsOfSeveralThreadsTakeTurns() throws Exception {
    CountDownLatch written = new CountDownLatch(1);
    List<String> order = java.util.Collections.synchronizedList(new ArrayList<>());
    AtomicReference<Throwable> failure = new AtomicReference<>();
    try (EngineRegistry.Loan loan = registry.lend(writer())) {
      assertThat(loan).isNotNull();
      Thread second =
          new Thread(
              () -> {
                try {
                  written.await();
                  Units.inUnit(
                      registry,
                      db -> {
                        persist(db.writer(), "2 second");
                        order.add("second has written");
                        return null;
                      });
                } catch (Exception | AssertionError e) {
                  failure.set(e);
                }
              });
      second.start();
      Units.inUnit(
          registry,
          db -> {
            persist(db.writer(), "1 first");
            written.countDown();
            Eventually.until(
                "the other one waits for its turn, or has failed",
                () -> second.getState() == Thread.State.TIMED_WAITING || !second.isAlive());
            order.add("first ends");
            return null;
          });
      second.join();
    }

    assertThat(failure.get()).isNull();
    assertThat(order).containsExactly("first ends", "second has written");
    assertThat(seenBy(owner)).containsExactly("1 first", "2 second");
  }

  @Test
  void unitsThatAreUndoneTakeNothingOfOthersWithThem() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<?>> units = new ArrayList<>();
    List<String> kept = new ArrayList<>();
    try (EngineRegistry.Loan loan = registry.lend(writer())) {
      assertThat(loan).isNotNull();
      for (int i = 10; i < 70; i++) {
        String isbn = "novel " + i;
        boolean fails = i % 2 == 0;
        if (!fails) {
          kept.add(isbn);
        }
        units.add(threads.submit(() -> persistOrFail(isbn, fails)));
      }
      for (Future<?> unit : units) {
        unit.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(seenBy(owner)).isEqualTo(kept);
  }

  private void persistOrFail(String isbn, boolean fails) {
    IllegalStateException onPurpose = new IllegalStateException("on purpose");
    try {
      Units.useUnit(
          registry,
          db -> {
            persist(db.writer(), isbn);
            if (fails) {
              throw onPurpose;
            }
          });
    } catch (IllegalStateException e) {
      assertThat(e).isSameAs(onPurpose);
    }
  }
}
