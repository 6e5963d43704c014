package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.fixture.Door;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.Held;
import io.sqlassist.fixture.LogCapture;
import io.sqlassist.fixture.NewThreads;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.RecordingObserver;
import io.sqlassist.fixture.SharedPolicy;
import io.sqlassist.session.Units;
import io.sqlassist.transaction.TransactionPolicy;
import io.sqlassist.transaction.UnitTransaction;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.SessionFactoryObserver;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.hibernate.jpa.boot.internal.EntityManagerFactoryBuilderImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Engines without which the application starts. */
class OptionalEngineTest {

  private final AtomicInteger factories = new AtomicInteger();
  private final RecordingObserver observer =
      new RecordingObserver() {
        @Override
        public void factoryBuilt(String engine, SessionFactory sessionFactory) {
          factories.incrementAndGet();
        }
      };
  private final EngineRegistry registry = EngineRegistry.create(observer);
  private final Door door = new Door(H2.dataSource());
  private final NewThreads newThreads = new NewThreads();

  @AfterEach
  void close() {
    registry.close();
    awaitNoStartThread();
  }

  private void awaitNoStartThread() {
    newThreads.awaitNone("sqlassist-start-");
  }

  private Engine optional() {
    return registry.initializeEngine(
        "audit", door.dataSource(), config -> config.entities(Novel.class).optional());
  }

  private static void awaitUp(Engine engine) {
    Eventually.until(engine + " is up", () -> engine.state().isUp());
  }

  @Test
  void engineThatIsNotOptionalStillFailsAtItsStart() {
    assertThatThrownBy(
            () -> registry.initializeEngine("audit", door.dataSource(), EngineConfig::entities))
        .isInstanceOf(EngineStartException.class)
        .hasMessageContaining("'audit' did not start: its database could not be reached");
    assertThat(registry.names()).isEmpty();
  }

  @Test
  void applicationStartsAndTheOtherEnginesWork() {
    optional();
    registry.initializeEngine("writer", H2.dataSource(), config -> config.entities(Novel.class));
    registry.engine("writer").sessionFactory().getSchemaManager().create(false);

    Units.useUnit(registry, db -> db.writer().persist(new Novel("1")));

    assertThat(registry.names()).containsExactly("audit", "writer");
    assertThat(registry.engine("writer").state().isUp()).isTrue();
  }

  @Test
  void stateTellsSinceWhenWhyAndWhenItIsTriedAgain() {
    Instant before = Instant.now();
    Engine engine = optional();

    EngineState state = engine.state();

    assertThat(state.status()).isEqualTo(EngineState.Status.DOWN);
    assertThat(state.isUp()).isFalse();
    assertThat(state.since()).isBetween(before, Instant.now());
    assertThat(state.reason().orElseThrow())
        .contains("its database could not be reached")
        .contains("Connection refused")
        .doesNotContain("hidden");
    assertThat(state.nextAttempt().orElseThrow()).isBetween(before, before.plusSeconds(31));
  }

  @Test
  void everyUseFailsAtOnceAndNamesTheEngine() {
    Engine engine = optional();

    EngineDownException failure =
        catchThrowableOfType(
            EngineDownException.class,
            () -> Units.useUnit(registry, db -> db.session("audit").persist(new Novel("1"))));

    assertThat(failure)
        .hasMessageContaining("Engine 'audit' is down, since 20")
        .hasMessageContaining("Connection refused")
        .hasMessageContaining("It is tried again at 20")
        .hasMessageContaining("go on without it, or try again later")
        .hasMessageNotContaining("hidden");
    assertThat(failure.engine()).isEqualTo("audit");
    assertThat(failure.state().orElseThrow().status()).isEqualTo(EngineState.Status.DOWN);
    assertThat(failure.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(31));
    assertThatThrownBy(engine::sessionFactory).isInstanceOf(EngineDownException.class);
    assertThatThrownBy(engine::openSession).isInstanceOf(EngineDownException.class);
    assertThatThrownBy(engine::openStatelessSession).isInstanceOf(EngineDownException.class);
    assertThat(engine.pool()).isEmpty();
    assertThat(engine.options().optional()).isTrue();
  }

  @Test
  void unitThatUsesOtherEnginesOnlyIsNotConcerned() {
    optional();
    registry.initializeEngine("writer", H2.dataSource(), config -> config.entities(Novel.class));
    registry.engine("writer").sessionFactory().getSchemaManager().create(false);

    Units.useUnit(
        registry,
        db -> {
          assertThatThrownBy(() -> db.session("audit")).isInstanceOf(EngineDownException.class);
          db.writer().persist(new Novel("1"));
        });

    assertThat(
            Units.<Long, RuntimeException>inUnit(
                registry,
                db ->
                    db.writer()
                        .createQuery("select count(*) from Novel", Long.class)
                        .getSingleResult()))
        .isEqualTo(1);
  }

  @Test
  void engineComesUpByItself() {
    Engine engine = optional();
    door.open();

    awaitUp(engine);
    engine.sessionFactory().getSchemaManager().create(false);
    Units.useUnit(registry, db -> db.session("audit").persist(new Novel("1")));

    assertThat(engine.state().reason()).isEmpty();
    assertThat(engine.state().nextAttempt()).isEmpty();
    assertThat(observer.started()).singleElement().asString().startsWith("audit: READ_WRITE on H2");
    awaitNoStartThread();
  }

  @Test
  void entitiesHaveTheirPlaceBeforeAndAfter() {
    Engine engine = optional();

    assertThat(registry.engineFor(Novel.class)).isEqualTo("audit");
    door.open();
    awaitUp(engine);

    assertThat(registry.engineFor(Novel.class)).isEqualTo("audit");
  }

  /**
   * Whether the next attempt is nearer afterwards: not every time, for one may have just failed.
   */
  private static boolean bringsTheNextAttemptForward(Engine engine, Runnable action) {
    Instant before = engine.state().nextAttempt().orElseThrow();
    action.run();
    return engine.state().nextAttempt().orElseThrow().isBefore(before);
  }

  private static void useInVain(Engine engine) {
    assertThatThrownBy(engine::openSession).isInstanceOf(EngineDownException.class);
  }

  @Test
  void useHurriesTheNextAttemptButNotMoreThanOnceASecond() {
    Engine engine = optional();

    Eventually.until(
        "a use brings the next attempt forward",
        () -> bringsTheNextAttemptForward(engine, () -> useInVain(engine)));

    int before = door.knocks();
    Eventually.until(
        "two more attempts",
        () -> {
          for (int i = 0; i < 100; i++) {
            useInVain(engine);
          }
          return door.knocks() >= before + 2;
        });
    assertThat(door.pauses())
        .allSatisfy(pause -> assertThat(pause).isGreaterThanOrEqualTo(Duration.ofSeconds(1)));
  }

  @Test
  void racingUsesBuildOneFactory() throws Exception {
    Engine engine = optional();
    door.open();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<SessionFactory>> uses = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        uses.add(
            threads.submit(
                () -> {
                  while (true) {
                    try {
                      return engine.sessionFactory();
                    } catch (EngineDownException e) {
                      Thread.onSpinWait();
                    }
                  }
                }));
      }
      for (Future<SessionFactory> use : uses) {
        assertThat(use.get(60, TimeUnit.SECONDS)).isSameAs(engine.sessionFactory());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(factories).hasValue(1);
  }

  @Test
  void databaseThatDoesNotAnswerHoldsTheStartUpNoLongerThanACaller() throws Exception {
    Held silence = new Held();
    door.hold(silence);
    try {
      Engine engine =
          registry.initializeEngine(
              "audit",
              door.dataSource(),
              config -> config.entities().optional().acquireTimeout(Duration.ofMillis(50)));
      silence.awaitArrival();

      assertThat(engine.state().status()).isEqualTo(EngineState.Status.STARTING);
      assertThatThrownBy(engine::sessionFactory)
          .isInstanceOf(EngineDownException.class)
          .hasMessageContaining("'audit' is still starting, since 20");

      ExecutorService threads = Executors.newSingleThreadExecutor();
      try {
        door.open();
        silence.release();
        awaitUp(engine);
        assertThat(threads.submit(engine::sessionFactory).get(60, TimeUnit.SECONDS)).isNotNull();
      } finally {
        threads.shutdownNow();
      }
    } finally {
      silence.release();
    }
  }

  @Test
  void firstStartThatIsUnderWayIsWaitedFor() throws Exception {
    Held silence = new Held();
    door.hold(silence);
    door.open();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Engine> start = threads.submit(this::optional);
      silence.awaitArrival();
      silence.release();

      assertThat(start.get(60, TimeUnit.SECONDS).state().isUp()).isTrue();
    } finally {
      threads.shutdownNow();
    }
    assertThat(observer.warnings()).isEmpty();
    assertThat(observer.started()).hasSize(1);
  }

  @Test
  void itIsSaidOnceThatAnEngineIsDown() {
    try (LogCapture pools = LogCapture.of("com.zaxxer.hikari")) {
      String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";IFEXISTS=TRUE";
      Engine engine =
          registry.initializeEngine(
              "audit",
              config -> config.entities().optional().url(url).username("sa").password("topsecret"));
      Instant first = engine.state().nextAttempt().orElseThrow();
      Eventually.until(
          "a second failed attempt",
          () -> engine.state().nextAttempt().filter(next -> next.isAfter(first)).isPresent());

      assertThat(observer.warnings())
          .singleElement()
          .asString()
          .startsWith("audit: down: its database could not be reached:")
          .contains("The engine is optional");
      assertThat(pools.text()).doesNotContain("ERROR").doesNotContain("Exception");
      assertThat(observer.warnings().toString() + engine.state()).doesNotContain("topsecret");
    }
  }

  @Test
  void poolOfAnEngineThatIsDownIsMadeWhenTheDatabaseIsUp() throws SQLException {
    String name = UUID.randomUUID().toString();
    Engine engine =
        registry.initializeEngine(
            "audit",
            config -> config.entities().optional().url("jdbc:h2:mem:" + name + ";IFEXISTS=TRUE"));
    assertThatThrownBy(engine::dataSource).isInstanceOf(EngineDownException.class);

    try (Connection keeping = DriverManager.getConnection("jdbc:h2:mem:" + name)) {
      awaitUp(engine);

      assertThat(keeping.isValid(1)).isTrue();
      assertThat(engine.dataSource()).isInstanceOf(HikariDataSource.class);
      registry.remove("audit");
      assertThat(engine.state().status()).isEqualTo(EngineState.Status.CLOSED);
    }
  }

  @Test
  void whatTheConfigurationHasWrongIsRefusedAllTheSame() {
    door.open();

    assertThatThrownBy(
            () ->
                registry.initializeEngine(
                    "audit",
                    door.dataSource(),
                    config ->
                        config
                            .optional()
                            .entities(Novel.class)
                            .property("hibernate.hbm2ddl.auto", "validate")))
        .isInstanceOf(EngineStartException.class)
        .hasMessageContaining("Hibernate refused its mapping or settings");
    assertThatThrownBy(
            () -> registry.initializeEngine("audit", config -> config.optional().entities()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("neither a DataSource nor a url");
    assertThatThrownBy(
            () ->
                registry.initializeEngine(
                    "audit",
                    config ->
                        config
                            .optional()
                            .entities()
                            .url(H2.url())
                            .pool(pool -> pool.setReadOnly(true))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("readOnly");
    assertThat(registry.names()).isEmpty();
  }

  @Test
  void engineOfACoordinatorCannotBeOptional() {
    TransactionPolicy coordinated =
        new TransactionPolicy() {
          @Override
          public UnitTransaction begin() {
            return new SharedPolicy().begin();
          }

          @Override
          public boolean isCoordinated() {
            return true;
          }
        };

    assertThatThrownBy(
            () ->
                registry.initializeEngine(
                    "ledger",
                    door.dataSource(),
                    config -> config.entities().policy(coordinated).optional()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'ledger' commits together with others")
        .hasMessageContaining("Remove optional()");
  }

  @Test
  void engineThatIsClosedWhileItStartsLeavesNothingBehind() throws InterruptedException {
    Held silence = new Held();
    door.hold(silence);
    door.open();
    List<String> closed = new CopyOnWriteArrayList<>();
    registry.initializeEngine(
        "audit",
        door.dataSource(),
        config ->
            config
                .entities()
                .optional()
                .acquireTimeout(Duration.ofMillis(20))
                .persistence(
                    p ->
                        p.property("hibernate.session_factory_observer", factoryObserver(closed))));
    silence.awaitArrival();

    Thread closer = new Thread(registry::close);
    closer.start();
    Eventually.until("the registry is empty", () -> registry.names().isEmpty());
    silence.release();

    closer.join();
    awaitNoStartThread();
    assertThat(factories.get()).isEqualTo(closed.size());
    assertThat(observer.started()).isEmpty();
  }

  private static SessionFactoryObserver factoryObserver(List<String> closed) {
    return new SessionFactoryObserver() {
      @Override
      public void sessionFactoryClosed(SessionFactory factory) {
        closed.add("closed");
      }
    };
  }

  @Test
  void anotherDataSourceIsWhatAnEngineThatIsDownStartsWith() {
    Engine engine = optional();
    Door other = new Door(H2.dataSource());
    other.open();

    DataSource replacement = other.dataSource();
    engine.switchTo(replacement, Duration.ZERO);

    assertThat(engine.dataSource()).isSameAs(replacement);
    awaitUp(engine);
    assertThat(door.knocks()).isPositive();
  }

  private Engine stillStarting(Held silence, Consumer<? super EngineConfig> settings) {
    return stillStarting(door.dataSource(), silence, settings);
  }

  private Engine stillStarting(
      DataSource first, Held silence, Consumer<? super EngineConfig> settings) {
    door.hold(silence);
    Engine engine =
        registry.initializeEngine(
            "audit",
            first,
            config -> {
              config.entities(Novel.class).optional().acquireTimeout(Duration.ofMillis(20));
              settings.accept(config);
            });
    silence.awaitArrival();
    return engine;
  }

  @Test
  void anotherDataSourceIsNotLostWhileAnAttemptWithTheFormerOneIsUnderWay() {
    Held silence = new Held();
    door.open();
    List<String> closed = new CopyOnWriteArrayList<>();
    AtomicReference<HibernatePersistenceConfiguration> configured = new AtomicReference<>();
    Engine engine =
        stillStarting(
            silence,
            config ->
                config.persistence(
                    p -> {
                      p.property("hibernate.session_factory_observer", factoryObserver(closed));
                      configured.set(p);
                    }));
    Map<String, Object> before = Map.copyOf(configured.get().properties());
    Door other = new Door(H2.dataSource());
    other.open();
    DataSource replacement = other.dataSource();

    engine.switchTo(replacement, Duration.ZERO);
    silence.release();
    awaitUp(engine);

    assertThat(engine.sessionFactory().isOpen()).isTrue();
    assertThat(engine.dataSource()).isSameAs(replacement);
    assertThat(engine.host(HostUsers.NONE).dataSource()).isSameAs(replacement);
    assertThat(factories).hasValue(2);
    assertThat(closed).hasSize(1); // that of the former one
    assertThat(observer.started()).hasSize(1);
    // What names and integrates was made once, and not around that of the attempt before.
    assertThat(configured.get().properties())
        .containsEntry(
            AvailableSettings.IMPLICIT_NAMING_STRATEGY,
            before.get(AvailableSettings.IMPLICIT_NAMING_STRATEGY))
        .containsEntry(
            EntityManagerFactoryBuilderImpl.INTEGRATOR_PROVIDER,
            before.get(EntityManagerFactoryBuilderImpl.INTEGRATOR_PROVIDER));
    assertThat(before)
        .containsKeys(
            AvailableSettings.IMPLICIT_NAMING_STRATEGY,
            EntityManagerFactoryBuilderImpl.INTEGRATOR_PROVIDER);
  }

  @Test
  void dataSourceThatIsWantedAgainWhileItsAttemptIsGivenUpIsStartedWithAgain() {
    Held silence = new Held();
    door.open();
    AtomicReference<Runnable> whenGivenUp = new AtomicReference<>();
    DataSource first = door.dataSource();
    Engine engine =
        stillStarting(
            first,
            silence,
            config ->
                config.persistence(
                    p ->
                        p.property(
                            "hibernate.session_factory_observer",
                            new SessionFactoryObserver() {
                              @Override
                              public void sessionFactoryClosed(SessionFactory factory) {
                                Runnable action = whenGivenUp.getAndSet(null);
                                if (action != null) {
                                  action.run();
                                }
                              }
                            })));
    whenGivenUp.set(() -> engine.switchTo(first, Duration.ZERO));

    engine.switchTo(new Door(H2.dataSource()).dataSource(), Duration.ZERO);
    silence.release();
    awaitUp(engine);

    assertThat(whenGivenUp).hasValue(null);
    assertThat(engine.dataSource()).isSameAs(first);
  }

  @Test
  void attemptThatFailsOnTheFormerDataSourceIsFollowedAtOnceByOneOnTheOther() {
    Held silence = new Held();
    Engine engine = stillStarting(silence, config -> {});
    Door other = new Door(H2.dataSource());
    other.open();
    DataSource replacement = other.dataSource();

    engine.switchTo(replacement, Duration.ZERO);
    silence.release();
    awaitUp(engine);

    assertThat(engine.dataSource()).isSameAs(replacement);
    assertThat(observer.warnings()).isEmpty(); // it was never down
  }

  @Test
  void reinitHurriesAnEngineThatIsDown() {
    Engine engine = optional();

    Eventually.until(
        "it brings the next attempt forward",
        () -> bringsTheNextAttemptForward(engine, engine::reinit));
  }
}
