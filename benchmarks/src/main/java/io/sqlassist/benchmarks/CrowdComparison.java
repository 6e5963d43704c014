package io.sqlassist.benchmarks;

import io.sqlassist.benchmarks.BookServer.Arm;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/**
 * Ten thousand requests at once, on virtual threads, over ten connections. Fails if one of them
 * fails, or if one of our threads was pinned to its carrier.
 */
record CrowdComparison(String id, String title, Goal goal, int requests) implements Comparison {

  private static final int POOL = 10;
  private static final int WARM_UPS = 2;

  /** Virtual threads are there, and no longer pinned by {@code synchronized}. */
  static boolean isPossible() {
    return Runtime.version().feature() >= 24;
  }

  @Override
  public List<String> databases() {
    return List.of("postgresql");
  }

  @Override
  public Sample measure(Databases servers, boolean subjectFirst, Effort effort) throws Exception {
    try (ServerProcess ours = start(servers, Arm.SQLASSIST);
        ServerProcess theirs = start(servers, Arm.HAND_WRITTEN)) {
      for (int i = 0; i < WARM_UPS; i++) {
        Crowd.run(ours.port(), requests);
        Crowd.run(theirs.port(), requests);
      }
      double baseline = subjectFirst ? Double.NaN : Crowd.run(theirs.port(), requests);
      double subject = Crowd.run(ours.port(), requests);
      if (subjectFirst) {
        baseline = Crowd.run(theirs.port(), requests);
      }
      String pinned = pinned(ours.port());
      if (!pinned.equals("0")) {
        throw new IllegalStateException("Virtual threads of ours were pinned: " + pinned);
      }
      return new Sample(subject, baseline, Double.NaN, Double.NaN);
    }
  }

  private ServerProcess start(Databases servers, Arm arm) throws IOException {
    return ServerProcess.start(
        servers.jvmArguments(databases()),
        BookServer.class.getName(),
        List.of(arm.name(), Integer.toString(POOL), "true"));
  }

  private static String pinned(int port) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/pinned")).build(),
            BodyHandlers.ofString())
        .body();
  }
}
