package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineBusyException;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.Units;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Threads wait for a connection before the pool is asked; that is waiting all the same. */
class CrowdedPoolTest {

  private static Traced withOneConnection(Duration timeout) {
    Traced traced = new Traced(config -> config.slowAcquire(Duration.ofMillis(20)));
    traced.registry.defaults(engine -> engine.acquireTimeout(timeout));
    traced.add("writer", DatabaseKind.H2.fresh(), EngineKind.READ_WRITE, 1);
    return traced;
  }

  private static void ask(DbSessionsContainer db) {
    db.writer().createNativeQuery("select 1", Integer.class).getResultList();
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it takes too long").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void waitingBeforeThePoolIsPartOfTheAcquisitionAndOfThePoolsFigures() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (Traced traced = withOneConnection(Duration.ofMinutes(5))) {
      DbSessionsContainer holding = Units.openUnit(traced.registry);
      ask(holding);
      Future<Trace> waiting = other.submit(() -> traced.trace(CrowdedPoolTest::ask));
      await(() -> traced.registry.engine("writer").pool().orElseThrow().waiting() == 1);
      long waitsSince = System.nanoTime();
      await(
          () -> {
            traced.recorder.samplePools();
            return traced.recorder.pools().get(0).samples().stream()
                .anyMatch(each -> each.waiting() == 1 && each.active() == 1);
          });
      await(() -> System.nanoTime() - waitsSince > 40_000_000);
      long waited = System.nanoTime() - waitsSince;
      holding.close();
      Trace trace = waiting.get(60, TimeUnit.SECONDS);

      ConnectionTrace connection = trace.connections().get(0);
      assertThat(connection.acquiredNanos() - connection.requestedNanos())
          .isGreaterThanOrEqualTo(waited);
      assertThat(Traced.detectors(trace.findings())).contains("slow-acquire");
      assertThat(traced.recorder.pools().get(0).acquireP95Nanos()).isGreaterThanOrEqualTo(waited);
    } finally {
      other.shutdownNow();
    }
  }

  @Test
  void aWaitThatEndsInVainIsAnAcquisitionThatFailed() {
    try (Traced traced = withOneConnection(Duration.ofMillis(30))) {
      DbSessionsContainer holding = Units.openUnit(traced.registry);
      ask(holding);
      Recording recording = traced.recorder.begin("in vain");
      Attachment attachment = recording.attach();
      assertThatThrownBy(() -> Units.useUnit(traced.registry, CrowdedPoolTest::ask))
          .isInstanceOf(EngineBusyException.class);
      attachment.close();
      holding.close();
      Trace trace = recording.finish();

      assertThat(trace.connections())
          .singleElement()
          .satisfies(
              each -> {
                assertThat(each.failure()).isNotNull();
                assertThat(each.acquiredNanos() - each.requestedNanos())
                    .isGreaterThanOrEqualTo(30_000_000);
              });
      assertThat(Traced.detectors(trace.findings())).contains("slow-acquire");
      assertThat(trace.statements()).isEmpty();
      assertThat(traced.recorder.captureErrors()).isZero();
    }
  }
}
