package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.debugpanel.Proves;
import io.sqlassist.trace.Entries.Executed;
import io.sqlassist.trace.Entries.OfConnection;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** 10,000 requests with 10,000 statements each. */
class MemoryBoundIT {

  private static final int REQUESTS = 10_000;
  private static final int STATEMENTS = 10_000;

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  @Proves("S16")
  void storeStaysBelowItsCapHoweverMuchIsRecorded() {
    Recorder recorder = new Recorder();
    long most = recorder.settings().bytes();
    Executed repeated = Driven.executed(Driven.shape("select a from t where b = ?"), 0, 0);
    List<SqlShape> shapes =
        IntStream.range(0, 1_500)
            .mapToObj(i -> Driven.shape("select a" + i + " from t where b = ?"))
            .toList();
    List<Frame> frames =
        IntStream.range(0, 300)
            .mapToObj(i -> new Frame("shop.Page" + i, "show", "Page.java", i))
            .toList();
    long before = usedHeap();
    long largest = 0;
    for (int i = 0; i < REQUESTS; i++) {
      Recording recording = recorder.begin("request " + i);
      OfConnection connection = Driven.connection(recording);
      for (int j = 0; j < STATEMENTS; j++) {
        recording.executed(
            connection, i % 20 == 0 && j < 6_000 ? own(j, shapes, frames) : repeated);
      }
      recording.released(connection);
      recording.close();
      largest = Math.max(largest, recorder.store().bytes());
    }

    assertThat(largest).isLessThanOrEqualTo(most);
    assertThat(recorder.store().size()).isBetween(1, recorder.settings().requests());
    TraceSummary last = recorder.store().list().get(0);
    assertThat(last.totals().statements()).isEqualTo(STATEMENTS);
    assertThat(usedHeap() - before).as("the estimation is near the truth").isLessThan(most * 3 / 2);
  }

  /** Of everything that the recorder tells apart as many as there can be. */
  private static Executed own(int number, List<SqlShape> shapes, List<Frame> frames) {
    boolean detailed = number < 500;
    return Driven.executed(
        shapes.get(number % shapes.size()),
        detailed ? 4 : 0,
        250,
        frames.get(number % frames.size()),
        number % 7 == 0 ? new Cause(Cause.Kind.LAZY_COLLECTION, "Role" + number % 50) : null);
  }
}
