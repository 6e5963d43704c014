package io.sqlassist.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
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

/**
 * Two benchmark methods of JMH, each in a JVM of its own in each round.
 *
 * @param subject class and method, for example {@code Insert.sqlAssist}
 * @param baseline class and method, or null where only a cost is measured
 * @param parameters of the benchmark's class
 * @param once whether the first call in a JVM is what counts
 */
record JmhComparison(
    String id,
    String title,
    Goal goal,
    String subject,
    @Nullable String baseline,
    Map<String, String> parameters,
    List<String> databases,
    boolean once)
    implements Comparison {

  private static final int ITERATIONS = 3;

  @Override
  public Sample measure(Databases servers, boolean subjectFirst, Effort effort)
      throws RunnerException {
    List<String> arguments = new ArrayList<>(List.of("-Xms1g", "-Xmx1g", "-XX:+UseSerialGC"));
    arguments.addAll(servers.jvmArguments(databases));
    double[] ofBaseline = {Double.NaN, Double.NaN};
    if (baseline != null && !subjectFirst) {
      ofBaseline = run(baseline, arguments, effort);
    }
    double[] ofSubject = run(subject, arguments, effort);
    if (baseline != null && subjectFirst) {
      ofBaseline = run(baseline, arguments, effort);
    }
    return new Sample(ofSubject[0], ofBaseline[0], ofSubject[1], ofBaseline[1]);
  }

  private static TimeValue part(Duration whole) {
    return TimeValue.milliseconds(whole.dividedBy(ITERATIONS).toMillis());
  }

  /** Nanoseconds and bytes of one operation. */
  private double[] run(String method, List<String> arguments, Effort effort)
      throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(Pattern.quote(getClass().getPackageName() + "." + method) + "$")
            .forks(1)
            .threads(1)
            .mode(once ? Mode.SingleShotTime : Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .warmupIterations(once ? 0 : ITERATIONS)
            .warmupTime(part(effort.warmUp()))
            .measurementIterations(once ? 1 : ITERATIONS)
            .measurementTime(part(effort.measured()))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .jvmArgsAppend(arguments.toArray(String[]::new));
    parameters.forEach(options::param);
    Collection<RunResult> results = new Runner(options.build()).run();
    if (results.size() != 1) {
      throw new IllegalStateException(results.size() + " benchmarks are called " + method);
    }
    RunResult result = results.iterator().next();
    Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
    return new double[] {
      result.getPrimaryResult().getScore(), allocated == null ? Double.NaN : allocated.getScore()
    };
  }
}
