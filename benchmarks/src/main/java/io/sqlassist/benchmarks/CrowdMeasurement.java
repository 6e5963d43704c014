package io.sqlassist.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Very many requests at once, on virtual threads, over ten connections. A request that fails is a
 * fault, and so is a thread that was pinned to its carrier.
 */
record CrowdMeasurement(List<Comparison<ServerArm>> comparisons) implements Measurement<ServerArm> {

  private static final int TURNS = 3;
  private static final int WARM_UPS = 4;
  private static final int WAVES = 2;

  @Override
  public Optional<String> obstacle() {
    return Jvm.withVirtualThreads().isPresent()
        ? Optional.empty()
        : Optional.of("needs JDK " + Jvm.WITHOUT_PINNING + " or newer: say -Dnewer.jvm=…/bin/java");
  }

  @Override
  public Map<ServerArm, Cost> measure(List<ServerArm> arms, Databases databases, Effort effort)
      throws Exception {
    Jvm jvm = Jvm.withVirtualThreads().orElseThrow();
    try (ServerProcesses servers =
        ServerProcesses.start(arms, arm -> arm.startOnVirtualThreads(databases, jvm))) {
      for (ServerArm arm : arms) {
        try (Crowd crowd = Crowd.connect(servers.port(arm), effort.crowd())) {
          for (int i = 0; i < WARM_UPS; i++) {
            crowd.ask();
          }
        }
        watch(servers.port(arm));
      }
      Medians<ServerArm> nanos = new Medians<>();
      Map<ServerArm, Faults> faults = new EnumMap<>(ServerArm.class);
      for (int turn = 0; turn < Math.min(TURNS, effort.turns()); turn++) {
        for (ServerArm arm : arms) {
          // One crowd after the other: both would be more connections than a process may have.
          try (Crowd crowd = Crowd.connect(servers.port(arm), effort.crowd())) {
            for (int i = 0; i < WAVES; i++) {
              nanos.add(arm, crowd.ask());
            }
            faults.merge(arm, new Faults(crowd.failed(), 0), Faults::plus);
          }
        }
      }
      Map<ServerArm, Cost> costs = new EnumMap<>(ServerArm.class);
      for (ServerArm arm : arms) {
        long pinned = number(servers.port(arm), "/pinned");
        System.out.println(
            arm + " answered " + number(servers.port(arm), "/at-once") + " requests at once");
        Faults all = faults.getOrDefault(arm, Faults.NONE).plus(new Faults(0, pinned));
        costs.put(arm, new Cost(nanos.of(arm), Double.NaN, all));
      }
      return costs;
    }
  }

  /** Only from now on, since loading a class pins whoever waits for it. */
  private static void watch(int port) throws IOException, InterruptedException {
    send(port, "/watch");
  }

  private static long number(int port, String path) throws IOException, InterruptedException {
    return Long.parseLong(send(port, path));
  }

  private static String send(int port, String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body();
  }
}
