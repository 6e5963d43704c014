package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.engine.DuplicateEngineException;
import io.sqlassist.engine.Engine;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.Faulty;
import io.sqlassist.jta.fixture.JtaShop;
import io.sqlassist.jta.fixture.Numbered;
import io.sqlassist.jta.fixture.ThisNode;
import io.sqlassist.transaction.Outcome;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.h2.jdbcx.JdbcDataSource;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.transaction.jta.platform.internal.NoJtaPlatform;
import org.hibernate.engine.transaction.jta.platform.spi.JtaPlatform;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the coordinator and its engines refuse to start with, and how they end. */
class JtaCoordinatorTest {

  private static final Path STORE = ThisNode.store();
  private static JtaShop shop;

  @BeforeAll
  static void start() {
    shop = new JtaShop(ThisNode.emptyStore()).withEngines().addLastResource("old");
  }

  @AfterAll
  static void stop() {
    shop.close();
  }

  @BeforeEach
  void reset() {
    shop.reset();
  }

  private static void assertRefused(Consumer<JtaConfig> config, String... words) {
    assertThatThrownBy(() -> JtaCoordinator.start(config::accept))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void aNodeIdIsMandatoryAndShort() {
    assertRefused(cfg -> cfg.objectStore = STORE, "nodeId is not set", "no default");
    assertRefused(
        cfg -> {
          cfg.objectStore = STORE;
          cfg.nodeId = " ";
        },
        "' '");
    assertRefused(
        cfg -> {
          cfg.objectStore = STORE;
          cfg.nodeId = "ü".repeat(15);
        },
        "30 bytes",
        "28");
  }

  @Test
  void theLogNeedsExactlyOnePlace() {
    assertRefused(cfg -> cfg.nodeId = "a", "objectStore", "jdbcStore");
    assertRefused(
        cfg -> {
          cfg.nodeId = "a";
          cfg.objectStore = STORE;
          cfg.jdbcStore = JtaShop.h2();
        },
        "either");
    assertRefused(
        cfg -> {
          cfg.nodeId = "a";
          cfg.objectStore = STORE;
          cfg.timeout = Duration.ZERO;
        },
        "timeout");
  }

  @Test
  void aSecondCoordinatorInTheJvmIsRefused() {
    assertThatThrownBy(
            () ->
                JtaCoordinator.start(
                    cfg -> {
                      cfg.nodeId = "other";
                      cfg.objectStore = STORE.resolve("other");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(ThisNode.ID);
  }

  @Test
  void aStoreInUseIsRefusedAndItsHolderNamed(@TempDir Path folder) {
    try (StoreLock first = StoreLock.of(folder, "shop-1")) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> StoreLock.of(folder, "shop-1"))
          .isInstanceOf(JtaStartException.class)
          .hasMessageContainingAll(
              folder.toString(), "node=shop-1", "pid=" + ProcessHandle.current().pid());
    }
    StoreLock.of(folder, "shop-1").close();
    assertThat(System.getProperties().keySet())
        .noneMatch(key -> key.toString().contains(folder.toString()));
    assertThatThrownBy(() -> StoreLock.of(folder, "shop-2"))
        .isInstanceOf(JtaStartException.class)
        .hasMessageContainingAll("belongs to node 'shop-1'", "'shop-2'");
  }

  @Test
  void aStoreThatCantBeMadeIsRefused(@TempDir Path folder) throws Exception {
    Path file = java.nio.file.Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> StoreLock.of(file.resolve("store"), "shop-1"))
        .isInstanceOf(JtaStartException.class)
        .hasMessageContaining("may write");
  }

  @Test
  void thePolicyOfAJtaEngineIsRefusedOnAnOrdinaryDataSource() {
    Engine orders = shop.registry().engine("orders");
    assertThatThrownBy(
            () ->
                shop.registry()
                    .initializeEngine(
                        "plain2", JtaShop.h2(), config -> config.policy(orders.policy())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("plain2", "JtaCoordinator.initializeEngine");
    assertThat(shop.registry().find("plain2")).isEmpty();
  }

  @Test
  void anEngineWithoutTransactionsNeedsNoCoordinator() {
    assertThatThrownBy(
            () -> shop.jta().initializeEngine("reading", JtaShop.h2(), config -> config.readOnly()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reading");
    assertThat(shop.registry().find("reading")).isEmpty();
    // The name is free again, also after an engine was removed.
    for (int i = 0; i < 2; i++) {
      shop.jta().initializeEngine("reading", JtaShop.h2());
      shop.registry().remove("reading");
    }
  }

  @Test
  void namesAndPoolSizesAreChecked() {
    assertThatThrownBy(() -> shop.jta().initializeEngine("orders", JtaShop.h2()))
        .isInstanceOf(DuplicateEngineException.class);
    assertThatThrownBy(() -> shop.jta().initializeEngine("plain", JtaShop.h2()))
        .isInstanceOf(DuplicateEngineException.class);
    XaPool empty = XaPool.of(JtaShop.h2());
    empty.maximumPoolSize = 0;
    assertThatThrownBy(() -> shop.jta().initializeEngine("empty", empty, config -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maximumPoolSize");
    assertThatThrownBy(
            () ->
                shop.jta()
                    .initializeEngine("gated", JtaShop.h2(), config -> config.maxConnections(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maximumPoolSize");
    assertThat(shop.registry().find("gated")).isEmpty();
  }

  @Test
  void aDataSourceIsMadeFromItsClassAndProperties() {
    XaPool pool =
        XaPool.of(
            JdbcDataSource.class,
            Map.of("url", "jdbc:h2:mem:by-class", "user", "sa", "password", ""));
    shop.jta().initializeEngine("made", pool, config -> config.entities());
    shop.useUnit(
        db ->
            assertThat(
                    db.session("made")
                        .createNativeQuery("select 1", Integer.class)
                        .getSingleResult())
                .isOne());
    shop.registry().remove("made");
    assertThatThrownBy(() -> XaPool.of(JdbcDataSource.class, Map.of("colour", "red")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("colour", "URL");
  }

  @Test
  void aDatabaseThatCantPrepareIsRefusedAtTheStart() {
    Faulty database = new Faulty(JtaShop.h2());
    database.before(Faulty.failing("prepare", XAException.XAER_RMERR));
    assertThatThrownBy(() -> shop.jta().initializeEngine("unfit", database))
        .isInstanceOf(JtaStartException.class)
        .hasMessageContainingAll("unfit", "prepare", "lastResource");
    database.before(Faulty.failing("recover", XAException.XAER_RMERR));
    assertThatThrownBy(() -> shop.jta().initializeEngine("unfit", database))
        .isInstanceOf(JtaStartException.class)
        .hasMessageContaining("RECOVER");
    database.refuse(new SQLException("nobody there"));
    assertThatThrownBy(() -> shop.jta().initializeEngine("unfit", database))
        .isInstanceOf(JtaStartException.class)
        .hasMessageContaining("nobody there");
    assertThat(shop.registry().find("unfit")).isEmpty();
  }

  /** An XADataSource that answers {@code show max_prepared_transactions} as PostgreSQL would. */
  private static XADataSource postgresWith(int prepared) {
    JdbcDataSource h2 = JtaShop.h2();
    return answering(
        XADataSource.class,
        h2,
        Map.of(
            "getXAConnection",
            answering(
                XAConnection.class,
                xaConnection(h2),
                Map.of(
                    "getConnection",
                    answering(
                        Connection.class,
                        null,
                        Map.of(
                            "getMetaData",
                            answering(
                                DatabaseMetaData.class,
                                null,
                                Map.of("getDatabaseProductName", "PostgreSQL", "getURL", "x")),
                            "createStatement",
                            answering(
                                Statement.class,
                                null,
                                Map.of(
                                    "executeQuery",
                                    answering(
                                        ResultSet.class,
                                        null,
                                        Map.of("next", true, "getString", "" + prepared)))))),
                    "close",
                    ""))));
  }

  private static XAConnection xaConnection(XADataSource dataSource) {
    try {
      return dataSource.getXAConnection();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T> T answering(Class<T> type, Object real, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object answer = answers.get(method.getName());
              if (answer != null) {
                return method.getReturnType() == void.class ? null : answer;
              }
              return real == null ? null : method.invoke(real, arguments);
            }));
  }

  @Test
  void aPostgresqlThatAllowsNoPreparedTransactionsIsRefused() {
    List<String> warnings = new java.util.ArrayList<>();
    XADataSource none = postgresWith(0);
    assertThatThrownBy(
            () ->
                new RegistrationCheck("shop", XaPool.of(none), (e, w) -> warnings.add(w)).run(none))
        .isInstanceOf(JtaStartException.class)
        .hasMessageContainingAll("shop", "max_prepared_transactions = 0", "postgresql.conf");
    XADataSource few = postgresWith(3);
    new RegistrationCheck("shop", XaPool.of(few), (e, w) -> warnings.add(w)).run(few);
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("max_prepared_transactions = 3", "10 connections");
  }

  @Test
  void plainEnginesKeepPlainTransactions() {
    assertThat(
            shop.registry()
                .engine("plain")
                .sessionFactory()
                .unwrap(SessionFactoryImplementor.class)
                .getServiceRegistry()
                .requireService(JtaPlatform.class))
        .isInstanceOf(NoJtaPlatform.class);
  }

  /** H2 counts its sessions: what is connected from now on has a greater number. */
  private static int newestConnection(String engine) {
    int[] newest = new int[1];
    shop.useUnit(
        db ->
            newest[0] =
                db.session(engine)
                    .createNativeQuery(
                        "select max(session_id) from information_schema.sessions", Integer.class)
                    .getSingleResult());
    return newest[0];
  }

  private static int connection(Session session) {
    return session.createNativeQuery("select session_id()", Integer.class).getSingleResult();
  }

  private static int connectionOfNewUnit(String engine) {
    int[] id = new int[1];
    shop.useUnit(db -> id[0] = connection(db.session(engine)));
    return id[0];
  }

  /** The pool drops them on a thread of its own. */
  private static void awaitFreshConnection(String engine, int newestBefore) {
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (connectionOfNewUnit(engine) <= newestBefore) {
      if (System.nanoTime() > end) {
        throw new AssertionError(engine + " still has connections from before");
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void reinitDropsThePooledConnectionsAndLetsTheTransactionsFinish() {
    int newest = newestConnection("orders");
    shop.useUnit(
        db -> {
          int before = connection(db.session("orders"));
          db.session("orders").persist(new Entry(1, "before"));
          db.session("ledger").persist(new Entry(1, "before"));
          shop.registry().reinitEngine("orders");

          assertThat(connection(db.session("orders"))).isEqualTo(before);
          db.session("orders").persist(new Entry(2, "after"));
        });
    assertThat(shop.texts("orders")).containsExactly("before", "after");
    assertThat(shop.texts("ledger")).containsExactly("before");
    awaitFreshConnection("orders", newest);
  }

  @Test
  void reinitOfAllEnginesReachesTheJtaEngines() {
    int ledger = newestConnection("ledger");
    int last = newestConnection("old");

    assertThatThrownBy(() -> shop.registry().reinitEngines())
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("'plain'") // whose data source is no pool
        .hasNoSuppressedExceptions();

    awaitFreshConnection("ledger", ledger);
    awaitFreshConnection("old", last);
  }

  @Test
  void oneDatabaseThatCantPrepareCommitsLast() {
    shop.useUnit(
        db -> {
          db.session("old").persist(new Entry(1, "one"));
          db.session("orders").persist(new Entry(1, "one"));
        });
    assertThat(shop.texts("old")).containsExactly("one");
    assertThat(shop.texts("orders")).containsExactly("one");
    assertThat(shop.faults("orders").steps()).containsSubsequence("prepare", "commit");
    assertThatThrownBy(
            () ->
                shop.useUnit(
                    db -> {
                      db.session("old").persist(new Entry(2, "two"));
                      db.session("old").flush();
                      db.session("orders").persist(new Entry(2, "two"));
                      db.session("orders").flush();
                      throw new IllegalStateException("undo");
                    }))
        .hasMessage("undo");
    assertThat(shop.texts("old")).containsExactly("one");
    assertThat(shop.texts("orders")).containsExactly("one");
  }

  @Test
  void aSecondLastResourceIsRefused() {
    assertThatThrownBy(
            () ->
                shop.jta()
                    .initializeEngine("older", XaPool.lastResource(JtaShop.h2()), config -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("older", "'old'");
  }

  @Test
  void anEngineThatIsDownStopsNoOtherAndIsToldOnce() {
    shop.faults("orders").before(Faulty.failing("commit", XAException.XAER_RMFAIL));
    try (var db = shop.openUnit()) {
      db.session("orders").persist(new Entry(1, "one"));
      db.session("ledger").persist(new Entry(1, "one"));
      assertThat(db.commit().outcomes()).containsEntry("orders", Outcome.DECIDED);
    }
    shop.faults("ledger").refuse(new SQLException("ledger is down"));
    shop.faults("orders").clear();
    for (int i = 0; i < 3; i++) {
      assertThat(shop.jta().recoverNow().unreachable()).containsExactly("ledger");
    }
    assertThat(shop.texts("orders")).containsExactly("one");
    assertThat(shop.warnings())
        .filteredOn(warning -> warning.contains("ledger is down"))
        .hasSize(1);
    shop.faults("ledger").clear();
    shop.recoverEverything();
    assertThat(shop.warnings())
        .filteredOn(warning -> warning.contains("reaches the engine again"))
        .hasSize(1);
  }

  @Test
  void anEngineThatIsRemovedWhileItIsDownIsUnreachableNoMore() {
    shop.add("gone", 4);
    shop.faults("gone").refuse(new SQLException("gone is down"));
    assertThat(shop.jta().recoverNow().unreachable()).containsExactly("gone");

    shop.registry().remove("gone");

    assertThat(shop.jta().recovery().unreachable()).isEmpty();
    assertThat(shop.jta().recoverNow().unreachable()).isEmpty();
  }

  @Test
  void whatIsInDoubtIsListedWithItsEngineAndItsNameIsKept() {
    String url = urlOf("orders");
    shop.faults("orders").before(Faulty.failing("commit", XAException.XAER_RMFAIL));
    try (var db = shop.openUnit()) {
      db.session("orders").persist(new Entry(1, "one"));
      db.session("ledger").persist(new Entry(1, "one"));
      db.session("orders").flush();
      shop.faults("orders").refuse(new SQLException("down"));
      db.commit();
    }
    InDoubt inDoubt = shop.jta().recovery();
    assertThat(inDoubt.branches())
        .filteredOn(InDoubt.Branch::decided)
        .extracting(InDoubt.Branch::engine)
        .contains("orders");
    assertThat(inDoubt.branches().get(0).since()).isNotNull();
    EngineRecord record = new EngineRecord(new FileNotes(STORE.resolve("sqlassist.engines")));
    assertThatThrownBy(() -> record.note("sales", url, () -> Set.of("orders")))
        .isInstanceOf(JtaStartException.class)
        .hasMessageContainingAll("sales", "'orders'", "old name");
    assertThatThrownBy(() -> record.note("orders", "jdbc:h2:mem:elsewhere", () -> Set.of("orders")))
        .isInstanceOf(JtaStartException.class)
        .hasMessageContainingAll("orders", "elsewhere");
    shop.faults("orders").clear();
    shop.recoverEverything();
    assertThat(shop.texts("orders")).containsExactly("one");
  }

  private static String urlOf(String engine) {
    try (Connection connection = shop.registry().engine(engine).dataSource().getConnection()) {
      return connection.getMetaData().getURL();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aPlaceThatIsGivenStandsForTheUrl() throws Exception {
    XaPool moved = XaPool.of(JtaShop.h2());
    moved.place = "the moved database";
    shop.jta().initializeEngine("moved", moved, config -> config.entities());

    assertThat(Files.readString(STORE.resolve("sqlassist.engines")))
        .contains("moved=the moved database")
        .contains("orders=jdbc");
  }

  @Test
  void thePoolOfAnEngineTellsHowManyConnectionsAreInUse() {
    shop.useUnit(
        db -> {
          db.session("orders").persist(new Entry(1, "one"));
          db.session("orders").flush();

          assertThat(shop.jta().pool("orders"))
              .hasValueSatisfying(
                  pool -> {
                    assertThat(pool.max()).isEqualTo(4);
                    assertThat(pool.active()).isEqualTo(1);
                  });
        });

    assertThat(shop.jta().pool("orders").orElseThrow().active()).isZero();
    assertThat(shop.jta().pool("plain")).isEmpty();
  }

  @Test
  void onlyHeuristicTransactionsCanBeForgotten() {
    assertThatThrownBy(() -> shop.jta().forgetHeuristic("nonsense"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nonsense");
  }

  @Test
  void aGeneratorThatReadsATableStaysOutsideOfTheTransaction() {
    shop.add("numbers", 4, config -> config.entities(Entry.class, Numbered.class));
    long[] ids = new long[2];
    assertThatThrownBy(
            () ->
                shop.useUnit(
                    db -> {
                      Numbered undone = new Numbered();
                      db.session("numbers").persist(new Entry(1, "one"));
                      db.session("numbers").flush();
                      db.session("numbers").persist(undone);
                      db.session("numbers").flush();
                      ids[0] = undone.id();
                      throw new IllegalStateException("undo");
                    }))
        .hasMessage("undo");
    shop.useUnit(
        db -> {
          Numbered kept = new Numbered();
          db.session("numbers").persist(kept);
          db.session("numbers").flush();
          ids[1] = kept.id();
        });
    assertThat(shop.texts("numbers")).isEmpty();
    assertThat(ids[1]).isGreaterThan(ids[0]);
  }

  @Test
  void theResourceOfABranchIsNeverAskedToJoinAnother() throws Exception {
    XAResource resource = new RecoveredEngine("a", JtaShop.h2(), null);
    assertThat(resource.isSameRM(resource)).isTrue();
    assertThat(resource.isSameRM(new RecoveredEngine("b", JtaShop.h2(), null))).isFalse();
  }
}
