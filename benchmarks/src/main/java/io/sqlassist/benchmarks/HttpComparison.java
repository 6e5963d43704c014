package io.sqlassist.benchmarks;

import io.sqlassist.benchmarks.BookServer.Arm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Two servers under the same load, one after the other. */
record HttpComparison(String id, String title, Goal goal, Arm subject, Arm baseline, Load.Kind kind)
    implements Comparison {

  private static final int POOL = 10;
  private static final int TURNS = 3;

  @Override
  public List<String> databases() {
    return List.of("postgresql");
  }

  /** Both run at once and are asked in turns, so that what disturbs one disturbs the other. */
  @Override
  public Sample measure(Databases servers, boolean subjectFirst, Effort effort) throws Exception {
    try (ServerProcess ours = start(servers, subject);
        ServerProcess theirs = start(servers, baseline)) {
      Load.run(ours.port(), kind, effort.warmUp().multipliedBy(2));
      Load.run(theirs.port(), kind, effort.warmUp().multipliedBy(2));
      double[] subjectNanos = new double[TURNS];
      double[] baselineNanos = new double[TURNS];
      for (int turn = 0; turn < TURNS; turn++) {
        if (subjectFirst) {
          subjectNanos[turn] = Load.run(ours.port(), kind, effort.measured());
        }
        baselineNanos[turn] = Load.run(theirs.port(), kind, effort.measured());
        if (!subjectFirst) {
          subjectNanos[turn] = Load.run(ours.port(), kind, effort.measured());
        }
      }
      Bookshelf.trim(servers.of("postgresql"));
      return new Sample(median(subjectNanos), median(baselineNanos), Double.NaN, Double.NaN);
    }
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private ServerProcess start(Databases servers, Arm arm) throws Exception {
    List<String> jvm = new ArrayList<>(servers.jvmArguments(databases()));
    if (arm == Arm.PANEL_ON) {
      jvm.add("-Dsqlassist.mode=dev");
    }
    return ServerProcess.start(
        jvm, BookServer.class.getName(), List.of(arm.name(), Integer.toString(POOL), "false"));
  }
}
