package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.sqlassist.fixture.Eventually;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.Held;
import io.sqlassist.observe.Observer;
import io.sqlassist.session.Units;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.crac.CheckpointException;
import org.crac.Core;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens around a checkpoint of the JVM, told by its callbacks. */
class CheckpointsTest {

  private final EngineRegistry registry = EngineRegistry.create(Observer.NONE);
  private final Checkpoints.Registered resource = Checkpoints.Registered.of(registry);
  private final AtomicInteger evicted = new AtomicInteger();
  private final Engine writer =
      registry.initializeEngine(
          "writer", config -> config.entities().url(H2.url()).pool(pool -> pool.setMinimumIdle(2)));
  private final HikariDataSource pool = (HikariDataSource) writer.dataSource();

  @AfterEach
  void close() {
    registry.close();
  }

  private int session() {
    return Units.<Integer, RuntimeException>inUnit(
        registry,
        db ->
            db.writer().createNativeQuery("select session_id()", Integer.class).getSingleResult());
  }

  private int connections() {
    return pool.getHikariPoolMXBean().getTotalConnections();
  }

  @Test
  void poolsHaveNoConnectionAtTheCheckpointAndConnectAnewAfterwards() throws Exception {
    registry.initializeEngine("other", pool, config -> config.entities()); // one pool, two engines
    int before = session();
    // Two, or three: it was filling itself while one was in use.
    Eventually.until(
        "the pool is full", () -> pool.getHikariPoolMXBean().getIdleConnections() >= 2);

    resource.beforeCheckpoint(Core.getGlobalContext());
    assertThat(connections()).isZero();
    assertThat(pool.getMinimumIdle()).isZero(); // or it would fill itself again

    resource.afterRestore(Core.getGlobalContext());
    assertThat(session()).isNotEqualTo(before);
    assertThat(pool.getMinimumIdle()).isEqualTo(2);
  }

  @Test
  void checkpointWaitsForWorkThatIsUnderWayAndNewWorkWaitsForTheRestore() throws Exception {
    Held work = new Held();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      Future<?> unit =
          threads.submit(
              () ->
                  Units.useUnit(
                      registry,
                      db -> {
                        db.writer().createNativeQuery("select 1", Integer.class).getSingleResult();
                        work.arriveAndWait();
                      }));
      work.awaitArrival();
      Future<?> checkpoint =
          threads.submit(
              () -> {
                resource.beforeCheckpoint(Core.getGlobalContext());
                return null;
              });
      Eventually.until("nobody is let in", () -> writer.pool().orElseThrow().max() == 0);
      Future<Integer> late = threads.submit(this::session);
      Eventually.until("it waits", () -> writer.pool().orElseThrow().waiting() == 1);
      assertThat(checkpoint.isDone()).isFalse();

      work.release();
      unit.get(60, TimeUnit.SECONDS);
      checkpoint.get(60, TimeUnit.SECONDS);
      assertThat(connections()).isZero();
      assertThat(late.isDone()).isFalse();

      resource.afterRestore(Core.getGlobalContext());
      assertThat(late.get(60, TimeUnit.SECONDS)).isPositive();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void checkpointIsRefusedWhileWorkDoesNotEndAndTheApplicationGoesOn() {
    Units.useUnit(
        registry,
        db -> {
          db.writer().createNativeQuery("select 1", Integer.class).getSingleResult();

          assertThatThrownBy(() -> resource.beforeCheckpoint(Core.getGlobalContext()))
              .isInstanceOf(CheckpointException.class)
              .hasMessageContaining("Engine 'writer' has connections in use")
              .hasMessageContaining("when no work is under way");
          assertThat(session()).isPositive(); // it takes connections again
        });
    assertThat(pool.getMinimumIdle()).isEqualTo(2);
  }

  @Test
  void otherPoolsDropTheirConnectionsAsTheyWereTold() throws Exception {
    registry.initializeEngine(
        "audit",
        H2.dataSource(),
        config -> config.entities().reinit(dataSource -> evicted.incrementAndGet()));

    resource.beforeCheckpoint(Core.getGlobalContext());
    resource.afterRestore(Core.getGlobalContext());

    assertThat(evicted).hasValue(1);
  }

  @Test
  void onAJvmThatMakesNoCheckpointsNothingHappens() {
    assumeTrue(ModuleLayer.boot().findModule("jdk.crac").isEmpty(), "this JVM makes checkpoints");
    Eventually.until("the pool is full", () -> connections() == 2);

    assertThatThrownBy(Core::checkpointRestore).isInstanceOf(UnsupportedOperationException.class);

    assertThat(connections()).isEqualTo(2);
    assertThat(session()).isPositive();
  }
}
