package io.sqlassist.javalin.soak;

import io.sqlassist.session.Units;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** What the servers, the clients and the workers of one run share. */
final class Soak implements AutoCloseable {

  private static final ThreadLocal<?> CURRENT_UNIT = currentUnit();

  final Problems problems = new Problems();
  final ServersRecord record = new ServersRecord(problems);
  final Map<Integer, CountDownLatch> gone = new ConcurrentHashMap<>();
  final AtomicInteger workersToRefuse = new AtomicInteger();
  final AtomicInteger workersRefused = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** Runs the futures of the handlers. */
  final Executor workers =
      work ->
          threads.execute(
              () -> {
                checkThread();
                work.run();
                checkThread();
              });

  /** Nothing may be left on a thread by what ran there before. */
  void checkThread() {
    problems.check(
        Units.findCurrent().isEmpty(),
        "a unit of work is current on " + Thread.currentThread().getName());
    problems.check(
        CURRENT_UNIT.get() == null,
        "something of a unit of work is left on " + Thread.currentThread().getName());
  }

  private static ThreadLocal<?> currentUnit() {
    try {
      Field field = Class.forName("io.sqlassist.session.CurrentUnit").getDeclaredField("CURRENT");
      field.setAccessible(true);
      return (ThreadLocal<?>) field.get(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
