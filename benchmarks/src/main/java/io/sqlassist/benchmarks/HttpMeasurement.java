package io.sqlassist.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Servers under the same load. All run at once and are asked in turns, so that what disturbs one
 * disturbs the others.
 */
record HttpMeasurement(Load.Kind kind, List<Comparison<ServerArm>> comparisons)
    implements Measurement<ServerArm> {

  @Override
  public Map<ServerArm, Cost> measure(List<ServerArm> arms, Databases databases, Effort effort)
      throws Exception {
    try (ServerProcesses servers = ServerProcesses.start(arms, arm -> arm.start(databases))) {
      for (ServerArm arm : arms) {
        Load.run(servers.port(arm), kind, effort.serverWarmUp());
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
    } finally {
      Bookshelf.trim(databases.of("postgresql"));
    }
  }
}
