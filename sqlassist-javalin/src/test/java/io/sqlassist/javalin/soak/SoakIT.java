package io.sqlassist.javalin.soak;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.sqlassist.javalin.fixture.Eventually;
import io.sqlassist.javalin.soak.SoakClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.slf4j.LoggerFactory;

/**
 * No failed request is ever committed, no success is reported before its commit, nothing leaks:
 * shown over 200,000 requests of every kind, mixed, more at once than there are connections, on a
 * real PostgreSQL.
 *
 * <p>{@code -Dsoak.requests=}, {@code -Dsoak.seed=} and {@code -Dsoak.only=KIND,KIND} choose
 * another number, another mix, and some kinds.
 */
class SoakIT {

  private static final int REQUESTS = Integer.getInteger("soak.requests", 200_000);
  private static final long SEED = Long.getLong("soak.seed", 20_261_121L);
  private static final String ONLY = System.getProperty("soak.only", "");
  private static final int NONE = -1;
  private static final boolean HAS_VIRTUAL_THREADS = Runtime.version().feature() >= 21;
  private static final int CLIENTS = 2 * SoakEngines.POOL_SIZE;

  /** What the client of a request saw. */
  private enum Seen {
    NOTHING_YET,
    SUCCESS,
    FAILURE,
    CUT_OFF,
    GONE
  }

  /** Failures are this test's everyday business, and each would be a stack trace. */
  private static final Map<String, Level> QUIET =
      Map.of(
          "io.javalin", Boolean.getBoolean("soak.loud") ? Level.WARN : Level.OFF,
          "org.hibernate", Level.OFF,
          "org.eclipse.jetty", Level.OFF);

  private static final Map<String, Level> USUAL = new java.util.HashMap<>();

  private final List<Kind> urn = new ArrayList<>();

  @BeforeAll
  static void silence() {
    QUIET.forEach(
        (name, level) -> {
          USUAL.put(name, logger(name).getLevel());
          logger(name).setLevel(level);
        });
  }

  @AfterAll
  static void restore() {
    USUAL.forEach((name, level) -> logger(name).setLevel(level));
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }

  @Test
  void everyRequestOnPlatformThreadsIsWhatItsClientSaw() throws Exception {
    soak(false, HAS_VIRTUAL_THREADS ? REQUESTS / 2 : REQUESTS);
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void everyRequestOnVirtualThreadsIsWhatItsClientSaw() throws Exception {
    soak(true, REQUESTS / 2);
  }

  private void soak(boolean virtualThreads, int requests) throws Exception {
    for (Kind kind : Kind.values()) {
      boolean wanted = ONLY.isEmpty() || List.of(ONLY.split(",")).contains(kind.name());
      for (int i = 0; wanted && i < kind.weight; i++) {
        urn.add(kind);
      }
    }
    System.out.println("Soak: seed " + SEED + ", " + requests + " requests");
    long begin = System.nanoTime();
    try (Soak soak = new Soak();
        SoakEngines engines = new SoakEngines(soak.record);
        SoakServer plain = new SoakServer(soak, engines.registry, virtualThreads, false);
        SoakServer mapped = new SoakServer(soak, engines.registry, virtualThreads, true)) {
      engines.takeTheKey();
      Run run = new Run(soak, requests, plain, mapped);
      run.send();
      Duration time = Duration.ofNanos(System.nanoTime() - begin);
      awaitEnd("every unit of work has ended", soak.record.started, soak.record.ended, soak);
      awaitEnd("every late worker is refused", soak.workersToRefuse, soak.workersRefused, soak);
      soak.problems.check(engines.activeConnections() == 0, "connections were kept");
      int threads = plain.checkThreads() + mapped.checkThreads();
      engines.checkPools(soak.problems);
      String result = run.account(engines);
      System.out.println(
          String.format(
              Locale.ROOT,
              "Soak on %s threads, JDK %d: %,d requests in %d s, %s; %,d units of work of %,d"
                  + " ended, %,d sessions of %,d closed, %,d commits refused, %,d late workers"
                  + " refused, %d connections active, %d idle server threads clean, %d problems",
              virtualThreads ? "virtual" : "platform",
              Runtime.version().feature(),
              requests,
              time.toSeconds(),
              result,
              soak.record.ended.get(),
              soak.record.started.get(),
              soak.record.sessionsClosed.get(),
              soak.record.sessionsOpened.get(),
              engines.faults.raised.get(),
              soak.workersRefused.get(),
              engines.activeConnections(),
              threads,
              soak.problems.count()));
      System.out.println("Soak kinds: " + run.kinds());
      assertThat(soak.problems.count()).as(soak.problems.toString()).isZero();
    }
  }

  private static void awaitEnd(String what, AtomicInteger begun, AtomicInteger over, Soak soak) {
    try {
      Eventually.until(what, () -> begun.get() == over.get());
    } catch (AssertionError e) {
      soak.problems.add(e.getMessage() + " (" + over + " of " + begun + ")");
    }
  }

  /** One run: who asked for what, and saw what. */
  private final class Run {

    private final Soak soak;
    private final SoakServer plain;
    private final SoakServer mapped;
    private final Seen[] seen;
    private final AtomicInteger next = new AtomicInteger();

    Run(Soak soak, int requests, SoakServer plain, SoakServer mapped) {
      this.soak = soak;
      this.plain = plain;
      this.mapped = mapped;
      this.seen = new Seen[requests];
      java.util.Arrays.fill(seen, Seen.NOTHING_YET);
    }

    private SplittableRandom random(int request) {
      return new SplittableRandom(SEED * 31 + request);
    }

    private Kind kind(int request) {
      return urn.get(random(request).nextInt(urn.size()));
    }

    void send() throws InterruptedException {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Thread thread = new Thread(this::beClient, "client-" + i);
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }

    private void beClient() {
      try (SoakClient toPlain = new SoakClient(plain.port());
          SoakClient toMapped = new SoakClient(mapped.port())) {
        int earlier = NONE;
        for (int request = next.getAndIncrement();
            request < seen.length;
            request = next.getAndIncrement()) {
          SplittableRandom random = random(request);
          Kind kind = urn.get(random.nextInt(urn.size()));
          boolean mappers = random.nextBoolean();
          boolean gzip = random.nextInt(4) == 0;
          SoakClient client = mappers ? toMapped : toPlain;
          if (kind.status == Kind.GONE) {
            seen[request] = Seen.GONE;
            leave(client, kind, request, random.nextInt(15_000));
          } else if (kind == Kind.READ) {
            // Before a client has sent anything else it asks for its own row, which is none.
            readBack(client, request, earlier == NONE ? request : earlier);
          } else {
            Answer answer = client.exchange(kind.method.name(), path(kind, request), gzip);
            seen[request] = seen(answer);
            check(kind, request, answer, mappers);
            earlier = request;
          }
        }
      } catch (IOException | RuntimeException e) {
        soak.problems.add("a client failed: " + e);
      }
    }

    private static String path(Kind kind, int request) {
      return kind.path() + "/" + request;
    }

    private static Seen seen(Answer answer) {
      if (!answer.complete()) {
        return Seen.CUT_OFF;
      }
      return answer.status() < 400 ? Seen.SUCCESS : Seen.FAILURE;
    }

    private void leave(SoakClient client, Kind kind, int request, int bytes) throws IOException {
      CountDownLatch gone = new CountDownLatch(1);
      soak.gone.put(request, gone);
      boolean atOnce = kind == Kind.GONE_BEFORE_ANSWER || kind == Kind.GONE_BEFORE_FUTURE;
      client.leave(kind.method.name(), path(kind, request), atOnce ? 0 : bytes);
      gone.countDown();
    }

    /** What was answered is in the database when the answer arrives, neither more nor less. */
    private void readBack(SoakClient client, int request, int earlier) throws IOException {
      Answer answer = client.exchange("GET", path(Kind.READ, request) + "?of=" + earlier, false);
      seen[request] = seen(answer);
      Kind kind = kind(earlier);
      if (kind.rows != Kind.Rows.AS_RECORDED && seen[earlier] != Seen.NOTHING_YET) {
        String expected = "rows " + (kind.rows.writer(false) ? 1 : 0);
        soak.problems.check(
            answer.status() == 200 && answer.body().equals(expected),
            about(earlier) + "; read back by " + request + ": " + answer + ", not " + expected);
      }
    }

    private void check(Kind kind, int request, Answer answer, boolean mappers) {
      int expected = kind.status(mappers);
      boolean asExpected =
          switch (expected) {
            case Kind.CUT -> !answer.complete();
            case Kind.NO_SUCCESS -> seen[request] != Seen.SUCCESS;
            case Kind.ANY -> true;
            default -> answer.complete() && answer.status() == expected;
          };
      soak.problems.check(
          asExpected, about(request) + "; expected " + expected + ", not " + brief(answer));
      boolean success = seen[request] == Seen.SUCCESS;
      boolean tellsOfRows = answer.complete() && answer.body().startsWith("done " + request);
      if (success && (kind.rows.writer(true) || tellsOfRows)) {
        soak.problems.check(
            soak.record.committed(request), about(request) + "; a success before its commit");
      }
      soak.problems.check(
          !tellsOfRows || kind.rows.writer(true) || kind == Kind.FAILURE_AFTER_ANSWER,
          about(request) + "; a body of success: " + brief(answer));
      if (success && kind.rows.writer(false) && kind.hasBody() && answer.status() != 302) {
        soak.problems.check(
            tellsOfRows, about(request) + "; an answer of somebody else's: " + brief(answer));
      }
    }

    private String brief(Answer answer) {
      String body = answer.body();
      return answer.status()
          + (answer.complete() ? " " : " incomplete ")
          + body.substring(0, Math.min(60, body.length())).replace('\n', ' ');
    }

    private String about(int request) {
      return kind(request)
          + " "
          + request
          + ": client saw "
          + seen[request]
          + ", server's record "
          + soak.record.of(request);
    }

    /** Compares, request by request, what the clients saw with what the databases hold. */
    String account(SoakEngines engines) {
      BitSet shop = engines.shopRows("Entry", soak.problems);
      BitSet audit = engines.shopRows("Audit", soak.problems);
      BitSet ledger = engines.ledgerRows(soak.problems);
      int successes = 0;
      int partial = 0;
      int gone = 0;
      int goneCommitted = 0;
      int races = 0;
      int racesWon = 0;
      int racesLost = 0;
      int cutOff = 0;
      for (int request = 0; request < seen.length; request++) {
        Kind kind = kind(request);
        boolean recorded = soak.record.committed(request);
        boolean row = shop.get(request);
        soak.problems.check(
            row == kind.rows.writer(recorded), about(request) + "; row in the shop: " + row);
        soak.problems.check(
            row == recorded, about(request) + "; row in the shop after all: " + row);
        soak.problems.check(
            ledger.get(request) == kind.rows.ledger(),
            about(request) + "; row in the ledger: " + ledger.get(request));
        soak.problems.check(
            audit.get(request) == kind.rows.audit(),
            about(request) + "; row in the audit: " + audit.get(request));
        soak.problems.check(seen[request] != Seen.NOTHING_YET, about(request));
        if (kind == Kind.COMMIT_FAILS_FOR_SECOND) {
          partial++;
        } else if (seen[request] == Seen.GONE) {
          gone++;
          goneCommitted += row ? 1 : 0;
        } else if (kind == Kind.TIME_OUT_RACE) {
          races++;
          if (seen[request] == Seen.SUCCESS) {
            racesWon++;
            soak.problems.check(row, about(request) + "; a success without its row");
          } else if (row) {
            racesLost++;
          }
        } else if (seen[request] == Seen.CUT_OFF) {
          cutOff++;
          soak.problems.check(!row, about(request) + "; cut off, but its row is there");
        } else if (row) {
          successes++;
          soak.problems.check(
              seen[request] == Seen.SUCCESS, about(request) + "; a failure that was committed");
        }
      }
      soak.problems.check(
          shop.length() <= seen.length, "rows of requests that nobody sent: " + shop.length());
      // Jetty's timer may fire between the look at it and the commit; then the answer is wrong.
      soak.problems.check(
          racesLost <= Math.max(2, races / 20),
          racesLost + " of " + races + " time-outs were answered though the work was committed");
      int rows = successes + partial + goneCommitted + racesWon + racesLost;
      soak.problems.check(
          shop.cardinality() == rows, shop.cardinality() + " rows, accounted for: " + rows);
      soak.problems.check(
          soak.record.sessionsOpened.get() == soak.record.sessionsClosed.get(),
          "sessions were left open");
      return String.format(
          Locale.ROOT,
          "%,d rows = %,d successes + %,d reported as partial + %,d of %,d whose client had gone"
              + " + %,d of %,d that raced their time-out (%,d of them answered with it); %,d answers"
              + " broken"
              + " off, none of them committed",
          shop.cardinality(),
          successes,
          partial,
          goneCommitted,
          gone,
          racesWon + racesLost,
          races,
          racesLost,
          cutOff);
    }

    String kinds() {
      Map<Kind, Integer> count = new EnumMap<>(Kind.class);
      for (int request = 0; request < seen.length; request++) {
        count.merge(kind(request), 1, Integer::sum);
      }
      return count.entrySet().stream()
          .map(each -> each.getKey() + " " + each.getValue())
          .collect(Collectors.joining(", "));
    }
  }
}
