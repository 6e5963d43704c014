package io.sqlassist.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Benchmark methods of JMH, one after the other, each in a JVM of its own in each round. */
record JmhMeasurement(List<Comparison<JmhArm>> comparisons) implements Measurement<JmhArm> {

  private static final List<String> FLAGS = List.of("-Xms1g", "-Xmx1g", "-XX:+UseSerialGC");
  private static final int ITERATIONS = 3;

  static JmhMeasurement of(Comparison<JmhArm> comparison) {
    return new JmhMeasurement(List.of(comparison));
  }

  static JmhMeasurement of(Comparison<JmhArm> one, Comparison<JmhArm> other) {
    return new JmhMeasurement(List.of(one, other));
  }

  @Override
  public Map<JmhArm, Cost> measure(List<JmhArm> arms, Databases databases, Effort effort)
      throws RunnerException {
    Map<JmhArm, Cost> costs = new LinkedHashMap<>();
    for (JmhArm arm : arms) {
      costs.put(arm, run(arm, databases, effort));
    }
    return costs;
  }

  private static Cost run(JmhArm arm, Databases databases, Effort effort) throws RunnerException {
    boolean ownJvm = effort.ownJvm() || arm.alone();
    List<String> arguments = new ArrayList<>(FLAGS);
    arguments.addAll(databases.jvmArguments(arm.databases()));
    if (!ownJvm) {
      databases.handDownHere(arm.databases());
    }
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(Pattern.quote(JmhArm.class.getPackageName() + "." + arm.method()) + "$")
            .forks(ownJvm ? 1 : 0)
            .threads(1)
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .warmupIterations(ITERATIONS)
            .warmupTime(part(effort.warmUp()))
            .measurementIterations(ITERATIONS)
            .measurementTime(part(effort.measured()))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .jvmArgsAppend(arguments.toArray(String[]::new));
    arm.parameters().forEach(options::param);
    Collection<RunResult> results = new Runner(options.build()).run();
    if (results.size() != 1) {
      throw new IllegalStateException(results.size() + " benchmarks are called " + arm.method());
    }
    RunResult result = results.iterator().next();
    Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
    return new Cost(
        result.getPrimaryResult().getScore(),
        allocated == null ? Double.NaN : allocated.getScore(),
        Faults.NONE);
  }

  private static TimeValue part(Duration whole) {
    return TimeValue.milliseconds(whole.dividedBy(ITERATIONS).toMillis());
  }
}
