package io.sqlassist.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs classes with tests, some of which are to fail, inside of a test. */
final class Kit {

  private Kit() {}

  static EngineExecutionResults run(Class<?>... samples) {
    EngineTestKit.Builder kit = EngineTestKit.engine("junit-jupiter");
    for (Class<?> sample : samples) {
      kit.selectors(selectClass(sample));
    }
    return kit.execute();
  }

  static EngineExecutionResults runWith(String parameter, String value, Class<?> sample) {
    return EngineTestKit.engine("junit-jupiter")
        .configurationParameter(parameter, value)
        .selectors(selectClass(sample))
        .execute();
  }

  /** As where a build lets tests run in parallel. */
  static EngineExecutionResults runInParallel(Class<?>... samples) {
    EngineTestKit.Builder kit =
        EngineTestKit.engine("junit-jupiter")
            .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
            .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
            .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
            .configurationParameter(
                "junit.jupiter.execution.parallel.config.fixed.parallelism", "4");
    for (Class<?> sample : samples) {
      kit.selectors(selectClass(sample));
    }
    return kit.execute();
  }

  /** All tests of the class, and there is one at least. */
  static void succeeds(Class<?> sample) {
    EngineExecutionResults results = run(sample);
    assertThat(failures(results)).isEmpty();
    assertThat(results.testEvents().succeeded().count()).isPositive();
  }

  /** The one failure of a class. */
  static Throwable failure(Class<?> sample) {
    List<Throwable> failures = failures(run(sample));
    assertThat(failures).hasSize(1);
    return failures.get(0);
  }

  /** With what tests and classes have failed. */
  static List<Throwable> failures(EngineExecutionResults results) {
    return results
        .allEvents()
        .failed()
        .map(event -> event.getRequiredPayload(TestExecutionResult.class))
        .map(result -> result.getThrowable().orElseThrow())
        .toList();
  }
}
