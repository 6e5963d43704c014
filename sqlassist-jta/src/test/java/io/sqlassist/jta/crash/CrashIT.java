package io.sqlassist.jta.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.jta.crash.CrashLane.Round;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kills a process in the middle of its commits, starts it again, and compares the two databases
 * with each other and with what the process had told. Random kills: 30, or {@code -Dkills=500};
 * each is compared by itself and written to {@code -Dkills.report}, by default {@code
 * target/kills.txt}, so that a run that is broken off has proved what it had come to. With {@code
 * -Dkills.h2=true} each point is tried on H2's files, too; not by default, since H2 can't always
 * open its own file again after a kill.
 */
class CrashIT {

  private static final int KILLS = Integer.getInteger("kills", 30);
  private static final int LANES = Integer.getInteger("kills.lanes", 4);
  private static final Path REPORT =
      Path.of(System.getProperty("kills.report", "target/kills.txt"));

  @TempDir static Path folder;
  private static ExecutorService lanes;
  private static final Map<String, Future<TreeSet<Long>>> POINTS = new LinkedHashMap<>();
  private static final List<Future<?>> RANDOM = new ArrayList<>();
  private static Future<?> fullDisk;
  private static Future<?> clockJump;
  private static final List<Round> ROUNDS = new ArrayList<>();

  /** All at once, as many as there are lanes; each test then waits for its own. */
  @BeforeAll
  static void begin() throws IOException {
    forget(); // what an earlier try has left
    lanes = Executors.newFixedThreadPool(LANES);
    long seed = Long.getLong("kills.seed", System.nanoTime());
    Files.createDirectories(REPORT.toAbsolutePath().getParent());
    for (int lane = 1; lane <= LANES; lane++) {
      int kills = KILLS / LANES + (lane <= KILLS % LANES ? 1 : 0);
      if (kills > 0) {
        CrashLane each = lane("crash-%02d".formatted(lane), "MariaDB");
        long laneSeed = seed + lane;
        RANDOM.add(
            lanes.submit(
                () -> {
                  each.killAtRandom(kills, laneSeed, CrashIT::write);
                  return null;
                }));
      }
    }
    pointsOfTheProtocol()
        .forEach(
            point -> {
              String at = (String) point.get()[0];
              String kind = (String) point.get()[1];
              Callable<TreeSet<Long>> halts =
                  () -> lane("halt-" + at.replace(":", "-"), kind).idsAfterHaltAt(at);
              POINTS.put(at + kind, lanes.submit(halts));
            });
    fullDisk =
        lanes.submit(
            () -> {
              if (FullDisk.isPossible()) {
                FullDisk.run(lane("full-disk", "MariaDB"));
              }
              return null;
            });
    clockJump =
        lanes.submit(
            () -> {
              if (ClockJump.isPossible()) {
                ClockJump.run(lane("clock-jump", "MariaDB"), folder);
              }
              return null;
            });
  }

  private static synchronized void forget() {
    POINTS.clear();
    RANDOM.clear();
    ROUNDS.clear();
  }

  @AfterAll
  static void end() throws InterruptedException {
    lanes.shutdownNow();
    assertThat(lanes.awaitTermination(5, TimeUnit.MINUTES)).as("all processes are ended").isTrue();
  }

  private static CrashLane lane(String node, String ledger) {
    Path own = folder.resolve(node + "-" + ledger);
    return new CrashLane(
        node,
        own.resolve("store"),
        CrashDatabase.of(DatabaseKind.POSTGRESQL.fresh()),
        ledger.equals("H2")
            ? CrashDatabase.h2(own.resolve("ledger"))
            : CrashDatabase.of(DatabaseKind.MARIADB.fresh()));
  }

  private static synchronized void write(Round round) {
    ROUNDS.add(round);
    try {
      Files.writeString(
          REPORT,
          round.line() + System.lineSeparator(),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> T result(Future<T> running) throws Exception {
    try {
      return running.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (Exception) e.getCause();
    }
  }

  static Stream<Arguments> pointsOfTheProtocol() {
    List<Arguments> points = new ArrayList<>();
    for (String ledger :
        Boolean.getBoolean("kills.h2") ? List.of("MariaDB", "H2") : List.of("MariaDB")) {
      points.add(Arguments.of("after:prepare:1", ledger, false));
      points.add(Arguments.of("after:prepare:2", ledger, false));
      points.add(Arguments.of("before:commit:1", ledger, true));
      points.add(Arguments.of("after:commit:1", ledger, true));
      points.add(Arguments.of("before:commit:2", ledger, true));
      points.add(Arguments.of("after:commit:2", ledger, true));
    }
    return points.stream();
  }

  @ParameterizedTest(name = "{0}, PostgreSQL and {1}: committed={2}")
  @MethodSource("pointsOfTheProtocol")
  void aProcessHaltedAtAnyPointIsFinishedByTheNextStart(
      String point, String kind, boolean committed) throws Exception {
    assertThat(result(POINTS.get(point + kind))).hasSize(committed ? 1 : 0);
  }

  @Test
  void aFullDiskRefusesCommitsOfTwoEnginesAndLeavesNothingInDoubt() throws Exception {
    assumeTrue(FullDisk.isPossible(), "needs prlimit");
    result(fullDisk);
  }

  @Test
  void aClockThatIsSetBackKeepsNothingInDoubt() throws Exception {
    assumeTrue(ClockJump.isPossible(), "needs a C compiler");
    result(clockJump);
  }

  @Test
  void aProcessKilledAtRandomUnderLoadLeavesNothingSplitNorInDoubt() throws Exception {
    for (Future<?> lane : RANDOM) {
      result(lane);
    }
    synchronized (CrashIT.class) {
      assertThat(ROUNDS).hasSize(KILLS);
      long told = ROUNDS.stream().mapToLong(Round::told).sum();
      assertThat(told).as("the kills came under load").isGreaterThanOrEqualTo(KILLS / 2);
      System.out.printf(
          "%d kills, %d of which left prepared work: %d commits told, %d durable, 0 split, 0 in"
              + " doubt; longest recovery %d ms%n",
          KILLS,
          ROUNDS.stream().filter(Round::leftPrepared).count(),
          told,
          ROUNDS.stream().mapToLong(Round::durable).sum(),
          ROUNDS.stream().mapToLong(Round::recoveryMillis).max().orElse(0));
    }
  }
}
