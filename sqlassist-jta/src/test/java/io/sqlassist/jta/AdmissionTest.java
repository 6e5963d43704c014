package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.engine.EngineBusyException;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.JtaShop;
import io.sqlassist.jta.fixture.Numbered;
import io.sqlassist.jta.fixture.ThisNode;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitOrigin;
import io.sqlassist.session.UnitTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Who is let in, who waits, and who is told at once that waiting would be in vain. Who waits in
 * vain is told another thing than that, and after minutes.
 */
class AdmissionTest {

  /** For what has to come, on whatever machine. */
  private static final long LIMIT_MINUTES = 2;

  private static JtaShop shop;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> added = new ArrayList<>();

  @BeforeAll
  static void start() {
    shop = new JtaShop(ThisNode.emptyStore());
  }

  @AfterAll
  static void stop() {
    shop.close();
  }

  @AfterEach
  void removeEngines() {
    threads.shutdownNow();
    added.forEach(shop.registry()::remove);
    added.forEach(engine -> assertThat(shop.jta().pool(engine)).isEmpty());
  }

  private void engine(String name, int size) {
    shop.add(name, size);
    added.add(name);
  }

  private DbSessionsContainer holder(String engine) {
    DbSessionsContainer holder = new DbSessionsContainer(shop.registry(), UnitOrigin.NONE);
    use(holder, engine);
    return holder;
  }

  private static void use(DbSessionsContainer db, String engine) {
    db.session(engine).createNativeQuery("select 1", Integer.class).list();
  }

  @Test
  void aUnitInsideOfOneThatHoldsTheOnlyPlaceIsRefusedAtOnceAlsoOnAnotherEngine() {
    engine("a", 1);
    engine("b", 1);
    shop.useUnit(
        outer -> {
          use(outer, "a");
          assertThatThrownBy(() -> shop.useUnit(inner -> use(inner, "b")))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContainingAll("'b'", "hold all places", "Commit or roll back");
          outer.commit();
          shop.useUnit(inner -> use(inner, "b")); // now it can
        });
  }

  @Test
  void aPieceOfAUnitThatHoldsTheOnlyPlaceIsRefusedAtOnce() {
    engine("a", 1);
    engine("b", 1);
    assertThatThrownBy(
            () ->
                shop.useUnit(
                    outer -> {
                      use(outer, "a");
                      outer.concurrently(
                          List.of(
                              piece -> {
                                use(piece, "b");
                                return true;
                              }));
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("hold all places");
  }

  @Test
  void unitsThatAllWaitForUnitsInsideOfThemAreNotLeftWaitingForEachOther() throws Exception {
    engine("a", 2);
    engine("b", 2);
    CyclicBarrier bothHold = new CyclicBarrier(2);
    List<Future<Boolean>> units = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      units.add(
          threads.submit(
              () -> {
                shop.<Exception>useUnit(
                    outer -> {
                      use(outer, "a");
                      bothHold.await(LIMIT_MINUTES, TimeUnit.MINUTES);
                      shop.useUnit(inner -> use(inner, "b"));
                    });
                return true;
              }));
    }
    int refused = 0;
    for (Future<Boolean> unit : units) {
      try {
        assertThat(unit.get(LIMIT_MINUTES, TimeUnit.MINUTES)).isTrue();
      } catch (ExecutionException e) {
        assertThat(e.getCause())
            .isInstanceOf(EngineBusyException.class)
            .hasMessageContaining("wait for units inside of them");
        refused++;
      }
    }
    // One gives up at once, and so the other gets its place.
    assertThat(refused).isEqualTo(1);
  }

  @Test
  void aTimeLimitEndsTheWaiting() {
    engine("a", 1);
    try (DbSessionsContainer holder = holder("a")) {
      assertThat(holder.isOpen("a")).isTrue();
      assertThatThrownBy(
              () ->
                  shop.useUnit(
                      db ->
                          db.on("a")
                              .timeout(Duration.ofMillis(200))
                              .atomic(
                                  session ->
                                      session.createNativeQuery("select 1", Integer.class).list())))
          .isInstanceOf(UnitTimeoutException.class);
    }
  }

  @Test
  void anInterruptEndsTheWaiting() throws Exception {
    engine("a", 1);
    try (DbSessionsContainer holder = holder("a")) {
      assertThat(holder.isOpen("a")).isTrue();
      CountDownLatch begun = new CountDownLatch(1);
      Future<?> waiting =
          threads.submit(
              () -> {
                begun.countDown();
                shop.useUnit(db -> use(db, "a"));
              });
      begun.await();
      threads.shutdownNow();
      assertThatThrownBy(() -> waiting.get(LIMIT_MINUTES, TimeUnit.MINUTES))
          .hasCauseInstanceOf(EngineBusyException.class)
          .hasMessageContaining("interrupted");
    }
    shop.useUnit(db -> use(db, "a"));
  }

  @Test
  void acquireTimeoutOfAnEngineIsHowLongItsTransactionsWait() {
    shop.add("a", 1, config -> config.entities(Entry.class).acquireTimeout(Duration.ofMillis(100)));
    added.add("a");
    try (DbSessionsContainer holder = holder("a")) {
      assertThat(holder.isOpen("a")).isTrue();
      assertThatThrownBy(() -> shop.useUnit(db -> use(db, "a")))
          .isInstanceOfSatisfying(
              EngineBusyException.class,
              e ->
                  assertThat(e.waited())
                      .isGreaterThanOrEqualTo(Duration.ofMillis(100))
                      .isLessThan(JtaShop.LONG))
          .hasMessageContaining("connections (1)");
    }
  }

  @Test
  void transactionsThatWantAnIdFromATableDontWaitForEachOther() throws Exception {
    shop.add("a", 2, config -> config.entities(Entry.class, Numbered.class));
    added.add("a");
    List<Future<Boolean>> units = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int id = i;
      units.add(
          threads.submit(
              () -> {
                shop.useUnit(
                    db -> {
                      db.session("a").persist(new Entry(id, "entry " + id));
                      db.session("a").flush();
                      db.session("a").persist(new Numbered());
                      db.session("a").flush();
                    });
                return true;
              }));
    }
    for (Future<Boolean> unit : units) {
      assertThat(unit.get(LIMIT_MINUTES, TimeUnit.MINUTES)).isTrue();
    }
    assertThat(shop.texts("a")).hasSize(8);
    assertThatThrownBy(
            () -> shop.add("one", 1, config -> config.entities(Entry.class, Numbered.class)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("'one'", "maximumPoolSize is 1");
  }

  @Test
  void theSmallestPoolCountsOnlyAsLongAsItIsThere() {
    engine("a", 2);
    shop.add("narrow", 1);
    try (DbSessionsContainer first = holder("a")) {
      assertThat(first.isOpen("a")).isTrue();
      shop.registry().remove("narrow");
      shop.useUnit(db -> use(db, "a"));
    }
  }
}
