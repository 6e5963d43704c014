package io.sqlassist.session;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs what must happen later, on threads of its own: the JDK's common pool may be full of the very
 * workers that are to be ended. The threads are daemons, and go when there is nothing to do.
 */
final class Watch {

  private static final ScheduledThreadPoolExecutor TIMER = timer();

  /** What is run may have to wait for a database, and must not keep the timer from others. */
  private static final ExecutorService WORKERS =
      new ThreadPoolExecutor(
          0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons("watch"));

  private Watch() {}

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, daemons("timer"));
    timer.setKeepAliveTime(10, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      String numbered = "sqlassist-" + name + "-" + number.incrementAndGet();
      Thread thread = new Thread(null, task, numbered, 0, false);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Runs a task after a while, whatever happens. A task reports its failures itself. */
  @SuppressWarnings("FutureReturnValueIgnored")
  static void later(Duration pause, Runnable task) {
    after(pause, task);
  }

  /** Runs a task after a while. Cancelling the future keeps it from being started. */
  static Future<?> after(Duration pause, Runnable task) {
    return TIMER.schedule(() -> WORKERS.execute(task), pause.toNanos(), TimeUnit.NANOSECONDS);
  }
}
