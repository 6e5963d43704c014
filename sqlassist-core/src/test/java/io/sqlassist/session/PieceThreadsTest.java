package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.fixture.Held;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The threads of JVMs without virtual ones; tested on every JVM. */
class PieceThreadsTest {

  private final PieceThreads threads = PieceThreads.platform(2);

  private Thread start(Runnable work) {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    threads.start(
        () -> {
          thread.complete(Thread.currentThread());
          work.run();
        });
    return thread.orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Test
  void noMoreThanTheMostCanBeReserved() {
    assertThat(threads.reserve()).isTrue();
    assertThat(threads.reserve()).isTrue();
    assertThat(threads.reserve()).isFalse();

    threads.giveBack();

    assertThat(threads.reserve()).isTrue();
  }

  @Test
  void aPieceWithoutAReservationRunsAlthoughAllAreTaken() {
    Held held = new Held();
    threads.reserve();
    threads.reserve();
    start(held::arriveAndWait);
    start(held::arriveAndWait);

    assertThat(start(() -> {}).getName()).startsWith("sqlassist-piece-");

    held.release();
  }

  @Test
  void theThreadsAreDaemonsThatEndAndKeepNothingOfTheirStarter() throws Exception {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Thread thread;
    try {
      Thread.currentThread().setContextClassLoader(new ClassLoader(before) {});
      thread = start(() -> {});
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }

    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getContextClassLoader()).isSameAs(PieceThreads.class.getClassLoader());
    thread.join(TimeUnit.SECONDS.toMillis(60));
    assertThat(thread.isAlive()).isFalse();
  }
}
