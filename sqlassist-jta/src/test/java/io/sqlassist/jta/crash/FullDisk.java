package io.sqlassist.jta.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.jta.crash.CrashLane.Served;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/**
 * The disk of the object store is full. What stands for it is a limit on the size of the process's
 * files, set while it runs: a file can be made, and nothing written to it.
 */
final class FullDisk {

  private FullDisk() {}

  static boolean isPossible() {
    try {
      return new ProcessBuilder("prlimit", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void limit(Served process, String soft) throws Exception {
    Process prlimit =
        new ProcessBuilder("prlimit", "--pid", "" + process.pid(), "--fsize=" + soft + ":")
            .inheritIO()
            .start();
    assertThat(prlimit.waitFor()).isZero();
  }

  static void run(CrashLane lane) throws Exception {
    try (Served process = lane.serve()) {
      assertThat(process.ask("both 1")).isEqualTo("done 1");
      limit(process, "0");
      assertThat(process.ask("both 2")).startsWith("failed 2").contains("RollbackException");
      // One engine commits in one phase, and needs no log.
      assertThat(process.ask("one 3")).isEqualTo("done 3");
      assertThat(lane.orders().ids()).containsExactly(1L, 3L);
      limit(process, "unlimited");
      assertThat(process.ask("both 4")).isEqualTo("done 4");
      limit(process, "0");
      assertThat(process.ask("both 5")).startsWith("failed 5");
      process.kill(); // what the full disk has left in the store is there at the next start
    }
    assertThat(lane.run("recover", 0)).anyMatch(line -> line.startsWith("recovered"));
    assertThat(lane.orders().ids()).isEqualTo(new TreeSet<>(Set.of(1L, 3L, 4L)));
    assertThat(lane.ledger().ids()).isEqualTo(new TreeSet<>(Set.of(1L, 4L)));
  }
}
