package io.sqlassist.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Starts, each the first one of a JVM, which is what an application sees; and what they keep on the
 * heap.
 *
 * @param turns how often each starts in one round; the median counts
 */
record StartMeasurement(int turns, List<Comparison<StartArm>> comparisons)
    implements Measurement<StartArm> {

  private static final List<String> FLAGS = List.of("-Xms1g", "-Xmx1g", "-XX:+UseSerialGC");
  private static final Pattern RESULT = Pattern.compile("started in (\\d+) ns, keeps (-?\\d+) B");

  @Override
  public Map<StartArm, Cost> measure(List<StartArm> arms, Databases databases, Effort effort)
      throws IOException, InterruptedException {
    Medians<StartArm> nanos = new Medians<>();
    Medians<StartArm> bytes = new Medians<>();
    for (int turn = 0; turn < Math.min(turns, effort.turns()); turn++) {
      for (StartArm arm : arms) {
        Matcher result = start(arm);
        nanos.add(arm, Double.parseDouble(result.group(1)));
        bytes.add(arm, Double.parseDouble(result.group(2)));
      }
    }
    Map<StartArm, Cost> costs = new LinkedHashMap<>();
    arms.forEach(arm -> costs.put(arm, new Cost(nanos.of(arm), bytes.of(arm), Faults.NONE)));
    return costs;
  }

  private static Matcher start(StartArm arm) throws IOException, InterruptedException {
    Process process =
        Jvm.current()
            .start(
                FLAGS,
                System.getProperty("java.class.path"),
                StartProcess.class.getName(),
                List.of(
                    arm.how().name(),
                    Integer.toString(arm.engines()),
                    Integer.toString(arm.entities())));
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      Matcher result = RESULT.matcher(String.join("\n", output.lines().toList()));
      if (process.waitFor() != 0 || !result.find()) {
        throw new IOException("It did not start: " + arm);
      }
      return result;
    } finally {
      process.destroyForcibly();
    }
  }
}
