package io.sqlassist.testing;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

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

  static EngineExecutionResults run(Class<?> sample, String method) {
    return EngineTestKit.engine("junit-jupiter").selectors(selectMethod(sample, method)).execute();
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
