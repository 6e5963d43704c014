package io.sqlassist.session;

import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of pieces of work. None is left behind, and none keeps anything of the thread that
 * happened to start it.
 */
final class PieceThreads {

  /** Of all pieces together, besides the first of each call. */
  private static final int MOST_PLATFORM_THREADS = 64;

  private static final String NAME = "sqlassist-piece-";

  private static final PieceThreads OF_THIS_JVM = ofThisJvm();

  private final Executor executor;
  private final Semaphore free;

  private PieceThreads(Executor executor, int most) {
    this.executor = executor;
    this.free = new Semaphore(most);
  }

  /** Virtual ones where there are any. */
  static PieceThreads get() {
    return OF_THIS_JVM;
  }

  private static PieceThreads ofThisJvm() {
    try {
      return virtual();
    } catch (ReflectiveOperationException e) {
      return platform(MOST_PLATFORM_THREADS); // before Java 21, or a preview that is not enabled
    }
  }

  /** By reflection, since the library runs on Java 17 as well. */
  private static PieceThreads virtual() throws ReflectiveOperationException {
    Class<?> builders = Class.forName("java.lang.Thread$Builder");
    Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
    builders.getMethod("name", String.class, long.class).invoke(builder, NAME, 1L);
    builders.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(builder, false);
    Method factory = builders.getMethod("factory");
    ThreadFactory threads = (ThreadFactory) factory.invoke(builder);
    return new PieceThreads(task -> threads.newThread(task).start(), Integer.MAX_VALUE);
  }

  /**
   * Daemons, which go when there is nothing to do.
   *
   * @param most how many may be reserved
   */
  static PieceThreads platform(int most) {
    AtomicInteger number = new AtomicInteger();
    ThreadFactory factory =
        task -> {
          Thread thread = new Thread(null, task, NAME + number.incrementAndGet(), 0, false);
          thread.setDaemon(true);
          thread.setContextClassLoader(PieceThreads.class.getClassLoader());
          return thread;
        };
    return new PieceThreads(
        new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, 2, TimeUnit.SECONDS, new SynchronousQueue<>(), factory),
        most);
  }

  /**
   * Takes one of the threads that all calls share.
   *
   * @return false if there is none; a call that has no thread at all needs none of these
   */
  boolean reserve() {
    return free.tryAcquire();
  }

  void giveBack() {
    free.release();
  }

  void start(Runnable piece) {
    executor.execute(piece);
  }
}
