package io.sqlassist.testing.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Work on four threads at once. */
final class AtOnce {

  /** One piece of it; what it throws fails the test. */
  @FunctionalInterface
  interface Work {
    void run(int number) throws Exception;
  }

  private AtOnce() {}

  /** Runs it so many times, and waits for each as long as is said. */
  static void run(int times, int seconds, Work work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        int number = i;
        all.add(
            threads.submit(
                () -> {
                  work.run(number);
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get(seconds, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
