package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.SqlAssist;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.OnEngine;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.NoCurrentUnitException;
import io.sqlassist.session.UnitOrigin;
import io.sqlassist.session.Units;
import io.sqlassist.transaction.TransactionPolicy;
import io.sqlassist.transaction.UnitTransaction;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a test declares, what it has, and when. */
class SqlAssistExtensionTest {

  private static Shop shop;

  /** What samples want to tell. */
  private static final List<Object> seen = Collections.synchronizedList(new ArrayList<>());

  @BeforeAll
  static void start() {
    shop = new Shop(DatabaseKind.H2);
  }

  @BeforeEach
  void forget() {
    seen.clear();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(Units.findCurrent()).isEmpty();
    assertThat(shop.stored("writer")).isEmpty();
    assertThat(shop.connectionsInUse()).isZero();
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  static final class OfShop implements RegistrySource {
    @Override
    public EngineRegistry registry() {
      return shop.registry();
    }
  }

  static class ShopSessions extends DbSessionsContainer {
    ShopSessions(EngineRegistry registry, UnitOrigin origin) {
      super(registry, origin);
    }

    Session books() {
      return session("writer");
    }
  }

  // ---- the unit of work of the test

  @SqlAssistTest(registry = OfShop.class)
  static class WithParameters {

    WithParameters(EngineRegistry registry, @OnEngine("reader") Engine reader) {
      assertThat(registry).isSameAs(shop.registry());
      assertThat(reader.name()).isEqualTo("reader");
    }

    @BeforeAll
    static void prepare(EngineRegistry registry) {
      assertThat(registry).isSameAs(shop.registry());
    }

    @BeforeEach
    void before(DbSessionsContainer db) {
      seen.add(db);
      assertThat(Units.current()).isSameAs(db);
    }

    @Test
    void all(
        DbSessionsContainer db,
        @OnEngine("writer") Session writer,
        @OnEngine("logger") StatelessSession logger,
        @OnEngine("writer") Engine engine) {
      assertThat(seen).containsExactly(db);
      assertThat(SqlAssist.current()).isSameAs(db);
      assertThat(writer).isSameAs(db.writer());
      assertThat(logger).isSameAs(db.on("logger").statelessSession());
      assertThat(engine).isSameAs(shop.registry().engine("writer"));
      assertThat(db).asString().contains("test WithParameters.all");
    }

    @AfterEach
    void after(DbSessionsContainer db) {
      assertThat(Units.current()).isSameAs(db);
      assertThat(db.isEnded()).isFalse();
    }
  }

  @Test
  void aTestHasTheUnitAndWhatBelongsToItForParameters() {
    Kit.succeeds(WithParameters.class);

    assertThat(((DbSessionsContainer) seen.get(0)).isEnded()).isTrue();
  }

  @SqlAssistTest(registry = OfShop.class, engines = "writer", container = ShopSessions.class)
  static class WithAContainerOfItsOwn {

    @Test
    void has(ShopSessions db, Session session, DbSessionsContainer same) {
      assertThat(db.books()).isSameAs(session);
      assertThat(same).isSameAs(db);
    }
  }

  @Test
  void theUnitMayBeOfASubclassAndTheOnlyEngineNeedsNoName() {
    Kit.succeeds(WithAContainerOfItsOwn.class);
  }

  @SqlAssistTest(registry = OfShop.class)
  static class WithAnUnclearSession {

    @Test
    void ofWhich(Session session) {}
  }

  @SqlAssistTest(registry = OfShop.class)
  static class WithAnotherContainer {

    @Test
    void has(ShopSessions db) {}
  }

  @SqlAssistTest(registry = OfShop.class, unit = TestUnit.NONE)
  static class WithoutAUnit {

    @Test
    void none(EngineRegistry registry) {
      assertThatThrownBy(SqlAssist::current).isInstanceOf(NoCurrentUnitException.class);
    }

    @Test
    void wants(DbSessionsContainer db) {}
  }

  @SqlAssistTest(registry = OfShop.class)
  static class TooEarly {

    @BeforeAll
    static void prepare(DbSessionsContainer db) {}

    @Test
    void test() {}
  }

  @Test
  void aParameterThatCannotBeIsRefusedWithWhatToDo() {
    assertThat(Kit.failure(WithAnUnclearSession.class))
        .isInstanceOf(ParameterResolutionException.class)
        .hasMessageContaining("There are [writer, reader, logger]. Say so: @OnEngine");
    assertThat(Kit.failure(WithAnotherContainer.class))
        .hasMessageContaining("container = ShopSessions.class");
    assertThat(Kit.failure(WithoutAUnit.class))
        .hasMessageContaining("'WithoutAUnit.wants' has no unit of work")
        .hasMessageContaining("unit = NONE");
    assertThat(Kit.failure(TooEarly.class))
        .hasMessageContaining("not of a constructor, of @BeforeAll or of @AfterAll");
  }

  @SqlAssistTest(registry = OfShop.class, unit = TestUnit.COMMIT)
  static class ThatCommitsAtItsEnd {

    @Test
    void canBeStored(DbSessionsContainer db) {
      db.writer().persist(new Book("Emma"));
    }

    @Test
    void cannotBeStored(DbSessionsContainer db) {
      db.writer().persist(new Book("Emma"));
      db.writer().persist(new Book("Emma"));
    }

    @Test
    void failsItself(DbSessionsContainer db) {
      db.writer().persist(new Book("Emma"));
      db.writer().persist(new Book("Emma"));
      throw new AssertionError("on purpose");
    }
  }

  @Test
  void aUnitThatIsCommittedFailsTheTestIfItCannotBeStored() {
    assertThat(Kit.failures(Kit.run(ThatCommitsAtItsEnd.class)))
        .hasSize(2)
        .anySatisfy(failure -> assertThat(failure).isInstanceOf(ConstraintViolationException.class))
        .anySatisfy(
            failure -> assertThat(failure).hasMessage("on purpose").hasNoSuppressedExceptions());
  }

  @SqlAssistTest(registry = OfShop.class)
  static class WithATimeLimit {

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void runsOnAnotherThread(DbSessionsContainer db) {
      seen.add(Thread.currentThread());
      assertThat(Units.current()).isSameAs(db);
      db.writer().persist(new Book("Emma"));
      db.commit();
    }

    @AfterEach
    void after(DbSessionsContainer db) {
      assertThat(Shop.titles(db, "writer")).containsExactly("Emma");
    }
  }

  @Test
  void theUnitIsCurrentOnTheThreadThatATimeLimitGivesTheTest() {
    Kit.succeeds(WithATimeLimit.class);

    assertThat(seen).doesNotContain(Thread.currentThread());
  }

  // ---- kinds of tests

  @SqlAssistTest(registry = OfShop.class)
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  static class OfManyKinds {

    private int tests;

    @BeforeEach
    void beginsEmpty(DbSessionsContainer db) {
      assertThat(Shop.titles(db, "writer")).isEmpty();
      db.writer().persist(new Book("of all"));
      db.commit();
      tests++;
    }

    @AfterAll
    void count() {
      seen.add(tests);
    }

    @RepeatedTest(2)
    void repeated(DbSessionsContainer db) {
      db.writer().persist(new Book("Emma"));
      db.commit();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Emma", "Persuasion"})
    void parameterized(String title, DbSessionsContainer db) {
      db.writer().persist(new Book(title));
      db.commit();
    }

    @TestFactory
    Stream<DynamicTest> dynamic(DbSessionsContainer db) {
      return Stream.of("first", "second")
          .map(
              name ->
                  DynamicTest.dynamicTest(
                      name,
                      () -> {
                        assertThat(Units.current()).isSameAs(db);
                        db.writer().persist(new Book(name));
                        db.commit();
                      }));
    }

    @Nested
    class Inside {

      @Test
      void hasThoseOfTheOuterClass(DbSessionsContainer db) {
        assertThat(Shop.titles(db, "writer")).containsExactly("of all");
      }

      @Nested
      @SqlAssistTest(registry = OfShop.class, engines = "writer", unit = TestUnit.NONE)
      class WithSettingsOfItsOwn {

        @BeforeEach
        void justThis() {
          assertThat(Units.findCurrent()).isEmpty();
        }
      }
    }
  }

  @Test
  void nestedRepeatedParameterizedAndDynamicTestsEachBeginWithNothing() {
    Kit.succeeds(OfManyKinds.class);

    assertThat(seen).containsExactly(6);
  }

  @SqlAssistTest(registry = OfShop.class, engines = "writer")
  static class WithSettingsOnSeveralLevels {

    @Test
    void ofTheClass(DbSessionsContainer db) {
      assertThatThrownBy(db::reader).isInstanceOf(UndeclaredEngineException.class);
    }

    @Test
    @SqlAssistTest(registry = OfShop.class, engines = "reader")
    void ofTheMethod(DbSessionsContainer db) {
      db.reader();
    }

    @Nested
    class Inside {

      @Test
      @SqlAssistTest(
          registry = OfShop.class,
          engines = {"reader", "writer"})
      void ofTheNestedMethod(DbSessionsContainer db) {
        db.reader();
        db.writer();
      }

      @Test
      void ofTheOuterClass(DbSessionsContainer db) {
        db.writer();
      }
    }
  }

  @Test
  void theNearestAnnotationCounts() {
    // Only the first, whose refusal was swallowed.
    assertThat(Kit.failure(WithSettingsOnSeveralLevels.class))
        .hasMessageContaining("WithSettingsOnSeveralLevels.ofTheClass");
  }

  @SqlAssistTest(registry = OfShop.class, engines = "writer")
  @Retention(RetentionPolicy.RUNTIME)
  @interface WriterTest {}

  @WriterTest
  static class WithAnAnnotationOfItsOwn {

    @Test
    void has(Session session) {
      session.persist(new Book("Emma"));
      session.flush();
    }
  }

  @Test
  void anAnnotationOfYourOwnMayCarryIt() {
    Kit.succeeds(WithAnAnnotationOfItsOwn.class);
  }

  static class Programmed {

    @RegisterExtension
    static final SqlAssistExtension SQL =
        SqlAssistExtension.builder()
            .registry(() -> shop.registry())
            .engines("writer")
            .container(ShopSessions::new)
            .unit(TestUnit.COMMIT)
            .build();

    @Test
    void has(ShopSessions db) {
      db.books().persist(new Book("Emma"));
      assertThat(Shop.titles(db, "writer")).containsExactly("Emma");
    }
  }

  @Test
  void whatTheAnnotationSaysCanBeProgrammed() {
    Kit.succeeds(Programmed.class);
  }

  @ExtendWith(SqlAssistExtension.class)
  static class WithTheDefaults {

    @Test
    void has(EngineRegistry registry) {
      seen.add(registry);
    }
  }

  @Test
  void withoutMoreTheSharedRegistryIsUsed() {
    SqlAssist.initializeEngine(
        "writer", DatabaseKind.H2.fresh().dataSource(), engine -> engine.entities(Book.class));
    try {
      Kit.succeeds(WithTheDefaults.class);
      assertThat(seen).containsExactly(SqlAssist.registry());
    } finally {
      SqlAssist.shutdown();
    }
  }

  // ---- what is refused

  @SqlAssistTest
  static class WithoutEngines {

    @Test
    void test() {}
  }

  @SqlAssistTest(
      registry = OfShop.class,
      engines = {"writer", "writer"})
  static class TwiceTheSame {

    @Test
    void test() {}
  }

  @SqlAssistTest(registry = OfShop.class, engines = "writer, reader")
  static class TwoInOneString {

    @Test
    void test() {}
  }

  @SqlAssistTest(registry = OfShop.class, container = WithoutConstructor.class)
  static class WithAWrongContainer {

    @Test
    void test() {}
  }

  static class WithoutConstructor extends DbSessionsContainer {
    WithoutConstructor() {
      super(shop.registry(), UnitOrigin.NONE);
    }
  }

  @SqlAssistTest(registry = WithAWrongSource.Inner.class)
  static class WithAWrongSource {

    class Inner extends SharedRegistryLike {}

    @Test
    void test() {}
  }

  abstract static class SharedRegistryLike implements RegistrySource {
    @Override
    public EngineRegistry registry() {
      return shop.registry();
    }
  }

  @SqlAssistTest(registry = OfShop.class)
  static class WithBoth {

    @RegisterExtension
    static final SqlAssistExtension SQL =
        SqlAssistExtension.builder().registry(() -> shop.registry()).build();

    @Test
    void test() {}
  }

  static class WithTwo {

    @RegisterExtension
    static final SqlAssistExtension ONE =
        SqlAssistExtension.builder().registry(() -> shop.registry()).build();

    @RegisterExtension
    static final SqlAssistExtension OTHER =
        SqlAssistExtension.builder().registry(() -> shop.registry()).build();

    @Test
    void test() {}
  }

  @Test
  void aDeclarationThatMakesNoSenseIsRefusedBeforeATestRuns() {
    assertThat(Kit.failure(WithoutEngines.class))
        .hasMessageContaining("'WithoutEngines.test' has no engines: its registry is empty")
        .hasMessageContaining("@BeforeAll");
    assertThat(Kit.failure(TwiceTheSame.class))
        .isInstanceOf(ExtensionConfigurationException.class)
        .hasMessageContaining("'writer' is there twice");
    assertThat(Kit.failure(TwoInOneString.class))
        .isInstanceOf(ExtensionConfigurationException.class)
        .hasMessageContaining("one string for each");
    assertThat(Kit.failure(WithAWrongContainer.class))
        .isInstanceOf(ExtensionConfigurationException.class)
        .hasMessageContaining("has no constructor (EngineRegistry, UnitOrigin)");
    assertThat(Kit.failure(WithAWrongSource.class))
        .hasMessageContaining("with a constructor without parameters");
    assertThat(Kit.failure(WithBoth.class))
        .hasMessageContaining("has both @SqlAssistTest and a SqlAssistExtension");
    assertThat(Kit.failure(WithTwo.class))
        .hasMessageContaining("'WithTwo.test' can't use the engines [writer, reader, logger] now")
        .hasMessageContaining("One test has one SqlAssistExtension");
  }

  // ---- what is left

  @SqlAssistTest(registry = OfShop.class)
  @LeakCheck(graceMillis = 20)
  static class ThatLeavesAUnit {

    @Test
    void onItsThread() {
      DbSessionsContainer left = Units.openUnit(shop.registry());
      left.writer().persist(new Book("left"));
      left.writer().flush();
      seen.add(left);
    }

    @Test
    void onAnother() throws InterruptedException {
      DbSessionsContainer left = new DbSessionsContainer(shop.registry(), () -> "job nightly");
      Thread job =
          new Thread(
              () -> {
                left.writer().persist(new Book("left"));
                left.writer().flush();
              });
      job.start();
      job.join();
      seen.add(left);
    }
  }

  @Test
  void aUnitThatGoesOnAfterTheTestFailsItAndLosesItsConnection() {
    assertThat(Kit.failures(Kit.run(ThatLeavesAUnit.class)))
        .hasSize(2)
        .allSatisfy(
            failure ->
                assertThat(failure)
                    .hasMessageContaining("is over, and left open")
                    .hasMessageContaining("with open sessions of [writer]"))
        .anySatisfy(failure -> assertThat(failure).hasMessageContaining("'unit of work'"))
        .anySatisfy(failure -> assertThat(failure).hasMessageContaining("'job nightly'"));
    for (Object left : seen) {
      DbSessionsContainer db = (DbSessionsContainer) left;
      assertThatThrownBy(
          () -> {
            db.writer().persist(new Book("later"));
            db.commit();
          });
      db.close();
    }
  }

  @SqlAssistTest(registry = OfShop.class)
  @LeakCheck(graceMillis = 120_000) // from the end of the test on, however slow the machine is
  static class ThatIsOverBeforeItsJob {

    private final CountDownLatch working = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    @Test
    void begins() throws InterruptedException {
      new Thread(this::work).start();
      assertThat(working.await(2, TimeUnit.MINUTES)).isTrue();
    }

    private void work() {
      try {
        Units.useUnit(
            shop.registry(),
            app -> {
              app.writer().persist(new Book("job"));
              app.writer().flush();
              working.countDown();
              assertThat(over.await(2, TimeUnit.MINUTES)).isTrue();
              LockSupport.parkNanos(100_000_000); // work that outlives the test by a little
            });
        seen.add("committed");
      } catch (Exception | AssertionError e) {
        seen.add(e);
      }
    }

    @AfterEach
    void end() {
      over.countDown();
    }
  }

  @Test
  void aUnitThatIsAboutToEndIsWaitedFor() {
    Kit.succeeds(ThatIsOverBeforeItsJob.class);

    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (seen.isEmpty() && System.nanoTime() < end) {
      Thread.onSpinWait(); // the unit has ended, its thread is about to tell so
    }
    assertThat(seen).containsExactly("committed");
  }

  @SqlAssistTest(registry = OfShop.class)
  static class ThatInitialisesAnEngine {

    @Test
    void uses(DbSessionsContainer db) {
      shop.start("late", DatabaseKind.H2.fresh(), engine -> engine.entities(Book.class));
      try {
        db.session("late");
      } finally {
        shop.registry().remove("late");
      }
    }
  }

  @Test
  void anEngineThatComesDuringTheTestWouldReallyCommitSoItIsRefused() {
    assertThat(Kit.failure(ThatInitialisesAnEngine.class))
        .hasMessageContaining("shares a transaction, of which engine 'late' is no part");
  }

  @SqlAssistTest(registry = OfShop.class)
  static class ThatPutsAnEngineInThePlaceOfAnother {

    @Test
    void uses() {
      shop.registry().remove("passing");
      shop.start("passing", DatabaseKind.H2.fresh(), engine -> engine.entities(Book.class));
      Units.useUnit(shop.registry(), db -> db.session("passing").persist(new Book("Emma")));
    }
  }

  @Test
  void anEngineThatTakesThePlaceOfAnotherDuringTheTestIsRefused() {
    shop.start("passing", DatabaseKind.H2.fresh(), engine -> engine.entities(Book.class));
    try {
      assertThat(Kit.failure(ThatPutsAnEngineInThePlaceOfAnother.class))
          .hasMessageContaining(
              "of which engine 'passing' is no part: it was initialised, replaced");
    } finally {
      shop.registry().remove("passing");
    }
  }

  @SqlAssistTest(registry = OfShop.class)
  static class OverACoordinator {

    @Test
    void test() {
      throw new AssertionError("must not run");
    }
  }

  @Test
  void anEngineOfACoordinatorIsRefused() {
    TransactionPolicy coordinated =
        new TransactionPolicy() {
          @Override
          public UnitTransaction begin() {
            throw new AssertionError("not begun");
          }

          @Override
          public boolean isCoordinated() {
            return true;
          }
        };
    shop.start(
        "ledger",
        DatabaseKind.H2.fresh(),
        engine -> engine.entities(Book.class).policy(coordinated));
    try {
      assertThat(Kit.failure(OverACoordinator.class))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("engine 'ledger', which commits together with others")
          .hasMessageContaining("SEPARATE");
    } finally {
      shop.registry().remove("ledger");
    }
  }

  @SqlAssistTest(registry = OfShop.class)
  static class OverTwoWritersOfOneDatabase {

    @Test
    void test() {
      throw new AssertionError("must not run");
    }
  }

  @SqlAssistTest(
      registry = OfShop.class,
      engines = {"reader", "second"})
  static class OverOneOfThem {

    @Test
    void sees(DbSessionsContainer db) {
      db.session("second").persist(new Book("Emma"));
      db.session("second").flush();
      assertThat(Shop.titles(db, "reader")).containsExactly("Emma");
    }
  }

  @Test
  void aReaderBehindTwoWritersIsRefusedUnlessOneIsDeclared() {
    shop.start("second", shop.books(), engine -> engine.entities(Book.class));
    try {
      assertThat(Kit.failure(OverTwoWritersOfOneDatabase.class))
          .hasMessageContaining("'reader' can see what one of the engines [writer, second]");
      Kit.succeeds(OverOneOfThem.class);
    } finally {
      shop.registry().remove("second");
    }
  }

  @SqlAssistTest(registry = OfShop.class)
  static class ThatStopsTheApplication {

    @Test
    void stops(DbSessionsContainer db) {
      db.session("temporary").persist(new Book("Emma"));
      db.session("temporary").flush();
      shop.registry().remove("temporary");
    }
  }

  @Test
  void anApplicationThatClosesItsEnginesInTheTestIsNoFailure() {
    shop.start(
        "temporary",
        DatabaseKind.H2.fresh(),
        engine -> engine.entities(Book.class).property("hibernate.hbm2ddl.auto", "create"));

    Kit.succeeds(ThatStopsTheApplication.class);
  }

  // ---- in parallel

  private static final AtomicInteger running = new AtomicInteger();

  private static void alone(DbSessionsContainer db) {
    assertThat(running.incrementAndGet()).isEqualTo(1);
    db.writer().persist(new Book("Emma"));
    db.commit();
    assertThat(Shop.titles(db, "reader")).containsExactly("Emma");
    assertThat(running.decrementAndGet()).isZero();
  }

  @SqlAssistTest(registry = OfShop.class)
  static class InParallel {

    @RepeatedTest(5)
    void alone(DbSessionsContainer db) {
      SqlAssistExtensionTest.alone(db);
    }
  }

  @SqlAssistTest(registry = OfShop.class)
  static class InParallelToo {

    @RepeatedTest(5)
    void alone(DbSessionsContainer db) {
      SqlAssistExtensionTest.alone(db);
    }
  }

  @ResourceLock(SqlAssistExtension.LOCK)
  static class InParallelWithALock {

    @RegisterExtension
    static final SqlAssistExtension SQL =
        SqlAssistExtension.builder().registry(() -> shop.registry()).build();

    @RepeatedTest(5)
    void alone(DbSessionsContainer db) {
      SqlAssistExtensionTest.alone(db);
    }
  }

  @Test
  void whereTestsRunInParallelThoseOverEnginesTakeTurns() {
    assertThat(
            Kit.failures(
                Kit.runInParallel(
                    InParallel.class, InParallelToo.class, InParallelWithALock.class)))
        .isEmpty();
  }

  static class WithoutALock {

    @RegisterExtension
    static final SqlAssistExtension SQL =
        SqlAssistExtension.builder().registry(() -> shop.registry()).build();

    @Test
    void meets() {
      throw new AssertionError("must not run");
    }
  }

  static class WhileAnotherRuns {

    @RegisterExtension
    static final SqlAssistExtension SQL =
        SqlAssistExtension.builder().registry(() -> shop.registry()).build();

    @Test
    void runs() {
      assertThat(Kit.failure(WithoutALock.class))
          .hasMessageContaining("'WithoutALock.meets' can't use the engines")
          .hasMessageContaining("'WhileAnotherRuns.runs' does")
          .hasMessageContaining("@ResourceLock(SqlAssistExtension.LOCK)");
    }
  }

  @Test
  void aTestThatMeetsAnotherOneOnTheSameRegistryIsRefusedAndDoesNotWait() {
    Kit.succeeds(WhileAnotherRuns.class);
  }
}
