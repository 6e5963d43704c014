package io.sqlassist.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/**
 * Servers under the same load. All run at once and are asked in turns, so that what disturbs one
 * disturbs the others.
 */
record HttpMeasurement(Load.Kind kind, List<Comparison<ServerArm>> comparisons)
    implements Measurement<ServerArm> {

  private static final int SLICES = 4;

  /** What counts as faster. */
  private static final double FASTER = 0.97;

  @Override
  public Map<ServerArm, Cost> measure(List<ServerArm> arms, Databases databases, Effort effort)
      throws Exception {
    try (ServerProcesses servers = ServerProcesses.start(arms, arm -> arm.start(databases))) {
      return measure(servers, arms, effort);
    } finally {
      Bookshelf.trim(databases.of("postgresql"));
    }
  }

  Map<ServerArm, Cost> measure(ServerProcesses servers, List<ServerArm> arms, Effort effort)
      throws InterruptedException, ExecutionException {
    for (ServerArm arm : arms) {
      warmUp(servers.port(arm), effort.serverWarmUp());
    }
    Medians<ServerArm> nanos = new Medians<>();
    List<ServerArm> order = new ArrayList<>(arms);
    for (int turn = 0; turn < effort.turns(); turn++) {
      for (ServerArm arm : order) {
        nanos.add(arm, Load.run(servers.port(arm), kind, effort.turn()));
      }
      Collections.rotate(order, 1);
    }
    Map<ServerArm, Cost> costs = new LinkedHashMap<>();
    arms.forEach(arm -> costs.put(arm, Cost.of(nanos.of(arm))));
    return costs;
  }

  /**
   * Until it gets no faster: who has more code to compile gets more time. At least once as long as
   * told, at most three times.
   */
  private void warmUp(int port, Duration time) throws InterruptedException, ExecutionException {
    double fastest = Double.POSITIVE_INFINITY;
    int idle = 0;
    for (int slice = 0; slice < 3 * SLICES && (slice < SLICES || idle < 2); slice++) {
      double nanos = Load.run(port, kind, time.dividedBy(SLICES));
      idle = nanos < fastest * FASTER ? 0 : idle + 1;
      fastest = Math.min(fastest, nanos);
    }
  }
}
