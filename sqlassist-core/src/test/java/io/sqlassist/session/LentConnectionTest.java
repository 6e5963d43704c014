package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.LentConnection;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.transaction.TransactionPolicy;
import io.sqlassist.transaction.UnitTransaction;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import javax.sql.DataSource;
import org.assertj.core.util.Throwables;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What a unit of work does to a connection that is lent to it, call by call. */
class LentConnectionTest {

  private final TestEngines engines = TestEngines.none();
  private final DataSource database = H2.dataSource();
  private final List<String> calls = new ArrayList<>();
  private Connection owner;

  /** The next call of this method fails. */
  private String failing = "";

  private Function<String, SQLException> failure = name -> new SQLException(name + " fails");

  @BeforeEach
  void begin() throws SQLException {
    engines.add(
        "writer",
        database,
        EngineKind.READ_WRITE,
        config -> config.entities(Novel.class).acquireTimeout(Duration.ofMillis(50)));
    owner = recorded(database.getConnection(), true);
    owner.setAutoCommit(false);
    calls.clear();
  }

  @AfterEach
  void end() throws SQLException {
    owner.close();
    engines.close();
  }

  private Connection recorded(Connection connection, boolean savepoints) {
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              String name = method.getName();
              if (!name.startsWith("get") && !name.startsWith("is")) {
                calls.add(name);
              }
              if (name.equals(failing)) {
                failing = "";
                throw failure.apply(name);
              }
              try {
                Object result = method.invoke(connection, arguments);
                return name.equals("getMetaData") && !savepoints
                    ? withoutSavepoints((DatabaseMetaData) result)
                    : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static DatabaseMetaData withoutSavepoints(DatabaseMetaData database) {
    return (DatabaseMetaData)
        Proxy.newProxyInstance(
            LentConnectionTest.class.getClassLoader(),
            new Class<?>[] {DatabaseMetaData.class},
            (proxy, method, arguments) ->
                method.getName().equals("supportsSavepoints")
                    ? false
                    : method.invoke(database, arguments));
  }

  @Test
  void openingAndCommittingNothingDoesNothing() {
    try (DbSessionsContainer db = Units.openUnit(engines.registry(), Map.of("writer", owner))) {
      db.writer();
      db.commit();
    }

    assertThat(calls).isEmpty();
  }

  @Test
  void aCommitIsASavepointThatIsReleased() {
    Units.inUnit(
        engines.registry(),
        Map.of("writer", owner),
        db -> db.writer().createSelectionQuery("from Novel", Novel.class).getResultList());

    assertThat(calls).containsExactly("setSavepoint", "prepareStatement", "releaseSavepoint");
  }

  @Test
  void aRollbackGoesBackToTheSavepoint() {
    try (DbSessionsContainer db = Units.openUnit(engines.registry(), Map.of("writer", owner))) {
      db.writer().createSelectionQuery("from Novel", Novel.class).getResultList();
    }

    assertThat(calls)
        .containsExactly("setSavepoint", "prepareStatement", "rollback", "releaseSavepoint");
  }

  @Test
  void whoWaitsTooLongIsToldWhoHasIt() {
    EngineRegistry registry = engines.registry();
    try (EngineRegistry.Loan loan = registry.lend(Map.of("writer", owner));
        DbSessionsContainer first = new DbSessionsContainer(registry, () -> "POST /first");
        DbSessionsContainer second = new DbSessionsContainer(registry, () -> "POST /second")) {
      assertThat(loan).isNotNull();
      first.writer().persist(new Novel("first"));
      first.writer().flush();

      assertThatThrownBy(
              () -> second.writer().createSelectionQuery("from Novel", Novel.class).getResultList())
          .hasStackTraceContaining("in use by the unit of work 'POST /first'")
          .hasStackTraceContaining("within PT0.05S");
    }
  }

  private Map<String, Connection> writer() {
    return Map.of("writer", owner);
  }

  private static Void persist(DbSessionsContainer db, String isbn) {
    db.writer().persist(new Novel(isbn));
    db.writer().flush();
    return null;
  }

  private static Connection withoutAutocommit(DataSource database) throws SQLException {
    Connection connection = database.getConnection();
    connection.setAutoCommit(false);
    return connection;
  }

  private void insert(String isbn) throws SQLException {
    try (Statement statement = owner.createStatement()) {
      statement.execute("insert into Novel (id, isbn, stock) values (-1, '" + isbn + "', 0)");
    }
  }

  private List<String> seenByOwner() throws SQLException {
    List<String> isbns = new ArrayList<>();
    try (Statement statement = owner.createStatement();
        ResultSet row = statement.executeQuery("select isbn from Novel order by isbn")) {
      while (row.next()) {
        isbns.add(row.getString(1));
      }
    }
    return isbns;
  }

  @Test
  void whatAUnitDoesWhileOneInsideHasATransactionIsRefusedForItWouldBeUndoneWithThat()
      throws SQLException {
    EngineRegistry registry = engines.registry();
    assertThatThrownBy(
            () ->
                Units.inUnit(
                    registry,
                    writer(),
                    outer -> {
                      persist(outer, "1 outer");
                      return Units.inUnit(
                          registry,
                          inner -> {
                            persist(inner, "2 inner");
                            return persist(outer, "3 outer");
                          });
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("which was begun inside of it, has a transaction there");

    assertThat(seenByOwner()).isEmpty();
  }

  @Test
  void aUnitThatHasNotBegunDoesNotWaitForOneInsideOfIt() throws SQLException {
    try (DbSessionsContainer outer = Units.openUnit(engines.registry(), writer())) {
      outer.writer();
      try (DbSessionsContainer inner = Units.openUnit(engines.registry())) {
        persist(inner, "1 inner");
        assertThatThrownBy(() -> persist(outer, "2 outer"))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("which was begun inside of it, has a transaction there");
        inner.commit();
      }
      outer.rollback();
      persist(outer, "3 outer");
      outer.commit();
    }

    assertThat(seenByOwner()).containsExactly("1 inner", "3 outer");
  }

  @Test
  void aTransactionInsideOfWhichAnotherIsOpenIsNeitherCommittedNorRolledBack() throws SQLException {
    try (DbSessionsContainer outer = Units.openUnit(engines.registry(), writer())) {
      persist(outer, "1 outer");
      try (DbSessionsContainer inner = Units.openUnit(engines.registry())) {
        persist(inner, "2 inner");
        List<Executable> ends =
            List.of(
                outer::commit,
                outer::rollback,
                outer.on("writer")::commit,
                outer.on("writer")::rollback,
                outer.on("writer")::close);
        calls.clear();
        for (Executable end : ends) {
          assertThatThrownBy(end::execute)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("End the inner unit first");
        }
        assertThat(calls).isEmpty(); // nothing was done, and both go on
        persist(inner, "3 inner");
        inner.commit();
      }
      persist(outer, "4 outer");
      outer.commit();
    }

    assertThat(seenByOwner()).containsExactly("1 outer", "2 inner", "3 inner", "4 outer");
  }

  @Test
  void aUnitInsideThatIsUndoneWithTheOuterOneNeitherWorksOnNorCommits() throws SQLException {
    DbSessionsContainer outer = Units.openUnit(engines.registry(), writer());
    persist(outer, "1 outer");
    DbSessionsContainer inner = Units.openUnit(engines.registry());
    persist(inner, "2 inner");
    outer.close();

    assertThatThrownBy(() -> persist(inner, "3 inner"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has been rolled back before it");
    assertThatThrownBy(inner::commit).isInstanceOf(RuntimeException.class);
    inner.rollback();
    inner.close();

    assertThat(seenByOwner()).isEmpty();
  }

  @Test
  void aCommitThatFailsIsUndone() throws SQLException {
    insert("owners");
    failing = "releaseSavepoint";

    assertThatThrownBy(() -> Units.inUnit(engines.registry(), writer(), db -> persist(db, "units")))
        .hasStackTraceContaining("releaseSavepoint fails");

    assertThat(seenByOwner()).containsExactly("owners");
    Units.inUnit(engines.registry(), writer(), db -> persist(db, "units"));
    assertThat(seenByOwner()).containsExactly("owners", "units");
  }

  @Test
  void aUnitThatCannotBeUndoneAloneTellsThatTheOwnersTransactionIsLost() throws SQLException {
    EngineRegistry registry = engines.registry();
    assertThatThrownBy(
            () ->
                Units.inUnit(
                    registry,
                    writer(),
                    db -> {
                      persist(db, "1 units");
                      owner.rollback(); // as the database does after a deadlock
                      throw new IOException("a deadlock");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is lost: the database could not go back to the unit's savepoint")
        .hasRootCauseMessage("a deadlock");

    assertThatThrownBy(() -> Units.openUnit(registry, writer()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("begin its work again on a new connection");
    assertThatThrownBy(() -> registry.lend(writer()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is lost");
    try (Connection another = database.getConnection()) {
      another.setAutoCommit(false);
      Units.inUnit(registry, Map.of("writer", another), db -> persist(db, "2 again"));
    }
  }

  @Test
  void aLossThatTheUnitHasCaughtIsToldToTheOwnerAllTheSame() {
    EngineRegistry registry = engines.registry();
    List<String> told = new ArrayList<>();
    assertThatThrownBy(
            () ->
                Units.inUnit(
                    registry,
                    writer(),
                    outer -> {
                      try (DbSessionsContainer inner = Units.openUnit(registry)) {
                        persist(inner, "1 inner");
                        owner.rollback();
                      } // whose close() throws nothing
                      try {
                        outer
                            .writer()
                            .createSelectionQuery("from Novel", Novel.class)
                            .getResultList();
                      } catch (IllegalStateException e) {
                        told.add("refused");
                      }
                      return null;
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is lost");

    assertThat(told).containsExactly("refused");
  }

  @Test
  void twoLoansOfOneConnectionKnowEachOther() throws Exception {
    AtomicReference<Throwable> other = new AtomicReference<>();
    try (DbSessionsContainer first = Units.openUnit(engines.registry(), writer())) {
      persist(first, "first");
      Thread thread =
          new Thread(
              () -> {
                try {
                  Units.inUnit(engines.registry(), writer(), db -> persist(db, "second"));
                } catch (RuntimeException e) {
                  other.set(e);
                }
              });
      thread.start();
      thread.join();
    }

    assertThat(other.get()).hasStackTraceContaining("neither committed nor rolled back");
    assertThat(seenByOwner()).isEmpty();
  }

  @Test
  void aUnitJoinedToTheSameConnectionInsideOfAnotherHasASavepointInsideOfThat()
      throws SQLException {
    Units.inUnit(
        engines.registry(),
        writer(),
        outer -> {
          persist(outer, "1 outer");
          return Units.inUnit(engines.registry(), writer(), inner -> persist(inner, "2 inner"));
        });

    assertThat(seenByOwner()).containsExactly("1 outer", "2 inner");
  }

  @Test
  void aTimeLimitEndsTheWaitingForATurn() throws Exception {
    EngineRegistry registry = engines.registry();
    DataSource patients = H2.dataSource();
    engines.add(
        "patient",
        patients,
        EngineKind.READ_WRITE,
        config -> config.entities(Novel.class).acquireTimeout(Duration.ofSeconds(20)));
    AtomicReference<Throwable> other = new AtomicReference<>();
    try (Connection connection = withoutAutocommit(patients);
        EngineRegistry.Loan loan = registry.lend(Map.of("patient", connection));
        DbSessionsContainer first = new DbSessionsContainer(registry, () -> "first")) {
      assertThat(loan).isNotNull();
      first.session("patient").createSelectionQuery("from Novel", Novel.class).getResultList();
      Thread thread =
          new Thread(
              () -> {
                try (DbSessionsContainer db = new DbSessionsContainer(registry, () -> "second")) {
                  db.timeout(Duration.ofMillis(50));
                  db.session("patient")
                      .createSelectionQuery("from Novel", Novel.class)
                      .getResultList();
                } catch (RuntimeException e) {
                  other.set(e);
                }
              });
      thread.start();
      thread.join();
    }

    assertThat(other.get()).isInstanceOf(UnitTimeoutException.class);
    assertThat(Throwables.getStackTrace(other.get())).doesNotContain("neither committed");
  }

  @Test
  void whatIsDoneWithTheDriversOwnConnectionIsUndoneToo() throws SQLException {
    assertThatThrownBy(
            () ->
                Units.inUnit(
                    engines.registry(),
                    writer(),
                    db -> {
                      db.writer()
                          .doWork(
                              connection -> {
                                try (Statement statement =
                                    connection.unwrap(JdbcConnection.class).createStatement()) {
                                  statement.execute(
                                      "insert into Novel (id, isbn, stock) values (-5, 'copied', 0)");
                                }
                              });
                      throw new IOException("no");
                    }))
        .isInstanceOf(IOException.class);

    assertThat(seenByOwner()).isEmpty();
  }

  @Test
  void theConnectionsSettingsAreNotChangedUnderItsOwner() throws SQLException {
    String schema = owner.getSchema();
    try (DbSessionsContainer db = Units.openUnit(engines.registry(), writer())) {
      db.writer()
          .doWork(
              connection -> {
                connection.setSchema(connection.getSchema()); // changes nothing
                List<Executable> changes =
                    List.of(
                        () -> connection.setSchema("INFORMATION_SCHEMA"),
                        () -> connection.setCatalog("other"),
                        () -> connection.setTypeMap(Map.of("a", String.class)),
                        () -> connection.setNetworkTimeout(Runnable::run, 1),
                        () -> connection.setClientInfo("ApplicationName", "a unit"));
                for (Executable change : changes) {
                  assertThatThrownBy(change::execute)
                      .isInstanceOf(SQLException.class)
                      .hasMessageContaining("can't be changed here");
                }
              });
    }

    assertThat(owner.getSchema()).isEqualTo(schema);
  }

  @Test
  void aDriverWithoutSavepointsIsRefused() throws SQLException {
    try (Connection poor = recorded(database.getConnection(), false)) {
      poor.setAutoCommit(false);

      assertThatThrownBy(() -> Units.openUnit(engines.registry(), Map.of("writer", poor)))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("has no savepoints");
    }
  }

  @Test
  void anEngineOfACoordinatorIsRefused() {
    engines.add(
        "coordinated",
        database,
        EngineKind.READ_WRITE,
        config -> config.entities(Novel.class).policy(new Coordinated()));

    assertThatThrownBy(() -> Units.openUnit(engines.registry(), Map.of("coordinated", owner)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("through a coordinator (JTA)");
    assertThat(Units.findCurrent()).isEmpty();
  }

  private static final class Coordinated implements TransactionPolicy {
    @Override
    public UnitTransaction begin() {
      return TransactionPolicy.local().begin();
    }

    @Override
    public boolean isCoordinated() {
      return true;
    }
  }

  /** A unit that gives way, as that of a test does. */
  private DbSessionsContainer yielding() {
    return new DbSessionsContainer(
        engines.registry(),
        new UnitOrigin() {
          @Override
          public String label() {
            return "the test";
          }

          @Override
          public boolean yields() {
            return true;
          }
        });
  }

  private DbSessionsContainer other(String label) {
    return new DbSessionsContainer(engines.registry(), () -> label);
  }

  @Test
  void aUnitThatYieldsLetsOthersWorkAndKeepsWhatItHasDoneSoFar() throws SQLException {
    try (EngineRegistry.Loan loan = engines.registry().lend(writer());
        DbSessionsContainer test = yielding()) {
      assertThat(loan).isNotNull();
      persist(test, "1 test");
      try (DbSessionsContainer fails = other("fails")) {
        persist(fails, "2 fails");
      }
      persist(test, "3 test");
      calls.clear();
      try (DbSessionsContainer works = other("works")) {
        persist(works, "4 works");
        works.commit();
      }
      assertThat(calls)
          .containsSubsequence(
              "releaseSavepoint", "setSavepoint", "prepareStatement", "releaseSavepoint");
      persist(test, "5 test");
      test.rollback();
      persist(test, "6 test");
      test.commit();
    }

    assertThat(seenByOwner()).containsExactly("1 test", "3 test", "4 works", "6 test");
  }

  @Test
  void aUnitThatYieldsWaitsForTheOneThatItGaveWayTo() throws SQLException {
    try (EngineRegistry.Loan loan = engines.registry().lend(writer());
        DbSessionsContainer test = yielding();
        DbSessionsContainer works = other("works")) {
      assertThat(loan).isNotNull();
      persist(test, "1 test");
      persist(works, "2 works");

      assertThatThrownBy(() -> persist(test, "3 test"))
          .hasStackTraceContaining("in use by the unit of work 'works'");
      works.commit();
      test.rollback();
      persist(test, "4 test");
      test.commit();
    }

    assertThat(seenByOwner()).containsExactly("1 test", "2 works", "4 test");
  }

  @Test
  void aUnitWithAnOpenSavepointBlockDoesNotYield() throws SQLException {
    try (EngineRegistry.Loan loan = engines.registry().lend(writer());
        DbSessionsContainer test = yielding();
        DbSessionsContainer works = other("works")) {
      assertThat(loan).isNotNull();
      persist(test, "1 test");
      test.on("writer")
          .savepoint(
              session -> {
                assertThatThrownBy(() -> persist(works, "2 works"))
                    .hasStackTraceContaining("in use by the unit of work 'the test'");
                return null;
              });
      works.rollback();
      persist(works, "3 works"); // the block is left
      works.commit();
    }

    assertThat(seenByOwner()).containsExactly("1 test", "3 works");
  }

  @Test
  void aUnitYieldsAgainAfterABlockWhoseSavepointTheDriverCanNotRelease() throws SQLException {
    try (EngineRegistry.Loan loan = engines.registry().lend(writer());
        DbSessionsContainer test = yielding();
        DbSessionsContainer works = other("works")) {
      assertThat(loan).isNotNull();
      failure = SQLFeatureNotSupportedException::new; // as Oracle's
      test.on("writer")
          .savepoint(
              session -> {
                session.persist(new Novel("1 test"));
                failing = "releaseSavepoint";
                return null;
              });
      assertThat(failing).isEmpty();
      persist(works, "2 works");
      works.commit();
    }

    assertThat(seenByOwner()).containsExactly("1 test", "2 works");
  }

  @Test
  void aUnitThatYieldsAfterAFailedStatementIsUndoneAndToldSo() throws SQLException {
    try (EngineRegistry.Loan loan = engines.registry().lend(writer());
        DbSessionsContainer test = yielding()) {
      assertThat(loan).isNotNull();
      persist(test, "1 test");
      failing = "releaseSavepoint"; // as PostgreSQL does, where a statement has failed before
      try (DbSessionsContainer works = other("works")) {
        persist(works, "2 works");
        works.commit();
      }
      assertThatThrownBy(() -> persist(test, "3 test"))
          .hasStackTraceContaining("a statement of it had failed when the unit 'works' came");
      assertThatThrownBy(test::commit).isInstanceOf(RuntimeException.class);
      test.rollback();
      persist(test, "4 test");
      test.commit();
    }

    assertThat(seenByOwner()).containsExactly("2 works", "4 test");
  }

  /** What every driver's objects do, and how many threads were in them at once. */
  private static Object counted(
      Object object, Class<?> type, AtomicInteger inside, List<Integer> most) {
    return Proxy.newProxyInstance(
        LentConnectionTest.class.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          most.add(inside.incrementAndGet());
          LockSupport.parkNanos(50_000); // so that others would meet
          try {
            Object result = method.invoke(object, arguments);
            Class<?> returned = method.getReturnType();
            return returned == PreparedStatement.class || returned == ResultSet.class
                ? counted(result, returned, inside, most)
                : result;
          } finally {
            inside.decrementAndGet();
          }
        });
  }

  @Test
  void oneCallAtATimeReachesALentConnectionWhicheverEngineItIsLentTo() throws Exception {
    List<Integer> most = Collections.synchronizedList(new ArrayList<>());
    Connection counted = (Connection) counted(owner, Connection.class, new AtomicInteger(), most);
    List<String> readers = List.of("reader 1", "reader 2", "reader 3");
    readers.forEach(
        name -> engines.add(name, database, EngineKind.READ_ONLY, c -> c.entities(Novel.class)));
    insert("a");
    try (EngineRegistry.Loan loan =
        engines
            .registry()
            .lend(
                Map.of(
                    "writer",
                    counted,
                    "reader 1",
                    counted,
                    "reader 2",
                    counted,
                    "reader 3",
                    counted))) {
      assertThat(loan).isNotNull();
      List<CompletableFuture<Void>> reading = new ArrayList<>();
      for (String reader : readers) {
        reading.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < 10; i++) {
                    Units.useUnit(
                        engines.registry(),
                        db ->
                            assertThat(
                                    db.session(reader)
                                        .createSelectionQuery("from Novel", Novel.class)
                                        .getResultList())
                                .hasSize(1));
                  }
                },
                task -> new Thread(task).start()));
      }
      for (CompletableFuture<Void> each : reading) {
        each.get(60, TimeUnit.SECONDS);
      }
    }

    assertThat(most).hasSizeGreaterThan(100).containsOnly(1);
  }

  @Test
  void whatRunsOnALentConnectionCanBeCancelledMeanwhile() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    Statement driver =
        (Statement)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Statement.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("cancel")) {
                    cancelled.countDown();
                    return null;
                  }
                  if (method.getName().equals("getConnection")) {
                    return owner;
                  }
                  running.countDown();
                  return cancelled.await(60, TimeUnit.SECONDS);
                });
    Connection connection =
        (Connection)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> driver);
    Statement statement = LentConnection.serial(connection).createStatement();
    CompletableFuture<Boolean> result =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return statement.execute("something long");
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            },
            task -> new Thread(task).start());
    assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();

    statement.cancel();

    assertThat(result.get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(statement.getConnection()).isNotSameAs(owner).isNotSameAs(connection);
  }
}
