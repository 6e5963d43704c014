package io.sqlassist.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** That the arms run and do their work; what they measure here means nothing. */
class QuickRunIT {

  private static List<Summary> run(String filter) throws Exception {
    List<Summary> summaries = Suite.run(filter, Comparisons.all(), 1, Effort.QUICK);

    assertThat(summaries)
        .allSatisfy(
            summary -> {
              assertThat(summary.obstacle()).isNull();
              assertThat(summary.of(Sample::subjectNanos).median()).isPositive().isFinite();
              assertThat(summary.faults().failed()).isZero();
            });
    return summaries;
  }

  @Test
  void everyBenchmarkMethodThatMayShareAJvmRuns() throws Exception {
    assertThat(
            run(
                "unused-8|attached|servlet-.*|first-.*|memoized|read-.*|insert-.*|engines-request-8"))
        .hasSize(13);
  }

  @Test
  void bothWaysToCommitTwoEnginesRun() throws Exception {
    assertThat(run("jta-two")).hasSize(1);
  }

  @Test
  void startsAreMeasuredWithWhatTheyKeep() throws Exception {
    assertThat(run("start"))
        .singleElement()
        .satisfies(
            start -> {
              assertThat(start.of(Sample::subjectBytes).median()).isGreaterThan(1e6);
              assertThat(start.of(Sample::baselineBytes).median()).isGreaterThan(1e6);
            });
  }

  @Test
  void requestsAtOnceAreAllAnsweredOnVirtualThreads() throws Exception {
    assumeTrue(Jvm.withVirtualThreads().isPresent(), "no JDK with virtual threads on this machine");

    assertThat(run("crowd")).hasSize(1);
  }

  @Test
  void everyServerAnswersTheSameToTheSameRequest() throws Exception {
    Databases databases = new Databases();
    List<ServerArm> arms = List.of(ServerArm.values());
    try (ServerProcesses servers = ServerProcesses.start(arms, arm -> arm.start(databases))) {
      for (ServerArm arm : arms) {
        HttpResponse<String> read = send(servers.port(arm), "GET", "/books/7");
        assertThat(read.statusCode()).as("%s", arm).isEqualTo(200);
        assertThat(read.body())
            .as("%s", arm)
            .isEqualTo("{\"id\":7,\"title\":\"Book 7\",\"stock\":7}");
        assertThat(read.headers().firstValue("content-type").orElse(""))
            .as("%s", arm)
            .startsWith("application/json");

        HttpResponse<String> written = send(servers.port(arm), "POST", "/books");
        assertThat(written.statusCode()).as("%s", arm).isEqualTo(201);
        assertThat(written.body()).as("%s", arm).matches("\\{\"id\":\\d+}");
        String id = written.body().replaceAll("\\D", "");
        assertThat(send(servers.port(ServerArm.HAND_WRITTEN), "GET", "/books/" + id).body())
            .as("what %s has written is committed", arm)
            .isEqualTo("{\"id\":" + id + ",\"title\":\"New\",\"stock\":1}");

        assertThat(send(servers.port(arm), "GET", "/books/0").statusCode())
            .as("%s", arm)
            .isEqualTo(404);
      }
      for (Load.Kind kind : List.of(Load.Kind.READ, Load.Kind.WRITE)) {
        assertThat(new HttpMeasurement(kind, List.of()).measure(servers, arms, Effort.QUICK))
            .containsOnlyKeys(arms)
            .allSatisfy(
                (arm, cost) -> assertThat(cost.nanos()).as("%s", arm).isPositive().isFinite());
      }
    }
  }

  @Test
  void aServerThatDoesNotStartAsItShouldIsToldAndNotLeftBehind() throws Exception {
    Set<ProcessHandle> before = ProcessHandle.current().children().collect(Collectors.toSet());

    assertThatThrownBy(() -> start("no.such.Server"))
        .isInstanceOf(IOException.class)
        .hasMessage("The server no.such.Server [] did not start");
    assertThatThrownBy(() -> start(WithoutPort.class.getName()))
        .isInstanceOf(NumberFormatException.class);

    List<ProcessHandle> left =
        ProcessHandle.current().children().filter(child -> !before.contains(child)).toList();
    try {
      assertThat(left)
          .allSatisfy(child -> assertThat(child.onExit()).succeedsWithin(Duration.ofSeconds(10)));
    } finally {
      left.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static ServerProcess start(String mainClass) throws IOException {
    String classPath = System.getProperty("java.class.path");
    return ServerProcess.start(Jvm.current(), List.of(), classPath, mainClass, List.of());
  }

  /** Does not tell where it listens, and goes on. */
  static final class WithoutPort {

    public static void main(String[] args) throws IOException {
      System.out.println("port unknown");
      System.in.read();
    }
  }

  private static HttpResponse<String> send(int port, String method, String path)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }
}
