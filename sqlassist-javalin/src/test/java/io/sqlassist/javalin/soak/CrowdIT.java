package io.sqlassist.javalin.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.javalin.fixture.Engines;
import io.sqlassist.javalin.fixture.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * A crowd of requests, all of them inside of their handlers at the same time, that then want one of
 * ten connections: none fails and none hangs, as long as the wait allows it.
 *
 * <p>That all are inside at once is not a guess: no handler goes on before the last one has come.
 * The client is a process of its own, since each request takes a file handle on either side.
 */
class CrowdIT {

  private static final int POOL = 10;
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void tenThousandRequestsOnVirtualThreadsShareTenConnections() throws Exception {
    answerAll(true, 10_000);
  }

  /** Jetty has 250 threads, a few of which accept and select. */
  @Test
  void twoHundredRequestsOnPlatformThreadsShareTenConnections() throws Exception {
    answerAll(false, 200);
  }

  private static void answerAll(boolean virtualThreads, int requests) throws Exception {
    CountDownLatch allAreInside = new CountDownLatch(requests);
    AtomicInteger number = new AtomicInteger();
    AtomicInteger waiting = new AtomicInteger();
    AtomicInteger mostWaiting = new AtomicInteger();
    AtomicInteger mostActive = new AtomicInteger();
    try (Engines engines = new Engines(DatabaseKind.POSTGRESQL, POOL, LONGEST_WAIT);
        TestServer server =
            TestServer.start(
                virtualThreads,
                engines,
                config -> {
                  config.jetty.addConnector(CrowdIT::connector);
                  config.routes.get(
                      "/",
                      ctx -> {
                        allAreInside.countDown();
                        if (!allAreInside.await(2, TimeUnit.MINUTES)) {
                          throw new IllegalStateException(allAreInside.getCount() + " missing");
                        }
                        mostWaiting.accumulateAndGet(waiting.incrementAndGet(), Math::max);
                        TestServer.write(ctx, "crowd " + number.incrementAndGet());
                        waiting.decrementAndGet();
                        mostActive.accumulateAndGet(engines.activeConnections(), Math::max);
                      });
                })) {
      long begin = System.nanoTime();
      String answers = answersTo(server.port(), requests);
      System.out.println(
          String.format(
              Locale.ROOT,
              "Crowd on %s threads, JDK %d: %,d requests at once, %d connections, at most %,d"
                  + " waiting, answered %s in %,d ms",
              virtualThreads ? "virtual" : "platform",
              Runtime.version().feature(),
              requests,
              POOL,
              mostWaiting.get(),
              answers,
              Duration.ofNanos(System.nanoTime() - begin).toMillis()));

      assertThat(answers).isEqualTo("{200=" + requests + "}");
      assertThat(engines.countLike("crowd %")).isEqualTo(requests);
      assertThat(mostWaiting).hasValueGreaterThan(POOL);
      engines.assertNothingLeaked();
      assertThat(mostActive).hasValueLessThanOrEqualTo(POOL);
    }
  }

  /** The usual queue of 50 drops connections of a crowd, which come back seconds later. */
  private static Connector connector(Server server, HttpConfiguration configuration) {
    ServerConnector connector =
        new ServerConnector(server, new HttpConnectionFactory(configuration));
    connector.setHost("127.0.0.1");
    connector.setPort(0);
    connector.setAcceptQueueSize(4_096);
    return connector;
  }

  /** The client needs nothing but itself. */
  private static String classes() {
    try {
      return Path.of(CrowdClient.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String answersTo(int port, int requests) throws IOException, InterruptedException {
    Process client =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    classes(),
                    CrowdClient.class.getName(),
                    Integer.toString(port),
                    Integer.toString(requests)))
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
      String last = output.lines().reduce("", (before, line) -> line);
      assertThat(client.waitFor(1, TimeUnit.MINUTES)).isTrue();
      return last;
    } finally {
      client.destroyForcibly();
    }
  }
}
