package io.sqlassist.javalin.soak;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Everything that was not as it must be. The test passes if there is nothing. */
final class Problems {

  private static final int KEPT = 60;

  private final AtomicInteger count = new AtomicInteger();
  private final Queue<String> first = new ConcurrentLinkedQueue<>();

  void add(String problem) {
    if (count.getAndIncrement() < KEPT) {
      first.add(problem);
    }
  }

  void check(boolean holds, String problem) {
    if (!holds) {
      add(problem);
    }
  }

  int count() {
    return count.get();
  }

  @Override
  public String toString() {
    return count() + " problems, among them\n" + first.stream().collect(Collectors.joining("\n"));
  }
}
