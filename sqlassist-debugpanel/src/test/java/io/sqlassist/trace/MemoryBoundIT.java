package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.debugpanel.Proves;
import io.sqlassist.trace.Entries.Executed;
import io.sqlassist.trace.Entries.OfConnection;
import java.lang.management.ManagementFactory;
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
    SqlShape shape = Driven.shape("select a from t where b = ?");
    Executed repeated = Driven.executed(shape, 0, 0);
    long before = usedHeap();
    long largest = 0;
    for (int i = 0; i < REQUESTS; i++) {
      Recording recording = recorder.begin("request " + i);
      OfConnection connection = Driven.connection(recording);
      for (int j = 0; j < STATEMENTS; j++) {
        boolean own = j < 500 && i % 10 == 0;
        recording.executed(connection, own ? Driven.executed(shape, 4, 250) : repeated);
      }
      recording.released(connection);
      recording.close();
      largest = Math.max(largest, recorder.store().bytes());
    }

    assertThat(largest).isLessThanOrEqualTo(most);
    assertThat(recorder.store().size()).isBetween(1, recorder.settings().requests());
    TraceSummary last = recorder.store().list().get(0);
    assertThat(last.totals().statements()).isEqualTo(STATEMENTS);
    assertThat(usedHeap() - before).as("the estimation is near the truth").isLessThan(2 * most);
  }
}
