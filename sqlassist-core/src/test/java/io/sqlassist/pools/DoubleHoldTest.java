package io.sqlassist.pools;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Threads that hold one connection of a pool and need a second one. */
class DoubleHoldTest {

  private static final int POOL = 4;

  private final TestEngines engines =
      TestEngines.none()
          .add("writer", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE)
          .add("ledger", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE);

  @AfterEach
  void close() {
    engines.assertConnectionsAreBackAndClean();
    engines.close();
  }

  private void addOnTheWritersPool(String name, EngineKind kind) {
    engines.add(name, engines.pool("writer"), kind, engine -> engine.entities());
    engines.observer().clear();
  }

  private List<String> warnings() {
    return engines.observer().warnings();
  }

  private void inUnit(Runnable work) {
    Units.useUnit(engines.registry(), db -> work.run());
  }

  private static Session session(String engine) {
    return Units.current().session(engine);
  }

  private static void query(String engine) {
    query(session(engine));
  }

  private static void query(Session session) {
    session.createNativeQuery("select 1", Integer.class).getSingleResult();
  }

  private void outer() {
    Session writer = session("writer");
    query(writer);
    inUnit(this::inner);
  }

  private void inner() {
    Session writer = session("writer");
    query(writer);
  }

  @Test
  void innerUnitThatNeedsASecondConnectionIsWarnedOfWithBothPlacesAndTheFormula() {
    inUnit(this::outer);

    assertThat(warnings())
        .singleElement()
        .asString()
        .startsWith("writer: one thread holds a connection of a pool and needs a second one")
        .containsPattern(
            "the first by engine 'writer', opened at [\\w.]+DoubleHoldTest\\.session\\(Double")
        .containsPattern("the second by engine 'writer' at [\\w.]+DoubleHoldTest\\.query\\(Double")
        .contains("pool size >= threads x (connections per unit - 1) + 1")
        .contains("the 4 of this pool are enough for 3 such threads at once");
    assertThat(POOL).isEqualTo(engines.pool("writer").getMaximumPoolSize());
  }

  @Test
  void itIsSaidOnceForEachPool() {
    for (int i = 0; i < 3; i++) {
      inUnit(this::outer);
    }
    assertThat(warnings()).hasSize(1);

    inUnit(
        () -> {
          query("ledger");
          inUnit(() -> query("ledger"));
        });
    assertThat(warnings()).hasSize(2);
  }

  @Test
  void twoEnginesOnOneDataSourceAreWarnedOf() {
    addOnTheWritersPool("second", EngineKind.READ_WRITE);

    inUnit(
        () -> {
          query("writer");
          query("second");
        });

    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("the first by engine 'writer'", "the second by engine 'second'");
  }

  @Test
  void sessionThatWasOpenedFirstMayBeTheSecondToAcquire() {
    addOnTheWritersPool("second", EngineKind.READ_WRITE);

    inUnit(
        () -> {
          Session writer = session("writer");
          query("second");
          query(writer);
        });

    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("the first by engine 'second'", "the second by engine 'writer'");
  }

  @Test
  void readerOnThePoolOfAWriterIsWarnedOfWhileTheWriterHoldsItsConnection() {
    addOnTheWritersPool("reader", EngineKind.READ_ONLY);
    inUnit(
        () -> {
          query("reader");
          query("writer");
        });
    assertThat(warnings()).isEmpty();

    inUnit(
        () -> {
          query("writer");
          query("reader");
        });
    assertThat(warnings()).hasSize(1);
  }

  @Test
  void enginesThatKeepNoConnectionAreNotWarnedOf() {
    addOnTheWritersPool("reader", EngineKind.READ_ONLY);
    addOnTheWritersPool("logger", EngineKind.AUTOCOMMIT);

    inUnit(
        () -> {
          query("reader");
          query("logger");
          inUnit(() -> query("reader"));
        });

    assertThat(warnings()).isEmpty();
  }

  @Test
  void connectionGivenBackInBetweenIsNotWarnedOf() {
    inUnit(
        () -> {
          query("writer");
          Units.current().commit();
          inUnit(() -> query("writer"));
        });
    inUnit(
        () -> {
          query("writer");
          inUnit(() -> session("writer"));
        });

    assertThat(warnings()).isEmpty();
  }

  @Test
  void anyOfThreeSessionsMayBeTheOneThatHolds() {
    addOnTheWritersPool("second", EngineKind.READ_WRITE);
    addOnTheWritersPool("third", EngineKind.READ_WRITE);

    inUnit(
        () -> {
          Session writer = session("writer");
          session("second");
          query("third");
          query(writer);
        });

    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("the first by engine 'third'", "the second by engine 'writer'");
  }

  @Test
  void outerUnitThatAcquiresInsideOfTheInnerOneIsWarnedOf() {
    inUnit(
        () -> {
          Session outer = session("writer");
          for (int i = 0; i < 3; i++) {
            inUnit(() -> session("writer"));
          }
          inUnit(
              () -> {
                query("writer");
                query(outer);
              });
        });

    assertThat(warnings()).hasSize(1);
  }

  @Test
  void unitThatIsCurrentOnManyThreadsMayHaveInnerUnitsOnEachOfThem() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(POOL - 1);
    try (DbSessionsContainer outer = engines.unit()) {
      query(outer.writer());
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        all.add(threads.submit(outer.wrap(() -> inUnit(() -> query("writer")))));
      }
      for (Future<?> each : all) {
        each.get(60, TimeUnit.SECONDS);
      }
      query(outer.writer());
    } finally {
      threads.shutdown();
    }

    assertThat(warnings()).hasSize(1);
  }

  @Test
  void otherPoolsAreNotWarnedOf() {
    inUnit(
        () -> {
          query("writer");
          query("ledger");
          inUnit(() -> {});
        });
    try (DbSessionsContainer notCurrentHere = engines.unit()) {
      query(notCurrentHere.writer());
      inUnit(() -> query("ledger"));
    }

    assertThat(warnings()).isEmpty();
  }

  @Test
  void whoWasNotTracedTheFirstTimeIsTracedTheSecondTime() {
    for (int i = 0; i < 1000; i++) {
      inUnit(() -> session("writer"));
    }

    inUnit(this::outer);
    assertThat(warnings()).isEmpty();
    inUnit(this::outer);

    assertThat(warnings())
        .singleElement()
        .asString()
        .containsPattern("opened at [\\w.]+DoubleHoldTest\\.session\\(Double");
  }
}
