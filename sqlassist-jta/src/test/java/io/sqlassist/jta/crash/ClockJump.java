package io.sqlassist.jta.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.jta.crash.CrashLane.Served;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The wall clock is set back by an hour between the moment recovery first sees a prepared branch
 * and the one in which it may roll it back. The process gets its clock from a small library, which
 * is compiled here.
 */
final class ClockJump {

  private static final String LIBRARY =
      """
      #define _GNU_SOURCE
      #include <fcntl.h>
      #include <stdlib.h>
      #include <sys/syscall.h>
      #include <sys/time.h>
      #include <time.h>
      #include <unistd.h>
      static long shift(void) {
        char text[32] = {0};
        int file = open(getenv("CLOCK_SHIFT"), O_RDONLY);
        if (file < 0) return 0;
        if (read(file, text, sizeof text - 1) < 0) text[0] = 0;
        close(file);
        return atol(text);
      }
      int clock_gettime(clockid_t clock, struct timespec *now) {
        int result = syscall(SYS_clock_gettime, clock, now);
        if (clock == CLOCK_REALTIME) now->tv_sec += shift();
        return result;
      }
      int gettimeofday(struct timeval *now, void *zone) {
        struct timespec precise;
        clock_gettime(CLOCK_REALTIME, &precise);
        now->tv_sec = precise.tv_sec;
        now->tv_usec = precise.tv_nsec / 1000;
        return 0;
      }
      """;

  private ClockJump() {}

  static boolean isPossible() {
    try {
      return new ProcessBuilder("cc", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  static void run(CrashLane lane, Path folder) throws Exception {
    Path source = Files.writeString(folder.resolve("clock.c"), LIBRARY);
    Path library = folder.resolve("clock.so");
    Process compiler =
        new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString())
            .inheritIO()
            .start();
    assertThat(compiler.waitFor()).isZero();
    Path shift = Files.writeString(folder.resolve("shift"), "0");

    assertThat(lane.run("halt:after:prepare:2", CrashMain.HALTED)).doesNotContain("survived");
    try (Served process =
        lane.serve(Map.of("LD_PRELOAD", library.toString(), "CLOCK_SHIFT", shift.toString()))) {
      long before = Long.parseLong(process.ask("clock 0"));
      String found = process.ask("doubt 0");
      while (found.equals("0")) {
        found = process.ask("doubt 0");
      }
      Files.writeString(shift, "-3600");
      assertThat(Long.parseLong(process.ask("clock 0"))).isLessThan(before - 3_000_000);

      assertThat(process.ask("recover 0")).startsWith("recovered");
    }
    assertThat(lane.orders().ids()).isEmpty();
    assertThat(lane.ledger().ids()).isEmpty();
  }
}
