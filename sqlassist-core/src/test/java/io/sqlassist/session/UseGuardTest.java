package io.sqlassist.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.fixture.Eventually;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A statement that is cancelled from outside, the thread that runs it, and who closes its unit. */
@Timeout(60)
class UseGuardTest {

  private final UseGuard guard = new UseGuard(() -> "a unit");
  private final List<String> order = new CopyOnWriteArrayList<>();
  private volatile boolean leaving;

  /** Else the connection could be another unit's by then, and its statement be cancelled. */
  @Test
  void aThreadDoesNotComeOutOfAStatementThatIsJustBeingCancelled() throws Exception {
    CountDownLatch cancelling = new CountDownLatch(1);
    Thread worker = workerThatLeaves(cancelling);

    guard.cancel(
        () -> {
          cancelling.countDown();
          while (!leaving || !isWaitingOrGone(worker)) {
            Thread.onSpinWait();
          }
          order.add("cancelled");
        });
    worker.join();

    assertThat(order).containsExactly("cancelled", "left");
  }

  @Test
  void anInterruptMeanwhileIsKept() throws Exception {
    CountDownLatch cancelling = new CountDownLatch(1);
    Thread worker = workerThatLeaves(cancelling);

    guard.cancel(
        () -> {
          cancelling.countDown();
          while (!leaving || !isWaitingOrGone(worker)) {
            Thread.onSpinWait();
          }
          worker.interrupt();
          order.add("cancelled");
        });
    worker.join();

    assertThat(order).containsExactly("cancelled", "interrupted", "left");
  }

  @Test
  void nothingIsCancelledWhereNobodyUsesTheUnitOrCommitsIt() {
    guard.cancel(() -> order.add("unused"));
    guard.enter();
    guard.beginCommitting();
    guard.cancel(() -> order.add("committing"));
    guard.endCommitting();
    guard.exit();

    assertThat(order).isEmpty();
  }

  /** Between two regions a thread may still be at work. */
  @Test
  void abandonedUnitIsTakenOverWhenItsLastUseWasLongEnoughAgo() {
    long quiet = TimeUnit.MILLISECONDS.toNanos(50);
    UseGuard used;
    boolean takenAtOnce;
    long took;
    do { // until this thread was not stopped for so long itself
      used = new UseGuard(() -> "a unit");
      used.enter();
      used.abandon();
      long abandoned = System.nanoTime();
      Eventually.until("that was long ago", () -> System.nanoTime() - abandoned > quiet);
      assertThat(used.takeOver(quiet)).as("while it is in use").isFalse();
      long begin = System.nanoTime();
      used.exit();
      takenAtOnce = used.takeOver(quiet);
      took = System.nanoTime() - begin;
    } while (took >= quiet);

    assertThat(takenAtOnce).isFalse();
    UseGuard left = used;
    Eventually.until("it is taken over", () -> left.takeOver(quiet));
  }

  @Test
  void othersAreNotKeptWaitingByACancellation() {
    guard.enter();
    guard.cancel(() -> order.add(guard.abandon() ? "abandoned" : "not abandoned"));
    guard.exit();

    assertThat(order).containsExactly("abandoned");
  }

  private Thread workerThatLeaves(CountDownLatch cancelling) throws InterruptedException {
    CountDownLatch running = new CountDownLatch(1);
    Thread worker =
        new Thread(
            () -> {
              guard.jdbcExecuteStatementStart();
              running.countDown();
              try {
                assertThat(cancelling.await(60, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException e) {
                order.add("interrupted too early");
              }
              leaving = true;
              guard.jdbcExecuteStatementEnd();
              if (Thread.currentThread().isInterrupted()) {
                order.add("interrupted");
              }
              order.add("left");
            });
    worker.start();
    assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
    return worker;
  }

  private static boolean isWaitingOrGone(Thread thread) {
    return thread.getState() == Thread.State.WAITING
        || thread.getState() == Thread.State.TERMINATED;
  }
}
