package io.sqlassist.jta.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A node of its own, with a store and two databases of its own, whose process is killed and started
 * again. Several lanes run side by side, since a process that recovers mostly waits.
 */
final class CrashLane {

  /** What became of one kill; written down as soon as it is known. */
  record Round(
      String lane,
      int kill,
      long seed,
      int told,
      int durable,
      boolean leftPrepared,
      long recoveryMillis) {

    String line() {
      return "kill %d of %s, seed %d: told %d, durable %d, split 0, in doubt 0, left prepared %s, recovery %d ms"
          .formatted(kill, lane, seed, told, durable, leftPrepared ? "yes" : "no", recoveryMillis);
    }
  }

  /** The ids of one kill's load begin here. */
  private static final long IDS = 1_000_000;

  private static final long LONGEST_MINUTES = 5;
  private static final int LONGEST_LOAD_MILLIS = 800;
  private static final int LONGEST_START_MILLIS = 4_000;

  /** The exit code of a process that got SIGKILL. */
  private static final int KILLED = 128 + 9;

  private final String node;
  private final Path store;
  private final CrashDatabase orders;
  private final CrashDatabase ledger;

  CrashLane(String node, Path store, CrashDatabase orders, CrashDatabase ledger) {
    this.node = node;
    this.store = store;
    this.orders = orders.withTable();
    this.ledger = ledger.withTable();
  }

  CrashDatabase orders() {
    return orders;
  }

  CrashDatabase ledger() {
    return ledger;
  }

  private Process start(String task) throws IOException {
    return start(task, Map.of());
  }

  private Process start(String task, Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            CrashMain.class.getName(),
            task,
            node,
            store.toString(),
            orders.url(),
            orders.user(),
            orders.password(),
            ledger.url(),
            ledger.user(),
            ledger.password());
    builder.environment().putAll(environment);
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** A process that does what it is told, one line after the other. */
  static final class Served implements AutoCloseable {

    private final Process process;
    private final BufferedReader answers;
    private final Thread limit;

    private Served(Process process) {
      this.process = process;
      answers = lines(process);
      limit = killAfter(process, TimeUnit.MINUTES.toMillis(LONGEST_MINUTES));
    }

    long pid() {
      return process.pid();
    }

    String ask(String command) throws IOException {
      process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
      return String.valueOf(answers.readLine());
    }

    void kill() {
      process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
      kill();
      limit.interrupt();
    }
  }

  Served serve() throws IOException {
    return serve(Map.of());
  }

  Served serve(Map<String, String> environment) throws IOException {
    Served served = new Served(start("serve", environment));
    String line = served.answers.readLine();
    assertThat(line).startsWith("started");
    return served;
  }

  private static BufferedReader lines(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Runs a process to its end, which must be the one that is expected. */
  List<String> run(String task, int exitCode) throws Exception {
    Process process = start(task);
    Thread limit = killAfter(process, TimeUnit.MINUTES.toMillis(LONGEST_MINUTES));
    try {
      List<String> said = lines(process).lines().toList();
      assertThat(process.waitFor())
          .as("exit code of %s, which said %s", task, said)
          .isEqualTo(exitCode);
      return said;
    } finally {
      process.destroyForcibly().waitFor();
      limit.join();
    }
  }

  /** Halts at a point of the protocol, starts again, and answers what both databases then hold. */
  TreeSet<Long> idsAfterHaltAt(String point) throws Exception {
    assertThat(run("halt:" + point, CrashMain.HALTED)).as(point).doesNotContain("survived");
    assertThat(run("recover", 0)).as(point).anyMatch(line -> line.startsWith("recovered"));
    assertThat(orders.ids()).as(point).isEqualTo(ledger.ids());
    return orders.ids();
  }

  /**
   * Kills the process at random, again and again, and compares after each kill.
   *
   * @param rounds is told of each
   */
  void killAtRandom(int kills, long seed, Consumer<Round> rounds) throws Exception {
    Random random = new Random(seed);
    TreeSet<Long> told = new TreeSet<>();
    boolean leftPrepared = false;
    for (int kill = 0; kill <= kills; kill++) {
      boolean last = kill == kills;
      boolean atStart = random.nextInt(6) == 0;
      if (atStart) {
        killWhileItStarts(random);
      }
      String what = "kill " + kill + " of " + node + ", seed " + seed;
      Process process = start(last ? "recover" : "load:" + (1 + kill * IDS));
      Thread limit = killAfter(process, TimeUnit.MINUTES.toMillis(LONGEST_MINUTES));
      try (BufferedReader lines = lines(process)) {
        long recovery = recovery(lines, what);
        if (kill > 0) {
          rounds.accept(compared(kill, seed, told, leftPrepared, recovery));
        }
        if (!last) {
          told.clear();
          load(process, lines, random, told);
          assertThat(process.waitFor()).as(what).isEqualTo(KILLED);
        }
      } finally {
        process.destroyForcibly().waitFor();
        limit.join();
      }
      leftPrepared = orders.holdsPrepared(node) || ledger.holdsPrepared(node);
      assertThat(last && leftPrepared).as(what).isFalse();
    }
    assertThat(orders.ids()).as("seed " + seed).isEqualTo(ledger.ids());
  }

  /** Perhaps in the middle of its recovery; the next one must finish that as well. */
  private void killWhileItStarts(Random random) throws Exception {
    Process process = start("recover");
    Thread killer = killAfter(process, random.nextInt(LONGEST_START_MILLIS));
    assertThat(lines(process).lines().toList()).noneMatch(line -> line.startsWith("in doubt"));
    killer.join();
    process.waitFor();
  }

  private static long recovery(BufferedReader lines, String what) throws IOException {
    String line = lines.readLine();
    while (line != null && !line.matches("(recovered|in doubt) .*")) {
      line = lines.readLine();
    }
    assertThat(line).as(what).isNotNull().startsWith("recovered");
    return Long.parseLong(line.substring("recovered ".length()));
  }

  /** Three kills of four come after the first commit, the others also before it. */
  private static void load(Process process, BufferedReader lines, Random random, TreeSet<Long> told)
      throws IOException, InterruptedException {
    int millis = random.nextInt(LONGEST_LOAD_MILLIS);
    String line = random.nextInt(4) == 0 ? "" : lines.readLine();
    Thread killer = killAfter(process, millis);
    while (line != null) {
      if (line.startsWith("committed ")) {
        told.add(Long.valueOf(line.substring("committed ".length())));
      }
      line = lines.readLine();
    }
    killer.join();
  }

  /** What the load before the last kill has left, now that the next process has recovered it. */
  private Round compared(
      int kill, long seed, TreeSet<Long> told, boolean leftPrepared, long recoveryMillis) {
    long first = (kill - 1) * IDS;
    TreeSet<Long> inOrders = orders.ids(first, first + IDS);
    String what = "kill " + kill + " of " + node + ", seed " + seed;
    assertThat(inOrders).as(what).isEqualTo(ledger.ids(first, first + IDS));
    assertThat(inOrders).as("what was told, " + what).containsAll(told);
    return new Round(node, kill, seed, told.size(), inOrders.size(), leftPrepared, recoveryMillis);
  }

  private static Thread killAfter(Process process, long millis) {
    Thread killer =
        new Thread(
            () -> {
              try {
                process.waitFor(millis, TimeUnit.MILLISECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              process.toHandle().destroyForcibly(); // the process's own closes what it said, too
            });
    killer.setDaemon(true);
    killer.start();
    return killer;
  }
}
