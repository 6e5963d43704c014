package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.session.Units;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import shop.Author;
import shop.Catalogue;
import shop.Title;

/** Readers that are their writer's mirror, and readers that lag behind it, by annotation. */
class MirrorAndLagTest {

  private static final Library LIBRARY = Libraries.shared(DatabaseKind.H2);

  @BeforeEach
  void reset() {
    LIBRARY.reset();
  }

  private static void fails(Class<?> sample, String... texts) {
    assertThat(Kit.failures(Kit.run(sample)))
        .singleElement()
        .satisfies(failure -> assertThat(failure).hasMessageContainingAll(texts));
  }

  /** An application whose reader is configured for a replica, which here is an empty database. */
  static final class WithReplica implements RegistrySource {
    private static final EngineRegistry REGISTRY = EngineRegistry.create();

    static {
      Instruments.on(REGISTRY);
      add("writer", engine -> {});
      add("other", engine -> {});
      add("reader", EngineConfig::readOnly);
    }

    private static void add(String name, Consumer<EngineConfig> kind) {
      DatabaseHandle database = DatabaseKind.H2.fresh();
      Consumer<EngineConfig> there =
          engine ->
              engine
                  .url(database.jdbcUrl())
                  .username(database.username())
                  .password(database.password())
                  .entities(Author.class, Title.class);
      try (EngineRegistry owner = EngineRegistry.create()) {
        owner.initializeEngine(name, there).createTables();
      }
      REGISTRY.initializeEngine(
          name,
          engine -> {
            there.accept(engine);
            kind.accept(engine);
          });
    }

    @Override
    public EngineRegistry registry() {
      return REGISTRY;
    }
  }

  @SqlAssistTest(registry = WithReplica.class)
  static class Mirrored {

    @Test
    @Mirror(engine = "reader", of = "writer")
    void theReaderSeesWhatTheWriterHasNotCommitted(EngineRegistry registry, Statements statements) {
      Units.useUnit(registry, db -> db.writer().persist(new Author("new")));

      Units.useUnit(
          registry, db -> assertThat(Catalogue.names(db.reader())).containsExactly("new"));
      statements.assertExactly("reader", 1);
    }

    @Test
    void theReaderIsItselfWithoutAMirror(EngineRegistry registry) {
      Units.useUnit(registry, db -> db.writer().persist(new Author("new")));

      Units.useUnit(registry, db -> assertThat(Catalogue.names(db.reader())).isEmpty());
    }

    @Test
    @Mirror(engine = "reader", of = "other")
    void itMirrorsWhomTheTestSays(EngineRegistry registry) {
      Units.useUnit(registry, db -> db.session("other").persist(new Author("elsewhere")));

      Units.useUnit(
          registry, db -> assertThat(Catalogue.names(db.reader())).containsExactly("elsewhere"));
    }
  }

  @Test
  void aReaderMirrorsTheEngineThatTheTestNames() {
    assertThat(Kit.failures(Kit.run(Mirrored.class))).isEmpty();
  }

  @SqlAssistTest(registry = WithReplica.class)
  static class WriterAsMirror {
    @Test
    @Mirror(engine = "other", of = "writer")
    void refused() {}
  }

  @SqlAssistTest(registry = WithReplica.class, engines = "reader")
  static class MirrorOfWhatIsNotDeclared {
    @Test
    @Mirror(engine = "reader", of = "writer")
    void refused() {}
  }

  @Test
  void mirrorsThatMakeNoSenseAreRefused() {
    fails(WriterAsMirror.class, "@Mirror(engine = \"other\", of = \"writer\")", "'other' writes");
    fails(MirrorOfWhatIsNotDeclared.class, "'writer' has no transaction in this test");
  }

  @SqlAssistTest(registry = Libraries.OnH2.class, transactions = Transactions.UNTOUCHED)
  @SimulatedLag("reader")
  static class Lagging {

    private static List<String> read(EngineRegistry registry) {
      return Units.<List<String>, RuntimeException>inUnit(
          registry, db -> Catalogue.names(db.reader()));
    }

    @Test
    void theReaderLagsBehindUntilTheTestLetsItCatchUp(EngineRegistry registry, ReplicaLag lag)
        throws SQLException {
      Units.useUnit(registry, db -> db.writer().persist(new Author("new")));

      assertThat(read(registry)).isEmpty();
      lag.catchUp();
      assertThat(read(registry)).containsExactly("new");
    }
  }

  @Test
  void aReaderLagsBehindAsLongAsTheTestWantsAndNotAfterIt() {
    assertThat(Kit.failures(Kit.run(Lagging.class))).isEmpty();

    Units.useUnit(LIBRARY.registry(), db -> db.writer().persist(new Author("later")));
    assertThat(Lagging.read(LIBRARY.registry())).containsExactly("later", "new");
    assertThat(LIBRARY.connectionsInUse("reader")).isZero();
  }

  @SqlAssistTest(registry = Libraries.OnH2.class, transactions = Transactions.SEPARATE)
  @SimulatedLag("reader")
  @MaxStatements(engine = "reader", value = 1)
  static class LaggingAndCleanedUp {

    @Test
    void isEmptyAtTheBeginningAndLags(EngineRegistry registry) {
      Units.useUnit(registry, db -> db.writer().persist(new Author("new")));

      assertThat(Lagging.read(registry)).isEmpty();
    }
  }

  @Test
  void aLagHoldsTheCleanUpOfSeparateTransactionsNotBack() {
    Units.useUnit(LIBRARY.registry(), db -> db.writer().persist(new Author("left over")));

    assertThat(Kit.failures(Kit.run(LaggingAndCleanedUp.class))).isEmpty();
    assertThat(LIBRARY.authors("writer")).isEmpty();
  }

  @SqlAssistTest(registry = Libraries.OnH2.class, transactions = Transactions.UNTOUCHED)
  static class WhileAnotherLets {
    @Test
    void readsAndIsTold(EngineRegistry registry, Faults faults) {
      assertThat(Lagging.read(registry)).isEmpty();
      assertThatThrownBy(() -> faults.failAcquisition("reader"))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("simulated lag");
    }
  }

  @Test
  void aLagThatOutlivesATestIsKnownToTheNextOne() throws SQLException {
    try (ReplicaLag lag = ReplicaLag.begin(LIBRARY.registry(), "reader")) {
      for (int i = 0; i < 2; i++) {
        Kit.succeeds(WhileAnotherLets.class);
      }
      assertThat(lag.engines()).containsExactly("reader");
    }
  }

  @Test
  void anEngineThatIsNamedTwiceLagsOnce() throws SQLException {
    try (ReplicaLag lag = ReplicaLag.begin(LIBRARY.registry(), "reader", "reader")) {
      assertThat(lag.engines()).containsExactly("reader");
    }
    assertThat(LIBRARY.connectionsInUse("reader")).isZero();
  }

  private static CompletableFuture<List<String>> read = new CompletableFuture<>();

  @SqlAssistTest(registry = Libraries.OnH2.class, transactions = Transactions.UNTOUCHED)
  @SimulatedLag("reader")
  static class ThatIsOverBeforeItsReader {

    private final CountDownLatch reading = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    @Test
    void begins(EngineRegistry registry) throws InterruptedException {
      new Thread(() -> read(registry)).start();
      assertThat(reading.await(2, TimeUnit.MINUTES)).isTrue();
    }

    private void read(EngineRegistry registry) {
      try {
        Units.useUnit(
            registry,
            db -> {
              Catalogue.names(db.reader());
              reading.countDown();
              assertThat(over.await(2, TimeUnit.MINUTES)).isTrue();
              LockSupport.parkNanos(100_000_000); // work that outlives the test by a little
              read.complete(Catalogue.names(db.reader()));
            });
      } catch (Exception | AssertionError e) {
        read.completeExceptionally(e);
      }
    }

    @AfterEach
    void end() {
      over.countDown();
    }
  }

  @Test
  void aLagStaysForAUnitThatIsAboutToEnd() {
    read = new CompletableFuture<>();
    Kit.succeeds(ThatIsOverBeforeItsReader.class);

    assertThat(read).succeedsWithin(Duration.ofMinutes(2)).isEqualTo(List.of());
  }

  @SqlAssistTest(registry = WithReplica.class, transactions = Transactions.UNTOUCHED)
  static class ThatStopsTheApplication {
    @Test
    @SimulatedLag("temporary")
    void stops(EngineRegistry registry) {
      registry.remove("temporary");
    }
  }

  @Test
  void anApplicationThatClosesALaggingEngineInTheTestIsNoFailure() {
    WithReplica.add("temporary", EngineConfig::readOnly);

    Kit.succeeds(ThatStopsTheApplication.class);
  }

  @SqlAssistTest(registry = Libraries.OnH2.class)
  static class LaggingInASharedTransaction {
    @Test
    @SimulatedLag("reader")
    void refused() {}
  }

  @SqlAssistTest(registry = Libraries.OnH2.class, transactions = Transactions.UNTOUCHED)
  static class LagThatIsNotDeclared {
    @Test
    void refused(ReplicaLag lag) {
      lag.engines();
    }
  }

  @Test
  void lagThatMakesNoSenseIsRefused() {
    fails(LaggingInASharedTransaction.class, "@SimulatedLag", "shared transaction");
    fails(LagThatIsNotDeclared.class, "No engine lags behind", "@SimulatedLag(\"reader\")");
  }
}
