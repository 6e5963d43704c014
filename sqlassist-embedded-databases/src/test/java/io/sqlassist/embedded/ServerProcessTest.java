package io.sqlassist.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerProcessTest {
  @Test
  void aCommandThatNobodyWaitsForAnyMoreIsKilled() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> ServerProcess.run(List.of("sleep", "4711"), ""))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Interrupted");
    } finally {
      assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
    }

    List<ProcessHandle> left =
        ProcessHandle.current()
            .children()
            .filter(child -> child.info().commandLine().orElse("").endsWith("sleep 4711"))
            .toList();
    try {
      assertThat(left)
          .allSatisfy(child -> assertThat(child.onExit()).succeedsWithin(Duration.ofMinutes(1)));
    } finally {
      left.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
