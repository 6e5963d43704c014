package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.RecordingObserver;
import io.sqlassist.observe.Observer;
import io.sqlassist.transaction.TransactionPolicy;
import jakarta.persistence.SharedCacheMode;
import jakarta.persistence.ValidationMode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.SessionFactoryObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineRegistryTest {

  private static final Consumer<EngineConfig> PLAIN = EngineConfig::entities;

  private final RecordingObserver observer = new RecordingObserver();
  private final EngineRegistry registry = EngineRegistry.create(observer);

  @AfterEach
  void closeRegistry() {
    registry.close();
  }

  // names

  @Test
  void namesAreListedInTheOrderOfInitialisation() {
    registry.initializeEngine("writer", H2.dataSource(), PLAIN);
    registry.initializeEngine("audit", H2.dataSource(), PLAIN);
    registry.initializeEngine("reader", H2.dataSource(), PLAIN);

    assertThat(registry.names()).containsExactly("writer", "audit", "reader");
  }

  @Test
  void engineIsFoundUnderItsName() {
    Engine engine = registry.initializeEngine("writer", H2.dataSource(), PLAIN);

    assertThat(registry.engine("writer")).isSameAs(engine);
    assertThat(registry.find("writer")).containsSame(engine);
    assertThat(engine.name()).isEqualTo("writer");
  }

  @Test
  void findOfAnUnknownNameIsEmpty() {
    assertThat(registry.find("nobody")).isEmpty();
  }

  @Test
  void unknownEngineListsTheKnownOnes() {
    registry.initializeEngine("writer", H2.dataSource(), PLAIN);
    registry.initializeEngine("reader", H2.dataSource(), PLAIN);

    assertThatThrownBy(() -> registry.engine("wirter"))
        .isInstanceOf(UnknownEngineException.class)
        .hasMessageContaining("'wirter'")
        .hasMessageContaining("writer, reader");
  }

  @Test
  void unknownEngineOfAnEmptyRegistrySaysHowToInitialiseIt() {
    assertThatThrownBy(() -> registry.engine("writer"))
        .isInstanceOf(UnknownEngineException.class)
        .hasMessageContaining("initializeEngine(\"writer\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t", " writer", "writer ", "!default", "!all", "!x"})
  void reservedAndBlankNamesAreRefused(String name) {
    assertThatThrownBy(() -> registry.initializeEngine(name, H2.dataSource(), PLAIN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + name + "'");
    assertThat(registry.names()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"!default", "!all"})
  void reservedNamesAreUnknownToo(String name) {
    registry.initializeEngine("writer", H2.dataSource(), PLAIN);

    assertThatThrownBy(() -> registry.engine(name)).isInstanceOf(UnknownEngineException.class);
  }

  @Test
  void nameOfNullIsRefused() {
    assertThatThrownBy(() -> registry.initializeEngine(null, H2.dataSource(), PLAIN))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("name");
  }

  @Test
  void duplicateNameIsRefusedAndTheFirstEngineStays() {
    Engine first = registry.initializeEngine("writer", H2.dataSource(), PLAIN);

    assertThatThrownBy(() -> registry.initializeEngine("writer", H2.dataSource(), PLAIN))
        .isInstanceOf(DuplicateEngineException.class)
        .hasMessageContaining("'writer'")
        .hasMessageContaining("remove(\"writer\")");
    assertThat(registry.engine("writer")).isSameAs(first);
    assertThat(first.sessionFactory().isOpen()).isTrue();
  }

  @Test
  void duplicateNameIsRefusedBeforeTheLambdaRuns() {
    registry.initializeEngine("writer", H2.dataSource(), PLAIN);
    List<String> ran = new ArrayList<>();

    assertThatThrownBy(
            () -> registry.initializeEngine("writer", H2.dataSource(), c -> ran.add("ran")))
        .isInstanceOf(DuplicateEngineException.class);
    assertThat(ran).isEmpty();
  }

  // a refused registration

  static Stream<Arguments> refusals() {
    TransactionPolicy policy = TransactionPolicy.local();
    return Stream.of(
        refused(
            "readOnly and autocommit",
            true,
            c -> c.entities().readOnly().autocommit(),
            IllegalArgumentException.class,
            "both readOnly() and autocommit()"),
        refused(
            "readOnly with a policy",
            true,
            c -> c.entities().readOnly().policy(policy),
            IllegalArgumentException.class,
            "policy(...)"),
        refused(
            "autocommit with a policy",
            true,
            c -> c.entities().autocommit().policy(policy),
            IllegalArgumentException.class,
            "policy(...)"),
        refused(
            "DataSource and url",
            true,
            c -> c.entities().url(H2.url()),
            IllegalArgumentException.class,
            "both a DataSource and a url(...)"),
        refused(
            "neither DataSource nor url",
            false,
            EngineConfig::entities,
            IllegalArgumentException.class,
            "neither a DataSource nor a url(...)"),
        refused(
            "username without url",
            true,
            c -> c.entities().username("sa"),
            IllegalArgumentException.class,
            "no url(...)"),
        refused(
            "password without url",
            true,
            c -> c.entities().password("x"),
            IllegalArgumentException.class,
            "no url(...)"),
        refused(
            "pool without url",
            true,
            c -> c.entities().pool(p -> p.setMaximumPoolSize(3)),
            IllegalArgumentException.class,
            "no url(...)"),
        refused(
            "pool against the kind (autoCommit)",
            false,
            c -> c.entities().url(H2.url()).pool(p -> p.setAutoCommit(true)),
            IllegalArgumentException.class,
            "autoCommit=false"),
        refused(
            "pool against the kind (readOnly)",
            false,
            c -> c.entities().url(H2.url()).readOnly().pool(p -> p.setReadOnly(false)),
            IllegalArgumentException.class,
            "readOnly=true"),
        refused(
            "setting that SqlAssist decides",
            true,
            c -> c.property("hibernate.connection.url", "jdbc:h2:mem:x"),
            IllegalArgumentException.class,
            "hibernate.connection.url"),
        refused(
            "setting that SqlAssist decides, through persistence(...)",
            true,
            c ->
                c.entities()
                    .persistence(p -> p.property("hibernate.connection.url", "jdbc:h2:mem:x")),
            IllegalArgumentException.class,
            "hibernate.connection.url"),
        refused(
            "bad mapping",
            true,
            c -> c.entities(NoId.class),
            EngineStartException.class,
            "mapping"),
        refused(
            "no entity in the package",
            true,
            c -> c.entityPackages("org.nothing.here"),
            IllegalArgumentException.class,
            "org.nothing.here"),
        refused(
            "database down",
            false,
            c ->
                c.entities()
                    .url("jdbc:h2:tcp://127.0.0.1:1/mem:x")
                    .pool(p -> p.setInitializationFailTimeout(1)),
            EngineStartException.class,
            "'refused'"),
        refused(
            "no driver for the url",
            false,
            c -> c.entities().url("jdbc:nothing:x"),
            EngineStartException.class,
            "'refused'"),
        refused(
            "a lambda that throws",
            true,
            c -> {
              throw new ArithmeticException("of the lambda");
            },
            ArithmeticException.class,
            "of the lambda"),
        refused(
            "a lambda that throws an Error",
            true,
            c -> {
              throw new StackOverflowError("of the lambda");
            },
            StackOverflowError.class,
            "of the lambda"),
        refused(
            "pool(...) that throws",
            false,
            c ->
                c.entities()
                    .url(H2.url())
                    .pool(
                        p -> {
                          throw new ArithmeticException("pool");
                        }),
            RuntimeException.class,
            "pool"));
  }

  private static Arguments refused(
      String what,
      boolean withDataSource,
      Consumer<EngineConfig> config,
      Class<? extends Throwable> failure,
      String message) {
    return Arguments.of(what, withDataSource, config, failure, message);
  }

  @jakarta.persistence.Entity
  static class NoId {}

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void refusedRegistrationLeavesTheRegistryUnchanged(
      String what,
      boolean withDataSource,
      Consumer<EngineConfig> config,
      Class<? extends Throwable> failure,
      String message) {
    Engine before = registry.initializeEngine("before", H2.dataSource(), PLAIN);

    assertThatThrownBy(
            () -> {
              if (withDataSource) {
                registry.initializeEngine("refused", H2.dataSource(), config);
              } else {
                registry.initializeEngine("refused", config);
              }
            })
        .isInstanceOf(failure)
        .hasMessageContaining(message);

    assertThat(registry.names()).containsExactly("before");
    assertThat(registry.defaultEngine()).isSameAs(before);
    assertThat(observer.started()).hasSize(1);
    registry.initializeEngine("refused", H2.dataSource(), PLAIN); // the name is free again
  }

  @Test
  void databaseThatIsDownIsNamedWithItsEngine() {
    HikariConfig pool = new HikariConfig();
    pool.setJdbcUrl("jdbc:h2:tcp://127.0.0.1:1/mem:x");
    pool.setInitializationFailTimeout(-1);
    pool.setConnectionTimeout(250);
    try (HikariDataSource down = new HikariDataSource(pool)) {
      EngineStartException failure =
          catchThrowableOfType(
              EngineStartException.class, () -> registry.initializeEngine("writer", down, PLAIN));

      assertThat(failure)
          .hasMessageStartingWith("Engine 'writer' did not start: its database could not be")
          .hasCauseInstanceOf(SQLException.class);
      assertThat(down.isClosed()).isFalse();
    }
  }

  @Test
  void refusedEngineClosesThePoolThatWasMadeForIt() {
    AtomicReference<HikariDataSource> made = new AtomicReference<>();
    EngineRegistry capturing =
        EngineRegistry.create(
            new Observer() {
              @Override
              public DataSource instrument(String engine, DataSource dataSource) {
                made.set((HikariDataSource) dataSource);
                return dataSource;
              }
            });

    assertThatThrownBy(
            () -> capturing.initializeEngine("x", c -> c.url(H2.url()).entities(NoId.class)))
        .isInstanceOf(EngineStartException.class);
    assertThat(made.get().isClosed()).isTrue();
  }

  // the default engine

  @Test
  void onlyEngineIsTheDefault() {
    Engine only = registry.initializeEngine("writer", H2.dataSource(), PLAIN);

    assertThat(registry.defaultEngine()).isSameAs(only);
    assertThat(only.isDefault()).isFalse();
  }

  @Test
  void amongSeveralTheOneMadeDefaultIsTheDefault() {
    registry.initializeEngine("reader", H2.dataSource(), PLAIN);
    Engine writer =
        registry.initializeEngine("writer", H2.dataSource(), c -> c.entities().makeDefault());

    assertThat(registry.defaultEngine()).isSameAs(writer);
    assertThat(writer.isDefault()).isTrue();
  }

  @Test
  void noDefaultAmongSeveralSaysHowToChooseOne() {
    registry.initializeEngine("reader", H2.dataSource(), PLAIN);
    registry.initializeEngine("writer", H2.dataSource(), PLAIN);

    assertThatThrownBy(registry::defaultEngine)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("[reader, writer]")
        .hasMessageContaining("makeDefault()");
  }

  @Test
  void emptyRegistryHasNoDefault() {
    assertThatThrownBy(registry::defaultEngine).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void secondDefaultIsRefusedNamingTheFirst() {
    registry.initializeEngine("writer", H2.dataSource(), c -> c.entities().makeDefault());

    assertThatThrownBy(
            () ->
                registry.initializeEngine(
                    "other", H2.dataSource(), c -> c.entities().makeDefault()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'other'")
        .hasMessageContaining("'writer'");
    assertThat(registry.names()).containsExactly("writer");
  }

  @Test
  void twoThreadsCanNotBothMakeTheirEngineTheDefault() throws Exception {
    CyclicBarrier bothChecked = new CyclicBarrier(2);
    EngineRegistry racing =
        EngineRegistry.create(
            new Observer() {
              @Override
              public DataSource instrument(String engine, DataSource dataSource) {
                await(bothChecked);
                return dataSource;
              }
            });

    List<Throwable> failures =
        failuresOf(
            () -> racing.initializeEngine("a", H2.dataSource(), c -> c.entities().makeDefault()),
            () -> racing.initializeEngine("b", H2.dataSource(), c -> c.entities().makeDefault()));

    assertThat(failures).singleElement().isInstanceOf(IllegalArgumentException.class);
    assertThat(racing.names()).hasSize(1);
    racing.close();
  }

  @Test
  void removedDefaultIsNoLongerTheDefault() {
    registry.initializeEngine("writer", H2.dataSource(), c -> c.entities().makeDefault());
    Engine rest = registry.initializeEngine("other", H2.dataSource(), PLAIN);

    registry.remove("writer");

    assertThat(registry.defaultEngine()).isSameAs(rest);
  }

  // settings that Hibernate reads from methods only

  @Test
  void modesThatAreSetAsPropertiesAreHeeded() {
    Engine engine =
        registry.initializeEngine(
            "writer",
            H2.dataSource(),
            c ->
                c.entities()
                    .property("jakarta.persistence.validation.mode", "none")
                    .property("jakarta.persistence.sharedCache.mode", "disable-selective"));

    assertThat(engine.sessionFactory().getProperties())
        .containsEntry("jakarta.persistence.validation.mode", ValidationMode.NONE)
        .containsEntry("jakarta.persistence.sharedCache.mode", SharedCacheMode.DISABLE_SELECTIVE);
  }

  @Test
  void aModeThatIsNoneListsTheKnownOnes() {
    assertThatThrownBy(
            () ->
                registry.initializeEngine(
                    "writer",
                    H2.dataSource(),
                    c -> c.entities().property("jakarta.persistence.validation.mode", "ddl")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Engine 'writer': the setting 'jakarta.persistence.validation.mode' is ddl."
                + " Known values: AUTO, CALLBACK, NONE.");
    assertThat(registry.names()).isEmpty();
  }

  // defaults(...)

  @Test
  void defaultsAreInheritedByEnginesInitialisedLater() {
    Engine before = registry.initializeEngine("before", H2.dataSource(), PLAIN);
    registry.defaults(c -> c.entities(Book.class).property("hibernate.jdbc.batch_size", 7));

    Engine after = registry.initializeEngine("after", H2.dataSource());

    assertThat(after.options().entities()).containsExactly(Book.class);
    assertThat(after.options().properties()).containsEntry("hibernate.jdbc.batch_size", 7);
    assertThat(before.options().properties()).isEmpty();
  }

  @Test
  void ownLambdaOverridesTheDefaults() {
    registry.defaults(c -> c.entities(Book.class).property("hibernate.jdbc.batch_size", 7));

    Engine engine =
        registry.initializeEngine(
            "writer", H2.dataSource(), c -> c.entities().property("hibernate.jdbc.batch_size", 9));

    assertThat(engine.options().entities()).isEmpty();
    assertThat(engine.options().properties()).containsEntry("hibernate.jdbc.batch_size", 9);
  }

  @Test
  void ownLambdaDoesNotChangeTheDefaults() {
    registry.defaults(c -> c.entities(Book.class).property("hibernate.jdbc.batch_size", 7));
    registry.initializeEngine(
        "first",
        H2.dataSource(),
        c -> c.entities().readOnly().property("hibernate.jdbc.batch_size", 9));

    Engine second = registry.initializeEngine("second", H2.dataSource());

    assertThat(second.isReadOnly()).isFalse();
    assertThat(second.options().entities()).containsExactly(Book.class);
    assertThat(second.options().properties()).containsEntry("hibernate.jdbc.batch_size", 7);
  }

  @Test
  void twoEnginesFromTheSameLambdaAreIndependent() {
    Consumer<EngineConfig> shared =
        c -> {
          c.entities().property("hibernate.jdbc.batch_size", 7);
          if (c.name().equals("reader")) {
            c.readOnly();
          }
        };

    Engine reader = registry.initializeEngine("reader", H2.dataSource(), shared);
    Engine writer = registry.initializeEngine("writer", H2.dataSource(), shared);

    assertThat(reader.isReadOnly()).isTrue();
    assertThat(writer.isReadOnly()).isFalse();
    assertThat(writer.options()).isNotSameAs(reader.options());
  }

  @Test
  void optionsCanNotBeChanged() {
    Engine engine =
        registry.initializeEngine(
            "writer", H2.dataSource(), c -> c.entities().property("hibernate.jdbc.batch_size", 7));

    assertThatThrownBy(() -> engine.options().properties().put("x", "y"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> engine.options().entities().add(Book.class))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void configurationUsedAfterItsLambdaThrows() {
    AtomicReference<EngineConfig> kept = new AtomicReference<>();
    registry.initializeEngine("writer", H2.dataSource(), c -> kept.set(c.entities()));

    assertThatThrownBy(() -> kept.get().readOnly())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'writer'")
        .hasMessageContaining("inside the lambda");
  }

  @Test
  void configurationOfALambdaThatFailedThrowsToo() {
    AtomicReference<EngineConfig> kept = new AtomicReference<>();
    assertThatThrownBy(
            () ->
                registry.initializeEngine(
                    "writer",
                    H2.dataSource(),
                    c -> {
                      kept.set(c);
                      throw new ArithmeticException();
                    }))
        .isInstanceOf(ArithmeticException.class);

    assertThatThrownBy(() -> kept.get().readOnly()).isInstanceOf(IllegalStateException.class);
  }

  // remove and close

  @Test
  void removeClosesTheEngineAndFreesItsName() {
    Engine first = registry.initializeEngine("writer", c -> c.entities().url(H2.url()));

    registry.remove("writer");

    assertThat(registry.names()).isEmpty();
    assertThat(first.sessionFactory().isClosed()).isTrue();
    assertThat(((HikariDataSource) first.dataSource()).isClosed()).isTrue();
    assertThat(observer.stopped()).containsExactly("writer");
    assertThat(registry.initializeEngine("writer", H2.dataSource(), PLAIN)).isNotSameAs(first);
  }

  @Test
  void removeOfAnUnknownEngineListsTheKnownOnes() {
    registry.initializeEngine("writer", H2.dataSource(), PLAIN);

    assertThatThrownBy(() -> registry.remove("wirter"))
        .isInstanceOf(UnknownEngineException.class)
        .hasMessageContaining("writer");
    assertThat(registry.names()).containsExactly("writer");
  }

  @Test
  void removeThatFailsForgetsTheEngineAndTellsTheObserver() {
    Engine engine = failingToClose("writer", "broken");

    assertThatThrownBy(() -> registry.remove("writer")).hasMessage("broken");
    assertThat(registry.names()).isEmpty();
    assertThat(observer.stopped()).containsExactly("writer");
    assertThat(((HikariDataSource) engine.dataSource()).isClosed()).isTrue();
  }

  @Test
  void closeClosesThePoolsItMade() {
    Engine engine = registry.initializeEngine("writer", c -> c.entities().url(H2.url()));

    registry.close();

    assertThat(((HikariDataSource) engine.dataSource()).isClosed()).isTrue();
    assertThat(engine.sessionFactory().isClosed()).isTrue();
  }

  @Test
  void closeLeavesHandedInPoolsOpen() throws SQLException {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(H2.url());
    config.setAutoCommit(false);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      registry.initializeEngine("writer", pool, PLAIN);

      registry.close();

      assertThat(pool.isClosed()).isFalse();
      pool.getConnection().close();
    }
  }

  @Test
  void closeTellsTheObserverOfEachEngineLastOneFirst() {
    registry.initializeEngine("a", H2.dataSource(), PLAIN);
    registry.initializeEngine("b", H2.dataSource(), PLAIN);

    registry.close();

    assertThat(observer.stopped()).containsExactly("b", "a");
  }

  @Test
  void oneEnginesFailureToCloseStopsNoOther() {
    Engine a = failingToClose("a", "first");
    Engine b = registry.initializeEngine("b", c -> c.entities().url(H2.url()));
    Engine c = failingToClose("c", "last");

    assertThatThrownBy(registry::close)
        .hasMessage("last")
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .singleElement()
                    .hasToString("java.lang.IllegalStateException: first"));
    assertThat(Stream.of(a, b, c).map(Engine::dataSource))
        .allMatch(pool -> ((HikariDataSource) pool).isClosed());
    assertThat(observer.stopped()).containsExactly("c", "b", "a");
  }

  @Test
  void secondCloseDoesNothing() {
    registry.initializeEngine("a", H2.dataSource(), PLAIN);
    registry.close();

    assertThatCode(registry::close).doesNotThrowAnyException();
    assertThat(observer.stopped()).containsExactly("a");
  }

  @Test
  void closedRegistryRefusesEngines() {
    registry.close();

    assertThatThrownBy(() -> registry.initializeEngine("writer", H2.dataSource(), PLAIN))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void engineThatStartsWhileTheRegistryClosesIsClosedAndRefused() {
    RecordingObserver told =
        new RecordingObserver() {
          private int engines;

          @Override
          public DataSource instrument(String engine, DataSource dataSource) {
            if (engines++ == 0) {
              closing.get().close();
            }
            return dataSource;
          }
        };
    EngineRegistry closes = EngineRegistry.create(told);
    closing.set(closes);

    assertThatThrownBy(() -> closes.initializeEngine("late", H2.dataSource(), PLAIN))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThat(closes.names()).isEmpty();
    assertThat(told.started()).isEmpty();
  }

  private final AtomicReference<EngineRegistry> closing = new AtomicReference<>();

  // threads and registries

  @Test
  void ofTwoThreadsRacingForOneNameOneWins() throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    Callable<Engine> contender =
        () -> {
          await(start);
          return registry.initializeEngine("writer", H2.dataSource(), PLAIN);
        };

    List<Throwable> failures = failuresOf(contender, contender);

    assertThat(failures).singleElement().isInstanceOf(DuplicateEngineException.class);
    assertThat(registry.names()).containsExactly("writer");
  }

  @Test
  void twoRegistriesShareNothing() {
    EngineRegistry other = EngineRegistry.create(Observer.NONE);
    registry.defaults(c -> c.entities(Book.class));
    Engine one = registry.initializeEngine("writer", H2.dataSource());

    Engine two = other.initializeEngine("writer", H2.dataSource(), PLAIN);
    other.close();

    assertThat(two).isNotSameAs(one);
    assertThat(two.options().entities()).isEmpty();
    assertThat(two.sessionFactory().isClosed()).isTrue();
    assertThat(one.sessionFactory().isClosed()).isFalse();
    assertThat(registry.engine("writer")).isSameAs(one);
  }

  @Test
  void addedObserverIsToldOfWhatHappensFromThenOn() {
    registry.initializeEngine("before", H2.dataSource(), PLAIN);
    RecordingObserver added = new RecordingObserver();

    registry.observe(added);
    registry.initializeEngine("after", H2.dataSource(), PLAIN);

    assertThat(added.started()).singleElement().asString().startsWith("after: ");
    assertThat(observer.started()).hasSize(2);
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(60, java.util.concurrent.TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Throwable> failuresOf(Callable<?> one, Callable<?> two) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Throwable> failures = new ArrayList<>();
      for (Future<?> future : List.of(threads.submit(one), threads.submit(two))) {
        try {
          future.get();
        } catch (java.util.concurrent.ExecutionException e) {
          failures.add(e.getCause());
        }
      }
      return failures;
    } finally {
      threads.shutdownNow();
    }
  }

  /** An engine whose factory fails to close. */
  private Engine failingToClose(String name, String message) {
    SessionFactoryObserver failing =
        new SessionFactoryObserver() {
          @Override
          public void sessionFactoryClosed(SessionFactory factory) {
            throw new IllegalStateException(message);
          }
        };
    return registry.initializeEngine(
        name,
        c -> c.entities().url(H2.url()).property("hibernate.session_factory_observer", failing));
  }
}
